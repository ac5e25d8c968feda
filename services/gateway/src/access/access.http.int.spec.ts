import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { status } from '@grpc/grpc-js';
import { metrics } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { allowed, failure } from '../http/fake-peers.fixture';
import { ADMIN_TOKEN, type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let live: string;

beforeAll(async () => {
  test = await startTestGateway({ TRUSTED_PROXIES: '127.0.0.0/8' });
  live = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
  test.peers.scheduler.listJobs = () => ({ jobJson: [], hasMore: false, nextCursor: '' });
});
afterAll(() => test.stop());

let lastAddress = 0;
/** Each test speaks from an address of its own, so that none spends another's limit. */
const fromNewAddress = () => ({ 'x-forwarded-for': `203.0.113.${++lastAddress}` });

function get(path: string, authorization?: string, headers: Record<string, string> = fromNewAddress()) {
  return fetch(`${test.url}${path}`, {
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
  });
}

const DOCS = 'https://api.example.com/docs/errors';
const LIMIT_HEADERS = ['x-request-id', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

function expectLimitHeaders(headers: Headers): void {
  for (const name of LIMIT_HEADERS) expect([name, headers.get(name)]).toEqual([name, expect.stringMatching(/./)]);
}

describe('a key', () => {
  it.each([
    ['missing', undefined],
    ['malformed', 'Bearer nonsense'],
    ['of another scheme', 'Basic dXNlcjpwYXNz'],
    ['unknown', 'Bearer usv_live_neverneverneverneverne'],
  ])('that is %s is answered 401', async (_, authorization) => {
    const response = await get('/v1/videos', authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toEqual({
      error: 'invalid_api_key',
      message: expect.any(String),
      request_id: response.headers.get('x-request-id'),
      doc_url: `${DOCS}/invalid_api_key`,
    });
    expectLimitHeaders(response.headers);
    expect(response.headers.get('x-ratelimit-limit')).toBe('60');
  });

  it('without the scope is answered 403, naming it', async () => {
    const response = await get(
      '/v1/videos',
      test.peers.addKey('usv_live_billingonlybillingonly', { scopes: ['billing:read'] }),
    );
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({ error: 'forbidden', message: expect.stringContaining('videos') }),
    ]);
    expectLimitHeaders(response.headers);
  });

  it.each(['GET', 'POST'])('of a suspended account is answered 403 (%s)', async (method) => {
    const authorization = test.peers.addKey('usv_live_suspendedsuspended', { suspended: true });
    const response = await fetch(`${test.url}/v1/videos`, { method, headers: { authorization } });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([403, 'account_suspended']);
    expectLimitHeaders(response.headers);
  });

  it('that has expired is answered 401', async () => {
    const authorization = test.peers.addKey('usv_live_expiredexpiredexpired', { expiresInMs: 60_000n });
    expect((await get('/v1/videos', authorization)).status).toBe(200);
    test.peers.addKey('usv_live_endedendedendedended', { expiresInMs: 0n });
    expect((await get('/v1/videos', 'Bearer usv_live_endedendedendedended')).status).toBe(200);
    expect((await get('/v1/videos', 'Bearer usv_live_endedendedendedended')).status).toBe(401);
  });

  it('is asked about once in five seconds, and works on while accounts is away', async () => {
    const authorization = test.peers.addKey('usv_live_cachedcachedcachedcached', {});
    const ask = test.peers.accounts.verifyKey!;
    let asked = 0;
    test.peers.accounts.verifyKey = (request) => {
      asked++;
      return ask(request);
    };
    await Promise.all(Array.from({ length: 20 }, () => get('/v1/videos', authorization)));
    await get('/v1/videos', authorization);
    expect(asked).toBe(1);
    test.peers.accounts.verifyKey = () => {
      throw failure(status.UNAVAILABLE);
    };
    expect((await get('/v1/videos', authorization)).status).toBe(200);
    const unknown = await get('/v1/videos', 'Bearer usv_live_firsttimefirsttimefirst');
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '1']);
    test.peers.accounts.verifyKey = ask;
  });
});

