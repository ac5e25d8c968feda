import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type Answer, Customer, type Problem } from './customer';
import type { Stage } from './stage';

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly format?: string;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}
interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Fixed, so that a failure comes again; another finds more. */
const SEED = 20_260_301;
const REQUESTS_PER_OPERATION = 12;
/** These end what the test stands on, wait for long, or are counted by address. */
const LEFT_OUT = new Set(['streamVideo', 'getMedia', 'preflightMedia', 'receiveStripeEvent', 'logout']);

const BEAR = '\u{1F43B}';
const STRINGS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\u2028',
  '\t',
  BEAR,
  '__proto__',
  '%',
  "'",
  '0',
  '-1',
  '1e999',
  'NaN',
  'null',
  '2147483648',
  '9223372036854775808',
  '0000-01-01',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59.999999-12:00',
  '2026-02-30',
  '-000001-01-01T00:00:00Z',
  'https://a.example/\0',
  'http://[::1',
  'data:,',
  'javascript:alert(1)',
  'about:blank',
  'x'.repeat(5_000),
  BEAR.repeat(2_100),
];
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.1,
  -0,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  [],
  {},
  [null],
  [[]],
  { __proto__: 1 },
  ...STRINGS,
];

/** Bodies that are accepted, so that one changed member reaches the service behind. */
const GOOD: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  createVideo: { prompt: 'any input', resolution: '480p', duration: 1 },
  createQuote: { resolution: '480p', duration: 1 },
  createApiKey: { name: 'any input' },
  createWebhookEndpoint: { url: 'https://example.com/hook' },
  setSpendCap: { limit_usd: 1_000 },
  createTopUp: { amount_usd: 5 },
  register: { email: 'any@example.com', password: 'correct horse battery', account_name: 'Any' },
  adminSetLimits: { environment: 'test', concurrent_jobs: 1 },
  adminAddCredit: { amount_usd: 1, payment_ref: 'any' },
  adminCreateAccount: { email: 'any@example.com', account_name: 'Any' },
};

/** What a schema allows at its edges. */
function edgesOf(schema: Schema): unknown[] {
  const { enum: words = [], maxLength, minimum, maximum, format } = schema;
  const texts =
    maxLength === undefined
      ? []
      : [
          BEAR.repeat(maxLength),
          `${'x'.repeat(maxLength - 1)}\u0001`,
          'x'.repeat(maxLength),
          '\u{10ffff}'.repeat(Math.floor(maxLength / 2)),
        ];
  const days =
    format === 'date'
      ? ['1970-01-01', '2999-12-31']
      : format === 'date-time'
        ? ['1970-01-01T00:00:00Z', '2999-12-31T23:59:59Z']
        : [];
  return [...words.slice(0, 2), ...texts, ...days, ...[minimum, maximum].filter((edge) => edge !== undefined)];
}

const valueOf = (schema: Schema | undefined): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom(...VALUES),
    fc.jsonValue(),
    ...(schema && edgesOf(schema).length > 0 ? [fc.constantFrom(...edgesOf(schema))] : []),
  );
const text = fc.oneof(fc.constantFrom(...STRINGS), fc.string({ unit: 'binary', maxLength: 60 }));

