import { status } from '@grpc/grpc-js';
import type { SpendCap } from '@usvideo/contracts/ledger';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let live: string;
let sandbox: string;

beforeAll(async () => {
  test = await startTestGateway();
  live = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
  sandbox = test.peers.addKey('usv_test_0123456789abcdefghijklmnop', { environment: 'test' });
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.ledger = {};
});

async function get(path: string, authorization = live): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${test.url}${path}`, { headers: { authorization } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const cap = (over: Partial<SpendCap>): SpendCap => ({
  apiKeyId: '',
  limitMicros: undefined,
  spentMicros: 99_000_000n,
  heldMicros: 2_000_000n,
  ...over,
});

describe('the balance', () => {
  it('is shown in dollars and micro-dollars', async () => {
    test.peers.ledger.getBalance = () => ({
      availableMicros: 248_750_000n,
      heldMicros: 1_250_000n,
      totalSpendMicros: 1n,
      periodSpendMicros: 1n,
      periodJobs: 3n,
      receivableMicros: 500_000n,
      lowBalanceThresholdMicros: 20_000_000n,
      periodStart: new Date('2026-03-01T00:00:00Z'),
      periodEnd: new Date('2026-04-01T00:00:00Z'),
    });
    test.peers.ledger.getSpendCaps = () => ({
      caps: [cap({ limitMicros: 100_000_000n }), cap({ apiKeyId: 'key_1' })],
      periodStart: undefined,
      periodEnd: undefined,
    });
    expect((await get('/v1/balance')).body).toEqual({
      object: 'balance',
      livemode: true,
      currency: 'USD',
      balance: '$250.00',
      balance_micros: 250_000_000,
      available: '$248.75',
      available_micros: 248_750_000,
      held: '$1.25',
      held_micros: 1_250_000,
      total_spend: '$0.000001',
      total_spend_micros: 1,
      owed: '$0.50',
      owed_micros: 500_000,
      low_balance_threshold: '$20.00',
      low_balance_threshold_micros: 20_000_000,
      current_period: {
        start: '2026-03-01T00:00:00.000Z',
        end: '2026-04-01T00:00:00.000Z',
        spend: '$0.000001',
        spend_micros: 1,
        jobs: 3,
      },
      spend_caps: [
        {
          object: 'spend_cap',
          livemode: true,
          api_key_id: null,
          limit: '$100.00',
          limit_micros: 100_000_000,
          spent: '$99.00',
          spent_micros: 99_000_000,
          held: '$2.00',
          held_micros: 2_000_000,
          remaining: '$0.00',
          remaining_micros: 0,
        },
      ],
    });
  });

  it('of the sandbox is play money of the account, which goes the same ways and says so everywhere', async () => {
    const asked: string[] = [];
    const answer =
      <T>(value: T) =>
      ({ accountId }: { accountId: string }) => (asked.push(accountId), value);
    test.peers.ledger.getBalance = answer({
      availableMicros: 998_750_000n,
      heldMicros: 1_250_000n,
      totalSpendMicros: 0n,
      periodSpendMicros: 0n,
      periodJobs: 0n,
      periodStart: undefined,
      periodEnd: undefined,
    });
    test.peers.ledger.getSpendCaps = answer({
      caps: [cap({ limitMicros: 100_000_000n })],
      periodStart: undefined,
      periodEnd: undefined,
    });
    test.peers.ledger.listUsage = answer({
      rows: [],
      hasMore: false,
      totalJobs: 3n,
      totalSeconds: 15n,
      totalMicros: 3_750_000n,
    });
    test.peers.ledger.listEntries = answer({ entries: [], hasMore: false });
    test.peers.ledger.listStatements = answer({ statements: [], hasMore: false });
    expect(await get('/v1/balance', sandbox)).toMatchObject({
      status: 200,
      body: { livemode: false, available: '$998.75', held: '$1.25', spend_caps: [{ livemode: false }] },
    });
    expect(await get('/v1/usage', sandbox)).toMatchObject({
      status: 200,
      body: { livemode: false, totals: { jobs: 3, cost_micros: 3_750_000 } },
    });
    expect(await get('/v1/ledger', sandbox)).toMatchObject({
      status: 200,
      body: { livemode: false, data: [], has_more: false },
    });
    expect(await get('/v1/statements', sandbox)).toMatchObject({ status: 200, body: { livemode: false, data: [] } });
    expect(await get('/v1/topups', sandbox)).toMatchObject({ status: 200, body: { livemode: false, data: [] } });
    expect(new Set(asked)).toEqual(new Set(['acc_1:test']));
  });

  it('of the sandbox is brought back to what it began with, and only that', async () => {
    const resets: object[] = [];
    test.peers.ledger.resetSandbox = (request) => (resets.push(request), { availableMicros: 1n, heldMicros: 0n });
    test.peers.ledger.getBalance = () => ({
      availableMicros: 1_000_000_000n,
      heldMicros: 0n,
      totalSpendMicros: 0n,
      periodSpendMicros: 0n,
      periodJobs: 0n,
      periodStart: undefined,
      periodEnd: undefined,
    });
    test.peers.ledger.getSpendCaps = () => ({ caps: [], periodStart: undefined, periodEnd: undefined });
    const reset = (authorization: string) =>
      fetch(`${test.url}/v1/sandbox/reset`, { method: 'POST', headers: { authorization } });
    expect((await reset(live)).status).toBe(403);
    expect(resets).toEqual([]);
    expect(await (await reset(sandbox)).json()).toMatchObject({
      object: 'balance',
      livemode: false,
      available: '$1000.00',
    });
    expect(resets).toEqual([{ accountId: 'acc_1:test', author: expect.stringContaining('key') }]);
  });

  it('is 503 while the ledger is away', async () => {
    test.peers.ledger.getBalance = () => {
      throw failure(status.UNAVAILABLE);
    };
    expect(await get('/v1/balance')).toMatchObject({ status: 503, body: { error: 'service_unavailable' } });
  });
});

describe('usage', () => {
  it('lists charged jobs with the totals of the range', async () => {
    let seen: object = {};
    test.peers.ledger.listUsage = (request) => {
      seen = request;
      const chargedAt = new Date('2026-03-02T10:00:00Z');
      return {
        rows: [
          {
            jobId: 'job_1',
            apiKeyId: 'key_1',
            day: '2026-03-02',
            model: 'm',
            resolution: '720p',
            durationSeconds: 5,
            perSecondMicros: 250_000n,
            chargedMicros: 1_250_000n,
            chargedAt,
          },
        ],
        hasMore: true,
        totalJobs: 2n,
        totalSeconds: 10n,
        totalMicros: 2_500_000n,
      };
    };
    const { body } = await get('/v1/usage?start_date=2026-03-01&end_date=2026-03-31&limit=1');
    expect(seen).toEqual({
      accountId: 'acc_1',
      startDate: '2026-03-01',
      endDate: '2026-03-31',
      limit: 1,
      offset: 0,
      apiKeyId: '',
    });
    expect(body).toMatchObject({
      object: 'list',
      has_more: true,
      start_date: '2026-03-01',
      end_date: '2026-03-31',
      totals: { jobs: 2, seconds: 10, cost: '$2.50', cost_micros: 2_500_000 },
      data: [
        {
          job_id: 'job_1',
          date: '2026-03-02',
          duration: 5,
          per_second: '$0.25',
          cost: '$1.25',
          charged_at: '2026-03-02T10:00:00.000Z',
        },
      ],
    });
  });

  it.each([
    'start_date=2026-02-30',
    'start_date=2026-03-02&end_date=2026-03-01',
    'group_by=x',
    'api_key_id=job_1',
    'starting_after=job_1',
  ])('refuses %s', async (query) => {
    expect((await get(`/v1/usage?${query}`)).status).toBe(400);
  });
});

describe('the ledger', () => {
  it('lists entries with their running balance and pages by version', async () => {
    let seen: object = {};
    test.peers.ledger.listEntries = (request) => {
      seen = request;
      return {
        entries: [
          {
            eventId: 'evt_1',
            version: 7n,
            kind: 'hold_placed',
            jobId: 'job_1',
            availableChangeMicros: -1_250_000n,
            heldChangeMicros: 1_250_000n,
            availableAfterMicros: 1n,
            heldAfterMicros: 1_250_000n,
            recordedAt: new Date('2026-03-02T10:00:00Z'),
            note: '',
          },
        ],
        hasMore: true,
      };
    };
    const { body } = await get('/v1/ledger?limit=1&job_id=job_1&starting_after=8');
    expect(seen).toEqual({ accountId: 'acc_1', limit: 1, offset: 0, beforeVersion: 8n, jobId: 'job_1' });
    expect(body).toMatchObject({
      next_cursor: '7',
      data: [
        {
          id: 'evt_1',
          kind: 'hold_placed',
          available_change: '-$1.25',
          held_after: '$1.25',
          balance_after: '$1.250001',
          note: null,
        },
      ],
    });
  });

  it('refuses a cursor of another list', async () => {
    expect((await get('/v1/ledger?starting_after=job_1')).status).toBe(400);
  });
});