describe('a limit', () => {
  it("is the policy's that judged the request", async () => {
    test.peers.checkRate = ({ policy }) => ({ ...allowed(policy === 'reads' ? 3_000 : 300) });
    expect((await get('/v1/videos', live)).headers.get('x-ratelimit-limit')).toBe('3000');
    const refused = await fetch(`${test.url}/v1/videos`, {
      method: 'POST',
      headers: { authorization: live, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([refused.status, refused.headers.get('x-ratelimit-limit')]).toEqual([400, '300']);
  });

  it('refuses with the wait, rounded up', async () => {
    test.peers.checkRate = () => ({
      allowed: false,
      rate: { limit: 3_000, remaining: 0, resetAt: new Date() },
      retryAfterMs: 20,
    });
    const response = await get('/v1/videos', live);
    expect([response.status, response.headers.get('retry-after'), response.headers.get('retry-after-ms')]).toEqual([
      429,
      '1',
      '20',
    ]);
    expect(((await response.json()) as { message: string }).message).toContain('https://support.example.com');
    test.peers.checkRate = () => allowed(3_000);
  });

  it('counts wrong keys by address', async () => {
    const address = fromNewAddress();
    // Sixty a minute, and one more for each second that the others take.
    const statuses = (
      await Promise.all(Array.from({ length: 200 }, () => get('/v1/videos', 'Bearer nonsense', address)))
    ).map((answer) => answer.status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((answered) => answered === 401).length).toBeGreaterThanOrEqual(60);
    expect((await get('/v1/videos', 'Bearer nonsense', fromNewAddress())).status).toBe(401);
    expect((await get('/v1/videos', live, address)).status).toBe(200);
  });
});

describe('every response', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/', 404, 'not_found'],
    ['GET', '/%zz', 404, 'not_found'],
    ['GET', '/metrics', 404, 'not_found'],
    ['GET', '/healthz', 404, 'not_found'],
    ['GET', '/admin/v1/accounts', 404, 'not_found'],
    ['PUT', '/v1/videos', 405, 'method_not_allowed'],
    ['PATCH', '/v1/videos/job_1', 405, 'method_not_allowed'],
    ['OPTIONS', '/v1/videos', 405, 'method_not_allowed'],
  ])('to %s %s is an error in our form with its headers', async (method, path, code, error) => {
    const response = await fetch(`${test.url}${path}`, { method, headers: fromNewAddress() });
    expect([response.status, await response.json()]).toEqual([
      code,
      {
        error,
        message: expect.any(String),
        request_id: response.headers.get('x-request-id'),
        doc_url: `${DOCS}/${error}`,
      },
    ]);
    expectLimitHeaders(response.headers);
    if (code === 405) expect(response.headers.get('allow')).toMatch(/GET/);
  });

  it('to bytes that are not HTTP has them too', async () => {
    const socket = connect(test.gateway.port, '127.0.0.1');
    socket.write('nonsense\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    for (const name of LIMIT_HEADERS) expect(answer).toContain(`${name}: `);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ error: 'invalid_request' });
  });

  it('to a path with an empty id is that of an unknown path', async () => {
    expect((await get('/v1/videos/', live)).status).toBe(404);
  });

  it('hides what broke inside', async () => {
    test.peers.scheduler.getLimits = () => {
      throw Object.assign(new Error('SELECT secret FROM job at 10.0.0.5'), { code: status.INTERNAL });
    };
    const response = await get('/v1/limits', live);
    expect([response.status, await response.json()]).toEqual([
      500,
      {
        error: 'internal_error',
        message: expect.not.stringContaining('SELECT'),
        request_id: expect.any(String),
        doc_url: `${DOCS}/internal_error`,
      },
    ]);
  });

  it('to HEAD is that to GET without its body', async () => {
    const response = await fetch(`${test.url}/v1/videos`, { method: 'HEAD', headers: { authorization: live } });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expectLimitHeaders(response.headers);
  });

  it('comes while the limiter is away: reads from a local share, never a create', async () => {
    const down = test.peers.stop();
    const read = await get('/v1/videos', live);
    expect([read.status, read.headers.get('x-ratelimit-limit')]).toEqual([503, '3000']);
    await down;
    await test.peersBack();
  });
});

describe('the other ports', () => {
  it('says that it is ready once it has reached the four services, and stays so when one is away', async () => {
    const peers = { accounts: true, ledger: true, scheduler: true, webhooks: true };
    expect(await test.gateway.ready()).toEqual({ needs: {}, uses: peers });
    await test.peers.stop();
    const away = { accounts: false, ledger: false, scheduler: false, webhooks: false };
    const noticed = await eventually(
      async () => {
        const { uses } = await test.gateway.ready();
        return !uses!.ledger && uses;
      },
      { what: 'the gateway notices' },
    );
    expect(noticed).toEqual(away);
    expect((await test.gateway.ready()).needs).toEqual({});
    await test.peersBack();
    expect(await metrics.metrics()).toMatch(
      /usvideo_http_requests_total\{listener="public",method="GET",route="\/v1\/videos",status="200"\}/,
    );
  });

  it.each([undefined, 'Bearer wrong', `Bearer ${ADMIN_TOKEN}x`, ADMIN_TOKEN])(
    'lets nobody administer with %j',
    async (authorization) => {
      const response = await fetch(`${test.adminUrl}/admin/v1/accounts`, {
        headers: { ...(authorization ? { authorization } : {}), ...fromNewAddress() },
      });
      expect(response.status).toBe(401);
      expectLimitHeaders(response.headers);
    },
  );

  it('does not accept an API key on the admin port, nor serve the public API there', async () => {
    expect((await fetch(`${test.adminUrl}/admin/v1/accounts`, { headers: { authorization: live } })).status).toBe(401);
    expect((await fetch(`${test.adminUrl}/v1/videos`, { headers: { authorization: live } })).status).toBe(404);
  });
});
