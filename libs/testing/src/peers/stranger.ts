interface Method {
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => object;
}

interface Failure {
  readonly code: number;
  readonly details: string;
}
type Answered = (error: Failure | null, answer: unknown) => void;
type Stream = AsyncIterable<unknown>;

/** A service as its contract defines it, and a client of it. */
export interface AskedService {
  readonly definition: Readonly<Record<string, Method>>;
  readonly client: object;
}

export interface Answers {
  /** By call, as text. */
  readonly given: ReadonlyMap<string, string>;
  /** By call: the status and its text. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Makes every call of a service whose request names an account, a new one among them: fields are filled with what is known under
 * their names and are otherwise empty. Bidirectional streams are left out.
 * @param isAsked which calls, by name and what their request has; all unless told
 */
export async function askEverything(
  { definition, client }: AskedService,
  known: Readonly<Record<string, unknown>>,
  isAsked: (call: string, request: object) => boolean = () => true,
): Promise<Answers> {
  const given = new Map<string, string>();
  const refused = new Map<string, string>();
  for (const [call, method] of Object.entries(definition)) {
    const request = method.requestDeserialize(Buffer.alloc(0)) as Record<string, unknown>;
    if (method.requestStream || !('accountId' in request) || !isAsked(call, request)) continue;
    for (const field of Object.keys(request)) if (field in known) request[field] = known[field];
    try {
      given.set(
        call,
        textOf(await (method.responseStream ? streamed(client, call, request) : asked(client, call, request))),
      );
    } catch (error) {
      const { code, details } = error as Failure;
      if (typeof code !== 'number') throw new Error(`${call} could not be asked`, { cause: error });
      refused.set(call, `${code} ${details}`);
    }
  }
  return { given, refused };
}

function asked(client: object, call: string, request: object): Promise<unknown> {
  const calls = client as Record<string, (request: object, answered: Answered) => void>;
  return new Promise((resolve, reject) => {
    calls[call]!(request, (error, answer) => (error === null ? resolve(answer) : reject(error as unknown as Error)));
  });
}

async function streamed(client: object, call: string, request: object): Promise<unknown[]> {
  const calls = client as Record<string, (request: object) => Stream>;
  const answers: unknown[] = [];
  for await (const answer of calls[call]!(request)) answers.push(answer);
  return answers;
}

function textOf(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    // Buffers become objects of this form before they are seen here.
    const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
    return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data as number[]).toString('latin1') : value;
  });
}