/** As UTF-8, half characters too, which no URL encoder would write. */
const encoded = (value: string): string =>
  [...Buffer.from(value, 'utf8')]
    .map((byte) =>
      /[\w.-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
    .replaceAll('%ef%bf%bd', '%ed%a0%80');

type Send = (method: string, path: string, body: string | undefined) => Promise<Answer<Problem>>;

interface Request {
  readonly path: string;
  readonly query: string;
  readonly body: string | undefined;
}

export function anyInput(stage: () => Stage): void {
  describe('whatever is sent', () => {
    it.each(['public', 'admin'])(
      'to the %s port, nothing answers 500',
      async (port) => {
        const { admin, accountId } = stage();
        for (const environment of ['live', 'test'])
          await admin.put(`/admin/v1/accounts/${accountId}/limits`, {
            environment,
            creates_per_minute: 100_000,
            reads_per_minute: 1_000_000,
            queued_jobs: 100_000,
          });
        const { body: document } =
          port === 'admin'
            ? await admin.get<Document>('/admin/v1/openapi.json')
            : await stage().live.get<Document>('/openapi.json');
        const ids = await knownIds(stage());
        const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
        );
        expect(operations.length).toBeGreaterThan(10);
        const senders = sendersOf(stage());
        const person = port === 'admin' ? undefined : await personOf(stage());
        let turn = 0;
        for (const { path, method, operation } of operations.filter(
          ({ operation: { operationId } }) => !LEFT_OUT.has(operationId),
        )) {
          const bySession = operation.security?.some((scheme) => 'sessionCookie' in scheme) ?? false;
          const send =
            port === 'admin' ? senders.operator : bySession ? person! : [senders.live, senders.sandbox][turn++ % 2]!;
          const requests = requestOf(path, operation, document, ids);
          await fc.assert(
            fc.asyncProperty(requests, (request) => answersWell(send, method, request)),
            { numRuns: REQUESTS_PER_OPERATION, seed: SEED, endOnFailure: true },
          );
        }
      },
      300_000,
    );
  });
}

async function answersWell(send: Send, method: string, { path, query, body }: Request): Promise<void> {
  const {
    status,
    text: answered,
    body: problem,
    headers,
  } = await send(method, `${path}${query}`, method === 'GET' ? undefined : body);
  if (status === 500) throw new Error(`${method} ${path}${query} with ${body?.slice(0, 500)} answers ${answered}`);
  if (status >= 400 && headers.get('content-type')?.startsWith('application/json'))
    expect(problem).toMatchObject({
      error: expect.any(String),
      message: expect.any(String),
      request_id: expect.any(String),
    });
}

const by =
  (customer: Customer, headers = {}): Send =>
  (method, path, body) =>
    customer.request<Problem>(method, path, body, headers);

function sendersOf({ live, sandbox, admin }: Stage): Record<'live' | 'sandbox' | 'operator', Send> {
  return { live: by(live), sandbox: by(sandbox), operator: by(admin) };
}

async function personOf({ live }: Stage): Promise<Send> {
  const nobody = new Customer(live.url, undefined);
  const person = { email: `${randomUUID()}@example.com`, password: 'correct horse battery' };
  await nobody.post('/v1/auth/register', { ...person, account_name: 'Any input' });
  const login = await nobody.post<{ csrf_token: string }>('/v1/auth/login', person);
  return by(nobody, { cookie: login.headers.get('set-cookie')!.split(';')[0]!, 'x-csrf-token': login.body.csrf_token });
}

/** Things that are there, so that a request about them comes as far as it can. */
async function knownIds({ accountId, sandbox, live }: Stage): Promise<string[]> {
  const job = await sandbox.create({ prompt: 'any input', resolution: '480p', duration: 1 });
  const endpoint = await live.post<{ id: string }>('/v1/webhooks/endpoints', { url: 'https://example.com/hook' });
  const key = await live.post<{ id: string }>('/v1/api-keys', { name: 'any input' });
  return [job.body.id, endpoint.body.id, key.body.id, accountId].filter((id) => id !== undefined);
}

function requestOf(
  path: string,
  { operationId, parameters = [], requestBody }: Operation,
  { components }: Document,
  ids: readonly string[],
): fc.Arbitrary<Request> {
  const segments = path.split('/').map((segment) =>
    segment.startsWith('{')
      ? fc.oneof(
          fc.constantFrom(...ids),
          text.map((value) => encoded(value) || '%20'),
        )
      : fc.constant(segment),
  );
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = inQuery.map(({ name, schema }) =>
    fc.option(
      valueOf(schema).map(
        (value) => `${encoded(name)}=${encoded(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))}`,
      ),
      { nil: '', freq: 2 },
    ),
  );
  const named = requestBody?.content['application/json']?.schema;
  const schema = named?.$ref === undefined ? named : components.schemas[named.$ref.split('/').at(-1)!];
  return fc.record({
    path: fc.tuple(...segments).map((parts) => parts.join('/')),
    query: fc
      .tuple(
        ...pairs,
        fc.option(
          text.map((value) => `${encoded(value)}=1`),
          { nil: '', freq: 8 },
        ),
      )
      .map((given) => given.filter(Boolean).join('&'))
      .map((query) => (query === '' ? '' : `?${query}`)),
    body: schema === undefined ? fc.constant(undefined) : bodyOf(schema, GOOD[operationId] ?? {}),
  });
}

/** A good body with some members changed; now and then any JSON, or none. */
function bodyOf(
  { properties = {} }: Schema,
  good: Readonly<Record<string, unknown>>,
): fc.Arbitrary<string | undefined> {
  const members = Object.entries(properties).map(([name, schema]) =>
    valueOf(schema).map((value) => [name, value] as const),
  );
  const changed =
    members.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...members), { minLength: 1, maxLength: 2 });
  const near = changed.map((pairs) => JSON.stringify({ ...good, ...Object.fromEntries(pairs) }));
  return fc.oneof(
    { weight: 8, arbitrary: near },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: text },
  );
}
