import { readEvents, type ServerEvent } from './event-stream';

export type Environment = 'live' | 'test';

/** How a request says who sends it: the browser's cookie with its token against forgery, or a key that lives in memory only. */
export type Credential =
  | { readonly kind: 'cookie'; readonly csrfToken: string }
  | { readonly kind: 'bearer'; readonly secret: string }
  | { readonly kind: 'none' };

export interface FaultDetail {
  readonly field: string;
  readonly message: string;
}

/** A refusal of the platform, or its silence (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId = '',
    readonly details: readonly FaultDetail[] = [],
    readonly docUrl = '',
  ) {
    super(message);
  }

  /** What is said of one field, its own name left out. */
  of(field: string): string | undefined {
    return this.details.find((detail) => detail.field === field)?.message;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Call {
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** One signed-in view of the platform: whoever signs in as another, or looks at the other environment, gets another one. */
export class ApiClient {
  constructor(
    readonly credential: Credential,
    readonly environment: Environment = 'live',
  ) {}

  get<T>(path: string, call: Omit<Call, 'body'> = {}): Promise<T> {
    return this.json<T>('GET', path, call);
  }

  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, call: Call = {}): Promise<T> {
    return this.json<T>(method, path, call);
  }

  /** A text answer, such as CSV. */
  async text(path: string, call: Omit<Call, 'body'> = {}): Promise<string> {
    return (await this.fetch('GET', path, call)).text();
  }

  /** Server-Sent Events under this credential, which the browser's own EventSource could not send. */
  async *events(path: string, call: Omit<Call, 'body'> = {}): AsyncGenerator<ServerEvent> {
    const answer = await this.fetch('GET', path, {
      ...call,
      headers: { ...call.headers, accept: 'text/event-stream' },
    });
    if (answer.status !== 204 && answer.body) yield* readEvents(answer.body);
  }

  private async json<T>(method: string, path: string, call: Call): Promise<T> {
    const answer = await this.fetch(method, path, call);
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private async fetch(method: string, path: string, call: Call): Promise<Response> {
    const answer = await this.answer(method, path, call);
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }

  /** Whatever is answered, refusals too. @throws ApiError when nothing is */
  async answer(method: string, path: string, { query, body, headers = {}, signal }: Call): Promise<Response> {
    const init: RequestInit = {
      method,
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
      headers: {
        ...this.identity(method),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    };
    return fetch(path + queryString(query), init).catch((error: Error) => {
      if (error.name === 'AbortError') throw error;
      throw new ApiError(0, 'unreachable', 'The platform did not answer. Check your connection, then try again.');
    });
  }

  private identity(method: string): Record<string, string> {
    if (this.credential.kind === 'bearer') return { authorization: `Bearer ${this.credential.secret}` };
    if (this.credential.kind === 'none') return {};
    return {
      'x-environment': this.environment,
      ...(method === 'GET' ? {} : { 'x-csrf-token': this.credential.csrfToken }),
    };
  }
}

export function queryString(query: Query = {}): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined && each !== '') pairs.append(name, String(each));
  }
  return pairs.size === 0 ? '' : `?${pairs}`;
}

async function refusalOf(answer: Response): Promise<ApiError> {
  const requestId = answer.headers.get('x-request-id') ?? '';
  const text = await answer.text();
  try {
    const {
      error,
      message,
      details,
      doc_url: docUrl,
    } = JSON.parse(text) as { error: string; message: string; details?: FaultDetail[]; doc_url?: string };
    return new ApiError(answer.status, error, message, requestId, details, docUrl);
  } catch {
    return new ApiError(
      answer.status,
      'unreadable',
      `The platform answered ${answer.status} in a form that is not its own; a proxy may be in between.`,
      requestId,
    );
  }
}

/** A new idempotency key. `crypto.randomUUID` exists on secure origins only, and a private network has none. */
export function idempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
