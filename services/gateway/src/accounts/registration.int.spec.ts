import { status } from '@grpc/grpc-js';
import type { Account, ApiKey } from '@usvideo/contracts/accounts';
import type { AddFundsRequest } from '@usvideo/contracts/ledger';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

const limits = { concurrentJobs: 10, queuedJobs: 1_000, createsPerMinute: 300, readsPerMinute: 3_000 };
const account: Account = {
  accountId: 'acc_1',
  name: 'Ada',
  email: 'a@b.co',
  plan: 'standard',
  status: 'active',
  createdAt: new Date(0),
  liveLimits: limits,
  testLimits: limits,
};

let test: TestGateway;

beforeAll(async () => {
  test = await startTestGateway({ SIGNUP_CREDIT_USD: '5' });
});
afterAll(() => test.stop());

async function send(url: string, method: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    body: body ? JSON.stringify(body) : null,
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown> & { details?: { field: string }[] },
  };
}

describe('registration', () => {
  const request = { email: 'ada@example.com', password: 'correct horse', account_name: 'Ada' };
  const register = (body: object = request) => send(`${test.url}/v1/auth/register`, 'POST', body);

  beforeEach(() => {
    test.peers.accounts.register = () => ({ account, liveKey: 'usv_live_x', testKey: 'usv_test_x' });
    test.peers.webhooks.ensureSecret = () => ({ secret: 'whsec_x' });
  });

  it('answers the keys once and signs the owner in; credit waits for the proof of the address', async () => {
    let seen: object = {};
    test.peers.accounts.register = (registered) => {
      seen = registered;
      return { account, liveKey: 'usv_live_x', testKey: 'usv_test_x', sessionToken: 't'.repeat(43) };
    };
    test.peers.ledger.addFunds = () => {
      throw failure(status.INTERNAL);
    };
    const response = await fetch(`${test.url}/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    expect([response.status, await response.json()]).toEqual([
      201,
      { account_id: 'acc_1', live_key: 'usv_live_x', test_key: 'usv_test_x', webhook_secret: 'whsec_x' },
    ]);
    expect(response.headers.get('set-cookie')).toBe(
      `usv_session=${'t'.repeat(43)}; Path=/; HttpOnly; SameSite=Lax; Secure`,
    );
    expect(seen).toMatchObject({
      signIn: true,
      emailVerified: false,
      actor: { author: 'self', address: '127.0.0.1', requestId: response.headers.get('x-request-id') },
    });
  });

  it('credits the account once its owner has proven the address, even if the ledger stumbles', async () => {
    test.peers.members.verifyEmail = () => ({ refusal: '', verifiedAccountIds: ['acc_1'] });
    const added: AddFundsRequest[] = [];
    test.peers.ledger.addFunds = (funds) => {
      added.push(funds);
      if (added.length === 1) throw failure(status.UNAVAILABLE);
      return { availableMicros: 5_000_000n, replayed: false };
    };
    expect(await send(`${test.url}/v1/auth/verify`, 'POST', { token: 'x' })).toMatchObject({ status: 200 });
    expect(added).toHaveLength(2);
    expect(added[1]).toMatchObject({
      accountId: 'acc_1',
      amountMicros: 5_000_000n,
      source: 'promotion',
      paymentRef: 'signup:acc_1',
    });
  });

  it('refuses what is missing, wrong or unknown', async () => {
    const { status: code, body } = await register({ email: 'nobody', password: 'short', plan: 'enterprise' });
    expect([code, body.details?.map((fault) => fault.field)]).toEqual([
      400,
      ['email', 'password', 'account_name', 'plan'],
    ]);
  });

  it('blames the field that is wrong, control characters included', async () => {
    expect(await register({ ...request, account_name: 'tab\tb' })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'account_name' }] },
    });
    expect(await register({ ...request, email: `${'a.'.repeat(200)}@b.co` })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'email' }] },
    });
  });

  it.each(['closed', 'invite'])('is forbidden where it is %s', async (registration) => {
    const closed = await startTestGateway({ REGISTRATION: registration });
    expect(await send(`${closed.url}/v1/auth/register`, 'POST', request)).toMatchObject({
      status: 403,
      body: { error: 'forbidden' },
    });
    await closed.stop();
  });
});

describe('API keys', () => {
  const key = (keyId: string, over: Partial<ApiKey> = {}): ApiKey => ({
    keyId,
    name: keyId,
    environment: 'live',
    maskedKey: 'usv_live_…abcd',
    scopes: ['videos'],
    createdAt: new Date(0),
    lastUsedAt: undefined,
    expiresAt: undefined,
    ...over,
  });
  let manager: string;
  const keys = (method: string, path: string, body?: object, authorization = manager) =>
    send(`${test.url}/v1/api-keys${path}`, method, body, { authorization });

  beforeEach(() => {
    manager = test.peers.addKey('usv_live_managermanagermanager', { scopes: ['videos', 'keys:read', 'keys:manage'] });
    test.peers.accounts.listKeys = () => ({
      keys: [key('key_1'), key('key_usv_live_leakedleakedleakedleaked'), key('key_test', { environment: 'test' })],
    });
  });

  it('are listed for the environment of the caller', async () => {
    const { body } = await keys('GET', '');
    const {
      data,
      keys: firstForm,
      ...page
    } = body as unknown as { data: { id: string; livemode: boolean }[]; keys: object[] };
    expect(data).toMatchObject([{ id: 'key_1', livemode: true }, { livemode: true }]);
    expect(page).toEqual({ object: 'list', has_more: false, next_cursor: null, limit: 100, offset: 0 });
    expect(firstForm).toEqual(data);
  });

  it('are made with no more than the caller may do', async () => {
    let seen: object = {};
    test.peers.accounts.createKey = (request) => {
      seen = request;
      return { key: key('key_2'), secret: 'usv_live_new' };
    };
    expect(await keys('POST', '', { name: 'ci' })).toMatchObject({
      status: 201,
      body: { id: 'key_2', secret: 'usv_live_new' },
    });
    expect(seen).toMatchObject({
      accountId: 'acc_1',
      environment: 'live',
      name: 'ci',
      scopes: ['videos', 'keys:read'],
    });
    expect(await keys('POST', '', { name: 'ci', scopes: ['billing:manage'] })).toMatchObject({
      status: 403,
      body: { error: 'forbidden' },
    });
    expect(await keys('POST', '', { name: 'ci', scopes: ['root'] })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'scopes.0' }] },
    });
  });

  it('that have none of the default scopes give none of them away', async () => {
    const narrow = test.peers.addKey('usv_live_narrownarrownarrow', { scopes: ['keys:manage'] });
    let asked = 0;
    test.peers.accounts.createKey = () => {
      asked++;
      return { key: key('key_2'), secret: 'usv_live_new' };
    };
    expect(await keys('POST', '', { name: 'e' }, narrow)).toMatchObject({ status: 403, body: { error: 'forbidden' } });
    expect(await keys('POST', '', { name: 'e', scopes: [] }, narrow)).toMatchObject({
      status: 400,
      body: { details: [{ field: 'scopes' }] },
    });
    expect(await keys('POST', '', { name: 'e', scopes: ['videos'] }, narrow)).toMatchObject({ status: 403 });
    expect(asked).toBe(0);
  });

  it.each(['tab\tb', 'a\0b', 'a\nb', 'a\u0085b', '\ud800', ' '])('have no name like %j', async (name) => {
    expect(await keys('POST', '', { name })).toMatchObject({ status: 400, body: { details: [{ field: 'name' }] } });
  });

  it('name the field when accounts refuses what the gateway let through', async () => {
    test.peers.accounts.createKey = () => {
      throw Object.assign(failure(status.INVALID_ARGUMENT), {
        details: 'name must be shorter\nscopes may hold videos and nothing else',
      });
    };
    expect(await keys('POST', '', { name: 'ci' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', details: [{ field: 'name', message: 'must be shorter' }, { field: 'scopes' }] },
    });
  });

  it('that leaked are refused here from the moment they are replaced', async () => {
    const leaked = test.peers.addKey('usv_live_leakedleakedleakedleaked', { scopes: ['videos', 'keys:read'] });
    expect((await keys('GET', '', undefined, leaked)).status).toBe(200);
    let seen: object = {};
    test.peers.accounts.rotateKey = (request) => {
      seen = request;
      test.peers.keys.clear();
      return { key: key('key_3'), secret: 'usv_live_new', oldKey: key('key_1', { expiresAt: new Date() }) };
    };
    const rotated = await keys('POST', '/key_usv_live_leakedleakedleakedleaked/rotate', { expire_old_now: true });
    expect(rotated).toMatchObject({
      status: 201,
      body: { id: 'key_3', secret: 'usv_live_new', replaces: { id: 'key_1', expires_at: expect.any(String) } },
    });
    expect(seen).toMatchObject({ overlapSeconds: 0 });
    expect((await keys('GET', '', undefined, leaked)).status).toBe(401);
  });

  it('overlap for a day when they are rotated calmly', async () => {
    let seen: object = {};
    test.peers.accounts.rotateKey = (request) => {
      seen = request;
      return { key: key('key_3'), secret: 's', oldKey: key('key_1') };
    };
    expect((await keys('POST', '/key_1/rotate')).status).toBe(201);
    expect(seen).toMatchObject({ overlapSeconds: 86_400 });
  });

  it('are revoked', async () => {
    test.peers.accounts.revokeKey = () => ({});
    expect(await keys('DELETE', '/key_1')).toMatchObject({
      status: 200,
      body: { id: 'key_1', expires_at: expect.any(String) },
    });
  });

  it.each(['/key_test', '/key_unknown'])(
    'of the other environment or another account are not there: %s',
    async (path) => {
      expect(await keys('DELETE', path)).toMatchObject({ status: 404, body: { error: 'not_found' } });
      expect(await keys('POST', `${path}/rotate`)).toMatchObject({ status: 404 });
    },
  );
});
