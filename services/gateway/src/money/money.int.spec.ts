import { status } from '@grpc/grpc-js';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let manager: string;
let reader: string;
let sandbox: string;

beforeAll(async () => {
  test = await startTestGateway();
  manager = test.peers.addKey('usv_live_managermanagermanager', {
    scopes: ['videos', 'billing:read', 'billing:manage'],
  });
  reader = test.peers.addKey('usv_live_readerreaderreader', {});
  sandbox = test.peers.addKey('usv_test_managermanagermanager', {
    environment: 'test',
    scopes: ['videos', 'billing:read', 'billing:manage'],
  });
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.ledger = {};
  test.peers.scheduler = {};
});

type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

async function send(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
const ask = (method: string, path: string, body?: unknown, authorization = manager, headers = {}) =>
  send(method, `${test.url}/v1${path}`, body, { authorization, ...headers });

/** As the ledger refuses. */
const refused = (code: status, details: string) => () => {
  throw Object.assign(failure(code), { details });
};

describe('a quote', () => {
  beforeEach(() => {
    test.peers.scheduler.chooseModel = () => ({ modelId: 'test-picture' });
    test.peers.ledger.createQuote = ({ model, resolution, durationSeconds }) => ({
      quote: {
        quoteId: 'quote_1',
        model,
        resolution,
        durationSeconds,
        perSecondMicros: 250_000n,
        priceVersion: 3,
        amountMicros: 1_250_000n,
        expiresAt: new Date('2026-03-02T10:15:00Z'),
      },
    });
  });

  it('prices the model that the create would get, with the defaults of a create', async () => {
    let terms: unknown;
    test.peers.scheduler.chooseModel = (request) => {
      terms = request.terms;
      return { modelId: 'test-picture' };
    };
    expect(await ask('POST', '/quotes', {})).toMatchObject({
      status: 200,
      body: {
        id: 'quote_1',
        quote_id: 'quote_1',
        object: 'quote',
        livemode: true,
        model: 'test-picture',
        resolution: '720p',
        duration: 5,
        per_second: '$0.25',
        cost: '$1.25',
        cost_micros: 1_250_000,
        expires_at: '2026-03-02T10:15:00.000Z',
      },
    });
    expect(terms).toMatchObject({
      model: '',
      mode: 'text_to_video',
      resolution: '720p',
      aspectRatio: '16:9',
      durationSeconds: 5,
    });
    await ask('POST', '/quotes', { prompt: 'p', first_frame: 'https://example.com/a.png', size: '480p' }, sandbox);
    expect(terms).toMatchObject({ mode: 'image_to_video', resolution: '480p', aspectRatio: '' });
  });

  it('is refused as a create would be', async () => {
    expect(await ask('POST', '/quotes', { duration: 11, quote_id: 'x', colour: 1 })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'duration' }, { field: 'quote_id' }, { field: 'colour' }] },
    });
    test.peers.scheduler.chooseModel = () => {
      throw failure(status.NOT_FOUND);
    };
    expect(await ask('POST', '/quotes', { model: 'dream' })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'model' }] },
    });
  });

  it('is 503 without a price, and while the ledger is away', async () => {
    test.peers.ledger.createQuote = refused(status.FAILED_PRECONDITION, 'price_unavailable');
    expect(await ask('POST', '/quotes', {})).toMatchObject({ status: 503, body: { error: 'price_unavailable' } });
    test.peers.ledger.createQuote = () => {
      throw failure(status.UNAVAILABLE);
    };
    expect(await ask('POST', '/quotes', {})).toMatchObject({ status: 503, body: { error: 'service_unavailable' } });
  });

  it.each(['quote_expired', 'quote_mismatch'])('goes with the create, which may be answered %s', async (refusal) => {
    test.peers.createJob = () => ({ refusal });
    const answer = await ask('POST', '/videos', { prompt: 'p', quote_id: 'quote_1' });
    expect(answer).toMatchObject({ status: 409, body: { error: refusal } });
    expect(answer.headers.get('x-ratelimit-limit')).toBe('300');
    expect(test.peers.orders.at(-1)).toMatchObject({ quoteId: 'quote_1' });
  });
});

