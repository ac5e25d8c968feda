import { randomUUID } from 'node:crypto';
import { eventually, type HttpReceiver } from '@usvideo/testing';
import sharp from 'sharp';
import { type Answer, Customer } from './customer';
import type { ServedPlatform } from './platform';
import { register, type Stage } from './stage';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Things {
  readonly job: string;
  readonly file: string;
  readonly key: string;
  readonly endpoint: string;
  readonly delivery: string;
  readonly topUp: string;
  readonly member: string;
  readonly endUser: string;
}
type Send = (method: string, path: string, body?: string, headers?: Record<string, string>) => Promise<Answer>;
interface Person {
  readonly stage: Stage;
  readonly session: Send;
}

/** Whose id a path takes, by its beginning. A new operation with an id does not pass before it is here. */
const OF_PATH: readonly (readonly [string, keyof Things])[] = [
  ['/v1/videos/{id}', 'job'],
  ['/v1/files/{id}', 'file'],
  ['/v1/api-keys/{id}', 'key'],
  ['/v1/webhooks/endpoints/{id}', 'endpoint'],
  ['/v1/webhooks/deliveries/{id}', 'delivery'],
  ['/v1/topups/{id}', 'topUp'],
  ['/v1/members/{id}', 'member'],
];
/** A month is nobody's; a passkey takes a browser, and is tried in test/browser. */
const NO_ID = ['/v1/statements/{period}', '/v/{file}', '/v1/auth/passkeys/{id}'];
const UNKNOWN: Readonly<Record<keyof Things, string>> = {
  job: 'job_00000000000000000000000000',
  file: 'file_00000000000000000000000000',
  key: 'key_00000000000000000000000000',
  endpoint: 'whe_00000000000000000000000000',
  delivery: 'dlv_00000000000000000000000000',
  topUp: 'top_00000000000000000000000000',
  member: 'mem_00000000000000000000000000',
  endUser: 'nobody',
};
const BODIES: Readonly<Record<string, object>> = {
  updateWebhookEndpoint: { description: 'mine' },
  setMemberRole: { role: 'viewer' },
};
const FILTERS: Readonly<Record<string, readonly (keyof Things)[]>> = {
  job_id: ['job'],
  endpoint_id: ['endpoint'],
  api_key_id: ['key'],
  end_user: ['endUser'],
  starting_after: ['job', 'delivery'],
};

/** Every operation of the reference, as somebody whose things they are not: another account, and the other environment of the same. */
export function strangers(platform: () => ServedPlatform): void {
  describe('to a stranger', () => {
    let owner: Person;
    let stranger: Person;
    let receiver: HttpReceiver;
    let things: Things;
    let operations: { path: string; method: string; operation: Operation }[];

    beforeAll(async () => {
      [owner, stranger, receiver] = await Promise.all([person(platform()), person(platform()), platform().receiver()]);
      things = await thingsOf(owner, receiver);
      const { body: document } = await owner.stage.live.get<Document>('/openapi.json');
      operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
      );
    }, 60_000);
    afterAll(() => receiver.stop());

    // A preflight is answered before anybody says who they are.
    const asked = () =>
      operations.filter(({ path, method }) => path.includes('{') && method !== 'OPTIONS' && !NO_ID.includes(path));
    const senderOf = ({ stage, session }: Person, { security = [] }: Operation): Send =>
      security.some((scheme) => 'sessionCookie' in scheme) ? session : by(stage.live);

    it('a thing of another account is not there, and stays as it is', async () => {
      const before = await seen(owner);
      expect(asked().length).toBeGreaterThan(15);
      for (const { path, method, operation } of asked()) {
        const [, thing] = OF_PATH.find(([beginning]) => path.startsWith(beginning)) ?? [path, undefined];
        expect([path, typeof thing]).toEqual([path, 'string']);
        const send = senderOf(stranger, operation);
        const answerTo = async (id: string) => {
          const body = BODIES[operation.operationId];
          const {
            status,
            body: { request_id: _, ...problem },
          } = await send(method, path.replace('{id}', id), body && JSON.stringify(body));
          return { operation: `${method} ${path}`, status, problem };
        };
        const unknown = await answerTo(UNKNOWN[thing!]);
        expect([`${method} ${path}`, unknown.status]).toEqual([`${method} ${path}`, 404]);
        expect(await answerTo(things[thing!])).toEqual(unknown);
      }
      expect(await seen(owner)).toEqual(before);
    }, 60_000);

    it('a live thing is not there for a test key of its own account', async () => {
      for (const { path, method, operation } of asked().filter(
        ({ operation: { security = [] } }) => !security.some((scheme) => 'sessionCookie' in scheme),
      )) {
        const [, thing] = OF_PATH.find(([beginning]) => path.startsWith(beginning))!;
        const body = BODIES[operation.operationId];
        const { status } = await by(owner.stage.sandbox)(
          method,
          path.replace('{id}', things[thing]),
          body && JSON.stringify(body),
        );
        expect([`${method} ${path}`, status]).toEqual([`${method} ${path}`, 404]);
      }
    }, 60_000);

    it('no list shows anything of it, however it is filtered', async () => {
      const own = Object.values(things);
      const lists = operations.filter(
        ({ path, method }) => method === 'GET' && !path.includes('{') && path.startsWith('/v1/'),
      );
      expect(lists.length).toBeGreaterThan(10);
      for (const { path, operation } of lists) {
        const filters = (operation.parameters ?? []).flatMap(({ name }) =>
          (FILTERS[name] ?? []).map((thing) => `?${name}=${things[thing]}`),
        );
        for (const [who, send] of [
          ['another account', senderOf(stranger, operation)],
          ['a test key', by(owner.stage.sandbox)],
        ] as const) {
          for (const query of ['', ...filters]) {
            for (const accept of ['application/json', 'text/csv']) {
              const { text } = await send('GET', `${path}${query}`, undefined, { accept });
              const shown = own.filter((id) => text.replaceAll(query.split('=')[1] ?? ' ', ' ').includes(id));
              if (who === 'another account') expect([path, query, shown]).toEqual([path, query, []]);
              else
                expect([
                  path,
                  query,
                  shown.filter((id) => id === things.job || id === things.delivery || id === things.topUp),
                ]).toEqual([path, query, []]);
            }
          }
        }
      }
    }, 60_000);

    it("a sum by key or by job holds what is that one's alone", async () => {
      const { live } = owner.stage;
      const of = async (path: string) => (await live.get<{ data: { job_id: string }[] }>(path)).body.data;
      expect((await of('/v1/usage')).map((row) => row.job_id)).toContain(things.job);
      expect(await of(`/v1/usage?api_key_id=${things.key}`)).toEqual([]);
      expect((await of(`/v1/ledger?job_id=${things.job}`)).length).toBeGreaterThan(1);
      const { body: foreign } = await stranger.stage.live.get<{ data: unknown[] }>(`/v1/ledger?job_id=${things.job}`);
      expect(foreign.data).toEqual([]);
      const { body: endUsers } = await stranger.stage.live.get<{ data: unknown[] }>(
        `/v1/videos?end_user=${things.endUser}`,
      );
      expect(endUsers.data).toEqual([]);
    });
  });
}

