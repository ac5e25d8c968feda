import { status } from '@grpc/grpc-js';
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

describe('what an account may look up', () => {
  it('shows models with the prices in force, and without them while the ledger is away', async () => {
    const model = {
      id: 'm',
      aliases: ['old'],
      description: 'd',
      modes: ['text_to_video'],
      resolutions: ['480p', '720p'],
      aspectRatios: ['16:9'],
      maxDurationSeconds: 10,
    };
    const price = (over: object) => ({
      model: '*',
      resolution: '720p',
      perSecondMicros: 250_000n,
      priceVersion: 1,
      effectiveFrom: new Date(0),
      ...over,
    });
    test.peers.scheduler.listModels = () => ({ models: [model] });
    test.peers.ledger.listPrices = () => ({
      prices: [
        price({}),
        price({ model: 'm', perSecondMicros: 300_000n }),
        price({ model: 'm', perSecondMicros: 900_000n, priceVersion: 2, effectiveFrom: new Date(Date.now() + 60_000) }),
      ],
    });
    expect((await get('/v1/models')).body).toMatchObject({
      object: 'list',
      data: [
        {
          id: 'm',
          aliases: ['old'],
          prices: [{ resolution: '720p', per_second: '$0.30', per_second_micros: 300_000 }],
        },
      ],
    });
    test.peers.ledger.listPrices = () => {
      throw failure(status.UNAVAILABLE);
    };
    expect(await get('/v1/models')).toMatchObject({ status: 200, body: { data: [{ prices: [] }] } });
  });

  it('shows limits, allowed and in use', async () => {
    test.peers.scheduler.getLimits = () => ({
      allowed: { concurrentJobs: 10, queuedJobs: 1_000, createsPerMinute: 300, readsPerMinute: 3_000 },
      runningJobs: 2,
      queuedJobs: 5,
    });
    expect((await get('/v1/limits')).body).toMatchObject({
      concurrent_jobs: { allowed: 10, in_use: 2 },
      queued_jobs: { allowed: 1_000, in_use: 5 },
      streams: { allowed: 100, in_use: 0 },
      creates_per_minute: { allowed: 300 },
    });
  });

  it('shows the account', async () => {
    test.peers.accounts.getAccount = () => ({
      account: {
        accountId: 'acc_1',
        name: 'Ada',
        email: 'a@b.co',
        plan: 'standard',
        status: 'active',
        createdAt: new Date(0),
        liveLimits: undefined,
        testLimits: undefined,
      },
    });
    expect((await get('/v1/account', sandbox)).body).toMatchObject({
      account_id: 'acc_1',
      livemode: false,
      plan: 'standard',
    });
  });

  it('shows deliveries with their attempts, of its own environment', async () => {
    let seen: object = {};
    test.peers.webhooks.listDeliveries = (request) => {
      seen = request;
      return {
        hasMore: false,
        deliveries: [
          {
            deliveryId: 'dlv_1',
            eventId: 'evt_1',
            event: 'video.completed',
            jobId: 'job_1',
            url: 'https://a.example',
            status: 'delivered',
            createdAt: new Date(0),
            nextAttemptAt: undefined,
            attempts: [
              {
                attempt: 1,
                startedAt: new Date(0),
                durationMs: 12,
                httpStatus: 0,
                error: 'timeout',
                responseExcerpt: '',
                address: '',
                probe: false,
              },
            ],
            endpointId: '',
            redeliveryOf: '',
            parked: false,
          },
        ],
      };
    };
    const { body } = await get('/v1/webhooks/deliveries?status=delivered&job_id=job_1', sandbox);
    expect(seen).toMatchObject({ environment: 'test', statuses: ['delivered'], jobId: 'job_1', limit: 20 });
    expect(body).toMatchObject({
      data: [
        { id: 'dlv_1', next_attempt_at: null, attempts: [{ http_status: null, error: 'timeout', duration_ms: 12 }] },
      ],
    });
  });
});