describe('a spend cap', () => {
  const cap = (limitMicros: bigint | undefined, apiKeyId = '') => ({
    cap: { apiKeyId, limitMicros, spentMicros: 1_000_000n, heldMicros: 250_000n },
  });

  it.each<[unknown, bigint | undefined]>([
    ['100.00', 100_000_000n],
    [2.5, 2_500_000n],
    [0, 0n],
    [null, undefined],
  ])('of %j is set for the account', async (limit, micros) => {
    let seen: object = {};
    test.peers.ledger.setSpendCap = (request) => {
      seen = request;
      return cap(micros);
    };
    expect((await ask('PUT', '/spend-caps', { limit_usd: limit })).status).toBe(200);
    expect(seen).toEqual({
      accountId: 'acc_1',
      apiKeyId: '',
      limitMicros: micros,
      author: 'key_usv_live_managermanagermanager',
    });
  });

  it('is set for a key of the account only', async () => {
    test.peers.accounts.listKeys = () => ({
      keys: [
        {
          keyId: 'key_1',
          name: 'n',
          environment: 'live',
          maskedKey: '',
          scopes: [],
          createdAt: undefined,
          lastUsedAt: undefined,
          expiresAt: undefined,
        },
        {
          keyId: 'key_test',
          name: 'n',
          environment: 'test',
          maskedKey: '',
          scopes: [],
          createdAt: undefined,
          lastUsedAt: undefined,
          expiresAt: undefined,
        },
      ],
    });
    test.peers.ledger.setSpendCap = ({ apiKeyId, limitMicros }) => cap(limitMicros, apiKeyId);
    expect(await ask('PUT', '/spend-caps', { api_key_id: 'key_1', limit_usd: 5 })).toMatchObject({
      status: 200,
      body: { api_key_id: 'key_1', limit: '$5.00', spent: '$1.00', held: '$0.25', remaining: '$3.75' },
    });
    for (const other of ['key_2', 'key_test'])
      expect((await ask('PUT', '/spend-caps', { api_key_id: other, limit_usd: 5 })).status).toBe(404);
  });

  it.each([{}, { limit_usd: -1 }, { limit_usd: 'much' }, { limit_usd: '1.2345678' }, { limit_usd: [1] }, { limit: 1 }])(
    'is refused: %j',
    async (body) => {
      expect((await ask('PUT', '/spend-caps', body)).status).toBe(400);
    },
  );

  it('needs billing:manage, as does everything that decides about money; payments need a live key, too', async () => {
    for (const [method, path, body] of [
      ['PUT', '/spend-caps', { limit_usd: 1 }],
      ['PUT', '/balance/threshold', { threshold_usd: 1 }],
      ['POST', '/topups', { amount_usd: 1 }],
    ] as const) {
      expect(await ask(method, path, body, reader)).toMatchObject({ status: 403, body: { error: 'forbidden' } });
    }
    expect(await ask('POST', '/topups', { amount_usd: 1 }, sandbox)).toMatchObject({
      status: 403,
      body: { error: 'forbidden' },
    });
  });

  it('of a test key counts play money, and cannot name a live key', async () => {
    const key = (keyId: string, environment: string) => ({
      keyId,
      environment,
      name: '',
      prefix: '',
      last4: '',
      scopes: [],
      createdAt: undefined,
      expiresAt: undefined,
      revokedAt: undefined,
      lastUsedAt: undefined,
    });
    test.peers.accounts.listKeys = () => ({ keys: [key('key_1', 'live'), key('key_test', 'test')] as never });
    const accounts: string[] = [];
    test.peers.ledger.setSpendCap = ({ accountId, apiKeyId, limitMicros }) => (
      accounts.push(accountId),
      cap(limitMicros, apiKeyId)
    );
    expect(await ask('PUT', '/spend-caps', { api_key_id: 'key_test', limit_usd: 5 }, sandbox)).toMatchObject({
      status: 200,
      body: { livemode: false, limit: '$5.00' },
    });
    expect((await ask('PUT', '/spend-caps', { api_key_id: 'key_1', limit_usd: 5 }, sandbox)).status).toBe(404);
    test.peers.ledger.setLowBalanceThreshold = ({ accountId, thresholdMicros }) => (
      accounts.push(accountId),
      { thresholdMicros }
    );
    expect(await ask('PUT', '/balance/threshold', { threshold_usd: 5 }, sandbox)).toMatchObject({
      status: 200,
      body: { livemode: false },
    });
    expect(accounts).toEqual(['acc_1:test', 'acc_1:test']);
  });

  it('has a sister that only tells: the low balance threshold', async () => {
    test.peers.ledger.setLowBalanceThreshold = ({ thresholdMicros }) => ({ thresholdMicros });
    expect(await ask('PUT', '/balance/threshold', { threshold_usd: 20 })).toMatchObject({
      status: 200,
      body: { threshold: '$20.00', threshold_micros: 20_000_000 },
    });
    test.peers.ledger.setLowBalanceThreshold = refused(status.INVALID_ARGUMENT, 'amount_out_of_range');
    expect(await ask('PUT', '/balance/threshold', { threshold_usd: 20 })).toMatchObject({
      status: 400,
      body: { details: [{ field: 'threshold_usd' }] },
    });
  });
});