function by(customer: Customer, session: Record<string, string> = {}): Send {
  return (method, path, body, headers = {}) => customer.request(method, path, body, { ...session, ...headers });
}

async function person(platform: ServedPlatform): Promise<Person> {
  const stage = await register(platform);
  const nobody = new Customer(stage.live.url, undefined);
  const who = { email: `${randomUUID()}@example.com`, password: 'correct horse battery' };
  await nobody.post('/v1/auth/register', { ...who, account_name: 'Stranger' });
  const login = await nobody.post<{ csrf_token: string }>('/v1/auth/login', who);
  return {
    stage,
    session: by(nobody, {
      cookie: login.headers.get('set-cookie')!.split(';')[0]!,
      'x-csrf-token': login.body.csrf_token,
    }),
  };
}

async function thingsOf({ stage: { live }, session }: Person, receiver: HttpReceiver): Promise<Things> {
  const endUser = `user-${randomUUID()}`;
  const endpoint = await live.post<{ id: string }>('/v1/webhooks/endpoints', {
    url: `${receiver.url}/own`,
    events: ['video.completed'],
  });
  const job = await live.create({ prompt: "somebody else's", resolution: '480p', duration: 1, end_user: endUser });
  await live.ended(job.body.id);
  const delivery = await eventually(
    async () =>
      (await live.get<{ data: { id: string }[] }>(`/v1/webhooks/deliveries?endpoint_id=${endpoint.body.id}`)).body
        .data[0]?.id,
    { what: 'the delivery is in the log' },
  );
  const key = await live.post<{ id: string }>('/v1/api-keys', { name: "somebody else's" });
  const topUp = await live.post<{ id: string }>('/v1/topups', { amount_usd: 5 }, { 'idempotency-key': randomUUID() });
  const form = new FormData();
  const picture = sharp({ create: { width: 64, height: 36, channels: 3, background: '#c02020' } });
  form.append('file', new Blob([new Uint8Array(await picture.png().toBuffer())]));
  const file = await live.upload<{ id: string }>('/v1/files', form);
  const members = await session('GET', '/v1/members');
  const {
    data: [member],
  } = members.body as unknown as { data: { id: string }[] };
  return {
    job: job.body.id,
    file: file.body.id,
    key: key.body.id,
    endpoint: endpoint.body.id,
    delivery: delivery as string,
    topUp: topUp.body.id,
    member: member!.id,
    endUser,
  };
}

/** What a stranger could change. */
async function seen({ stage: { live }, session }: Person): Promise<unknown[]> {
  const paths = [
    '/v1/videos',
    '/v1/api-keys',
    '/v1/webhooks/endpoints',
    '/v1/webhooks/deliveries',
    '/v1/topups',
    '/v1/balance',
  ];
  const answers = await Promise.all([...paths.map((path) => live.get(path)), session('GET', '/v1/members')]);
  return answers.map(
    ({ body }) =>
      JSON.parse(
        JSON.stringify(body, (name, value: unknown) =>
          /_url$|last_used_at|eta_seconds/.test(name) ? undefined : value,
        ),
      ) as unknown,
  );
}
