import { status } from '@grpc/grpc-js';
import type { Account } from '@usvideo/contracts/accounts';
import type { AddFundsRequest } from '@usvideo/contracts/ledger';
import { failure } from '../http/fake-peers.fixture';
import { ADMIN_TOKEN, type TestGateway, startTestGateway } from '../http/gateway.fixture';

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

describe('an operator', () => {
  const admin = (method: string, path: string, body?: object) =>
    send(`${test.adminUrl}/admin/v1${path}`, method, body, { authorization: `Bearer ${ADMIN_TOKEN}` });

  beforeEach(() => {
    test.peers.accounts.getAccount = () => ({ account });
  });

  it('lists, opens and reads accounts', async () => {
    test.peers.accounts.listAccounts = () => ({ accounts: [account], hasMore: true });
    expect(await admin('GET', '/accounts?limit=1')).toMatchObject({
      status: 200,
      body: { data: [{ id: 'acc_1', limits: { live: { concurrent_jobs: 10 } } }], next_cursor: 'acc_1' },
    });
    let seen: object = {};
    test.peers.accounts.register = (request) => {
      seen = request;
      return { account, liveKey: 'l', testKey: 't' };
    };
    expect(
      await admin('POST', '/accounts', { email: 'a@b.co', account_name: 'Ada', plan: 'enterprise' }),
    ).toMatchObject({ status: 201, body: { id: 'acc_1', live_key: 'l', test_key: 't' } });
    expect(seen).toMatchObject({ plan: 'enterprise', password: '', author: 'bootstrap' });
    expect(await admin('GET', '/accounts/acc_1')).toMatchObject({
      status: 200,
      body: { id: 'acc_1', status: 'active' },
    });
  });

  it('sets limits, naming only those that change', async () => {
    let seen: object = {};
    test.peers.accounts.setLimits = (request) => {
      seen = request;
      return { account };
    };
    test.peers.scheduler.getLimits = () => ({ allowed: limits, runningJobs: 7, queuedJobs: 3 });
    expect(
      await admin('PUT', '/accounts/acc_1/limits', {
        environment: 'live',
        concurrent_jobs: 50,
        expires_at: '2999-01-01T00:00:00Z',
        reason: 'launch',
      }),
    ).toMatchObject({ status: 200, body: { in_use: { environment: 'live', running_jobs: 7, queued_jobs: 3 } } });
    expect(seen).toMatchObject({
      accountId: 'acc_1',
      environment: 'live',
      concurrentJobs: 50,
      queuedJobs: undefined,
      createsPerMinute: undefined,
      readsPerMinute: undefined,
      author: 'bootstrap',
      expiresAt: new Date('2999-01-01T00:00:00Z'),
      reason: 'launch',
    });
    expect(await admin('PUT', '/accounts/acc_1/limits', { concurrent_jobs: -1, burst: 2 })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'environment' }, { field: 'concurrent_jobs' }, { field: 'burst' }] },
    });
    seen = {};
    expect(
      await admin('PUT', '/accounts/acc_1/limits', { environment: 'live', concurrent_jobs: 0, queued_jobs: 0 }),
    ).toMatchObject({ status: 400, body: { details: [{ field: 'concurrent_jobs' }, { field: 'queued_jobs' }] } });
    expect(seen).toEqual({});
    test.peers.scheduler.getLimits = () => {
      throw failure(status.UNAVAILABLE);
    };
    expect(
      await admin('PUT', '/accounts/acc_1/limits', { environment: 'live', concurrent_jobs: 0, freeze: true }),
    ).toMatchObject({ status: 200, body: { in_use: null } });
    expect(seen).toMatchObject({ concurrentJobs: 0 });
  });

  it.each([
    [250, 250_000_000n],
    ['2.50', 2_500_000n],
    [0.1, 100_000n],
  ])('adds %j dollars', async (amount, micros) => {
    const added: AddFundsRequest[] = [];
    test.peers.ledger.addFunds = (funds) => {
      added.push(funds);
      return { availableMicros: micros, replayed: false };
    };
    expect(
      await admin('POST', '/accounts/acc_1/credit', { amount_usd: amount, payment_ref: 'wire-1', note: 'thanks' }),
    ).toMatchObject({ status: 200, body: { amount_micros: Number(micros), replayed: false } });
    expect(added).toMatchObject([
      { amountMicros: micros, source: 'manual', paymentRef: 'wire-1', author: 'bootstrap', note: 'thanks' },
    ]);
  });

  it.each([0, -5, '1.2345678', 'ten', 1e30, 0.00000001])('does not add %j dollars', async (amount) => {
    expect(await admin('POST', '/accounts/acc_1/credit', { amount_usd: amount, payment_ref: 'wire-1' })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'amount_usd' }] },
    });
  });

  it('cannot credit an account that is not there', async () => {
    test.peers.accounts.getAccount = () => {
      throw failure(status.NOT_FOUND);
    };
    expect(await admin('POST', '/accounts/acc_9/credit', { amount_usd: 1, payment_ref: 'wire-1' })).toMatchObject({
      status: 404,
      body: { error: 'not_found' },
    });
  });

  it('suspends and resumes', async () => {
    const seen: object[] = [];
    test.peers.accounts.setSuspension = (request) => {
      seen.push(request);
      return { account };
    };
    await admin('POST', '/accounts/acc_1/suspend', { reason: 'fraud' });
    await admin('POST', '/accounts/acc_1/resume');
    expect(seen).toMatchObject([
      { accountId: 'acc_1', suspended: true, reason: 'fraud', author: 'bootstrap' },
      { accountId: 'acc_1', suspended: false, reason: '', author: 'bootstrap' },
    ]);
  });

  it('reads the reference of the admin port, which the public one does not route', async () => {
    const { body } = await admin('GET', '/openapi.json');
    const { paths, components } = body as unknown as {
      paths: Record<string, object>;
      components: { securitySchemes: object };
    };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/admin/v1/audit', '/admin/v1/accounts/{id}/limits']));
    expect(Object.keys(paths).filter((path) => !path.startsWith('/admin/v1/'))).toEqual(['/docs']);
    expect(Object.keys(components.securitySchemes)).toEqual(['operator']);
    expect((await send(`${test.url}/admin/v1/openapi.json`, 'GET')).status).toBe(404);
    expect((await send(`${test.adminUrl}/admin/v1/openapi.json`, 'GET')).status).toBe(401);
    const docs = await fetch(`${test.adminUrl}/docs`);
    expect([docs.status, await docs.text()]).toEqual([
      200,
      expect.stringContaining('PUT /admin/v1/accounts/{id}/limits'),
    ]);
  });

  it('reads the audit log by page or as lines, and has it proven', async () => {
    const entry = {
      seq: 9n,
      accountId: 'acc_1',
      author: 'op ann',
      action: 'limits_set',
      subject: 'live',
      at: new Date(0),
      address: '192.0.2.1',
      requestId: 'req_1',
      before: '{"concurrentJobs":10}',
      after: '',
      format: 2,
      previousHash: Buffer.alloc(32, 1),
      hash: Buffer.alloc(32, 2),
    };
    const asked: object[] = [];
    test.peers.accounts.listAudit = (request) => {
      asked.push(request);
      return { entries: [entry], hasMore: true };
    };
    const shown = {
      seq: 9,
      author: 'op ann',
      action: 'limits_set',
      address: '192.0.2.1',
      request_id: 'req_1',
      before: { concurrentJobs: 10 },
      after: null,
      hash: '02'.repeat(32),
    };
    expect(await admin('GET', '/audit?account_id=acc_1&limit=1')).toMatchObject({
      status: 200,
      body: { data: [shown], has_more: true, next_cursor: '9' },
    });
    expect(await admin('GET', '/audit?starting_after=9')).toMatchObject({ status: 200 });
    expect(asked).toEqual([
      { accountId: 'acc_1', limit: 1, beforeSeq: 0n },
      { accountId: '', limit: 100, beforeSeq: 9n },
    ]);
    expect(await admin('GET', '/audit?starting_after=x')).toMatchObject({
      status: 400,
      body: { details: [{ field: 'starting_after' }] },
    });
    const lines = await fetch(`${test.adminUrl}/admin/v1/audit`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, accept: 'application/x-ndjson' },
    });
    expect(
      (await lines.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([shown]);
    test.peers.accounts.verifyAudit = () => ({ checked: 9n, brokenSeq: 4n });
    expect(await admin('GET', '/audit/verify')).toMatchObject({
      status: 200,
      body: { ok: false, checked: 9, broken_at: 4 },
    });
  });

  it('proves the ledger', async () => {
    test.peers.ledger.verify = () => ({ eventsChecked: 9n, postingsSumMicros: 0n, differences: [] });
    expect(await admin('GET', '/ledger/verify')).toMatchObject({ status: 200, body: { ok: true, events_checked: 9 } });
    test.peers.ledger.verify = () => ({ eventsChecked: 9n, postingsSumMicros: 0n, differences: ['acc_1: …'] });
    expect(await admin('GET', '/ledger/verify')).toMatchObject({ body: { ok: false, differences: ['acc_1: …'] } });
  });
});
