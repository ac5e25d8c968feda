import { status } from '@grpc/grpc-js';
import type { TopUp } from '@usvideo/contracts/ledger';
import { failure } from '../http/fake-peers.fixture';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let manager: string;
let reader: string;
let sandbox: string;

beforeAll(async () => {
  test = await startTestGateway();
  manager = test.peers.addKey('usv_live_managermanagermanager', { scopes: ['videos', 'billing:read', 'billing:manage'] });
  reader = test.peers.addKey('usv_live_readerreaderreader', {});
  sandbox = test.peers.addKey('usv_test_managermanagermanager', { environment: 'test', scopes: ['videos', 'billing:read', 'billing:manage'] });
});
afterAll(() => test.stop());
beforeEach(() => { test.peers.ledger = {}; test.peers.scheduler = {}; });

type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

async function send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}
const ask = (method: string, path: string, body?: unknown, authorization = manager, headers = {}) => send(method, `${test.url}/v1${path}`, body, { authorization, ...headers });

/** As the ledger refuses. */
const refused = (code: status, details: string) => () => { throw Object.assign(failure(code), { details }); };

describe('a quote', () => {
  beforeEach(() => {
    test.peers.scheduler.chooseModel = () => ({ modelId: 'test-picture' });
    test.peers.ledger.createQuote = ({ model, resolution, durationSeconds }) => ({
      quote: { quoteId: 'quote_1', model, resolution, durationSeconds, perSecondMicros: 250_000n, priceVersion: 3, amountMicros: 1_250_000n, expiresAt: new Date('2026-03-02T10:15:00Z') },
    });
  });

  it('prices the model that the create would get, with the defaults of a create', async () => {
    let terms: unknown;
    test.peers.scheduler.chooseModel = (request) => { terms = request.terms; return { modelId: 'test-picture' }; };
    expect(await ask('POST', '/quotes', {})).toMatchObject({ status: 200, body: {
      id: 'quote_1', quote_id: 'quote_1', object: 'quote', livemode: true, model: 'test-picture', resolution: '720p', duration: 5, per_second: '$0.25', cost: '$1.25', cost_micros: 1_250_000,
      expires_at: '2026-03-02T10:15:00.000Z',
    } });
    expect(terms).toMatchObject({ model: '', mode: 'text_to_video', resolution: '720p', aspectRatio: '16:9', durationSeconds: 5 });
    await ask('POST', '/quotes', { prompt: 'p', first_frame: 'https://example.com/a.png', size: '480p' }, sandbox);
    expect(terms).toMatchObject({ mode: 'image_to_video', resolution: '480p', aspectRatio: '' });
  });

  it('is refused as a create would be', async () => {
    expect(await ask('POST', '/quotes', { duration: 11, quote_id: 'x', colour: 1 })).toMatchObject({ status: 400, body: { details: [{ field: 'duration' }, { field: 'quote_id' }, { field: 'colour' }] } });
    test.peers.scheduler.chooseModel = () => { throw failure(status.NOT_FOUND); };
    expect(await ask('POST', '/quotes', { model: 'dream' })).toMatchObject({ status: 400, body: { details: [{ field: 'model' }] } });
  });

  it('is 503 without a price, and while the ledger is away', async () => {
    test.peers.ledger.createQuote = refused(status.FAILED_PRECONDITION, 'price_unavailable');
    expect(await ask('POST', '/quotes', {})).toMatchObject({ status: 503, body: { error: 'price_unavailable' } });
    test.peers.ledger.createQuote = () => { throw failure(status.UNAVAILABLE); };
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

describe('an automatic top-up', () => {
  const autoTopUp = {
    state: 'waiting', enabled: true, thresholdMicros: 20_000_000n, amountMicros: 100_000_000n, monthMaxMicros: 500_000_000n, monthChargedMicros: 0n, paymentMethod: 'visa 4242', failure: '', offered: true,
  };
  const terms = { enabled: true, threshold_usd: '20', amount_usd: 100, monthly_max_usd: '500.00' };

  it('has terms, which the ledger judges', async () => {
    let seen: object = {};
    test.peers.ledger.setAutoTopUp = (request) => { seen = request; return { autoTopUp }; };
    expect(await ask('PUT', '/auto-topup', terms)).toMatchObject({ status: 200, body: { state: 'waiting', threshold: '$20.00', amount_micros: 100_000_000, payment_method: 'visa 4242', failure: null } });
    expect(seen).toMatchObject({ accountId: 'acc_1', enabled: true, thresholdMicros: 20_000_000n, amountMicros: 100_000_000n, monthMaxMicros: 500_000_000n });
    test.peers.ledger.setAutoTopUp = refused(status.INVALID_ARGUMENT, 'amount_usd must be 5 to 10000');
    expect(await ask('PUT', '/auto-topup', terms)).toMatchObject({ status: 400, body: { details: [{ field: 'amount_usd', message: 'must be 5 to 10000' }] } });
    for (const amount of [-5, 4, 10_001, 5.001]) expect(await ask('PUT', '/auto-topup', { ...terms, amount_usd: amount })).toMatchObject({ status: 400, body: { details: [{ field: 'amount_usd' }] } });
  });

  it('saves a payment method at the provider, where there is one that keeps them', async () => {
    test.peers.ledger.setUpPaymentMethod = ({ successUrl }) => { expect(successUrl).toBe('https://api.example.com/dashboard/billing'); return { checkoutUrl: 'https://checkout.stripe.com/c/1' }; };
    expect(await ask('POST', '/auto-topup/payment-method')).toMatchObject({ status: 200, body: { checkout_url: 'https://checkout.stripe.com/c/1' } });
    test.peers.ledger.setUpPaymentMethod = refused(status.FAILED_PRECONDITION, 'payment_methods_not_kept');
    expect(await ask('POST', '/auto-topup/payment-method', {})).toMatchObject({ status: 409, body: { error: 'not_configured' } });
  });

  it('needs a live key that may decide about money', async () => {
    expect((await ask('PUT', '/auto-topup', terms, reader)).status).toBe(403);
    expect((await ask('GET', '/auto-topup', undefined, sandbox)).status).toBe(403);
  });
});

describe('a spend cap', () => {
  const cap = (limitMicros: bigint | undefined, apiKeyId = '') => ({ cap: { apiKeyId, limitMicros, spentMicros: 1_000_000n, heldMicros: 250_000n } });

  it.each<[unknown, bigint | undefined]>([['100.00', 100_000_000n], [2.5, 2_500_000n], [0, 0n], [null, undefined]])('of %j is set for the account', async (limit, micros) => {
    let seen: object = {};
    test.peers.ledger.setSpendCap = (request) => { seen = request; return cap(micros); };
    expect((await ask('PUT', '/spend-caps', { limit_usd: limit })).status).toBe(200);
    expect(seen).toEqual({ accountId: 'acc_1', apiKeyId: '', limitMicros: micros, author: 'key_usv_live_managermanagermanager' });
  });

  it('is set for a key of the account only', async () => {
    test.peers.accounts.listKeys = () => ({ keys: [
      { keyId: 'key_1', name: 'n', environment: 'live', maskedKey: '', scopes: [], createdAt: undefined, lastUsedAt: undefined, expiresAt: undefined },
      { keyId: 'key_test', name: 'n', environment: 'test', maskedKey: '', scopes: [], createdAt: undefined, lastUsedAt: undefined, expiresAt: undefined },
    ] });
    test.peers.ledger.setSpendCap = ({ apiKeyId, limitMicros }) => cap(limitMicros, apiKeyId);
    expect(await ask('PUT', '/spend-caps', { api_key_id: 'key_1', limit_usd: 5 })).toMatchObject({ status: 200, body: { api_key_id: 'key_1', limit: '$5.00', spent: '$1.00', held: '$0.25', remaining: '$3.75' } });
    for (const other of ['key_2', 'key_test']) expect((await ask('PUT', '/spend-caps', { api_key_id: other, limit_usd: 5 })).status).toBe(404);
  });

  it.each([{}, { limit_usd: -1 }, { limit_usd: 'much' }, { limit_usd: '1.2345678' }, { limit_usd: [1] }, { limit: 1 }])('is refused: %j', async (body) => {
    expect((await ask('PUT', '/spend-caps', body)).status).toBe(400);
  });

  it('needs billing:manage, as does everything that decides about money; payments need a live key, too', async () => {
    for (const [method, path, body] of [['PUT', '/spend-caps', { limit_usd: 1 }], ['PUT', '/balance/threshold', { threshold_usd: 1 }], ['POST', '/topups', { amount_usd: 1 }]] as const) {
      expect(await ask(method, path, body, reader)).toMatchObject({ status: 403, body: { error: 'forbidden' } });
    }
    expect(await ask('POST', '/topups', { amount_usd: 1 }, sandbox)).toMatchObject({ status: 403, body: { error: 'forbidden' } });
  });

  it('of a test key counts play money, and cannot name a live key', async () => {
    const key = (keyId: string, environment: string) => ({ keyId, environment, name: '', prefix: '', last4: '', scopes: [], createdAt: undefined, expiresAt: undefined, revokedAt: undefined, lastUsedAt: undefined });
    test.peers.accounts.listKeys = () => ({ keys: [key('key_1', 'live'), key('key_test', 'test')] as never });
    const accounts: string[] = [];
    test.peers.ledger.setSpendCap = ({ accountId, apiKeyId, limitMicros }) => (accounts.push(accountId), cap(limitMicros, apiKeyId));
    expect(await ask('PUT', '/spend-caps', { api_key_id: 'key_test', limit_usd: 5 }, sandbox)).toMatchObject({ status: 200, body: { livemode: false, limit: '$5.00' } });
    expect((await ask('PUT', '/spend-caps', { api_key_id: 'key_1', limit_usd: 5 }, sandbox)).status).toBe(404);
    test.peers.ledger.setLowBalanceThreshold = ({ accountId, thresholdMicros }) => (accounts.push(accountId), { thresholdMicros });
    expect(await ask('PUT', '/balance/threshold', { threshold_usd: 5 }, sandbox)).toMatchObject({ status: 200, body: { livemode: false } });
    expect(accounts).toEqual(['acc_1:test', 'acc_1:test']);
  });

  it('has a sister that only tells: the low balance threshold', async () => {
    test.peers.ledger.setLowBalanceThreshold = ({ thresholdMicros }) => ({ thresholdMicros });
    expect(await ask('PUT', '/balance/threshold', { threshold_usd: 20 })).toMatchObject({ status: 200, body: { threshold: '$20.00', threshold_micros: 20_000_000 } });
    test.peers.ledger.setLowBalanceThreshold = refused(status.INVALID_ARGUMENT, 'amount_out_of_range');
    expect(await ask('PUT', '/balance/threshold', { threshold_usd: 20 })).toMatchObject({ status: 400, body: { details: [{ field: 'threshold_usd' }] } });
  });
});

const topUp = (over: Partial<TopUp> = {}): TopUp => ({
  topUpId: 'top_1', accountId: 'acc_1', amountMicros: 100_000_000n, provider: 'stripe', status: 'pending', checkoutUrl: 'https://checkout.stripe.com/c/1', paymentRef: '',
  createdAt: new Date(0), endedAt: undefined, reversedMicros: 0n, automatic: false, ...over,
});

describe('a top-up', () => {
  it('is made once for an idempotency key', async () => {
    let seen: object = {};
    test.peers.ledger.createTopUp = (request) => { seen = request; return { topUp: topUp() }; };
    const answer = await ask('POST', '/topups', { amount_usd: 100, success_url: 'https://example.com/thanks' }, manager, { 'idempotency-key': 'order-1' });
    expect(answer).toMatchObject({ status: 201, body: { id: 'top_1', amount: '$100.00', status: 'pending', checkout_url: 'https://checkout.stripe.com/c/1', payment_ref: null } });
    expect(answer.headers.get('location')).toBe('https://api.example.com/v1/topups/top_1');
    expect(seen).toEqual({
      accountId: 'acc_1', amountMicros: 100_000_000n, idempotencyKey: 'order-1', successUrl: 'https://example.com/thanks', cancelUrl: 'https://api.example.com/docs', provider: '',
      author: 'key_usv_live_managermanagermanager',
    });
  });

  it.each<[status, string, number, string]>([
    [status.ALREADY_EXISTS, 'top_up_conflict', 422, 'idempotency_key_reused'], [status.INVALID_ARGUMENT, 'amount_out_of_range', 400, 'invalid_request'], [status.UNAVAILABLE, '', 503, 'service_unavailable'],
  ])('that the ledger refuses with %s %s is answered %s', async (code, details, http, error) => {
    test.peers.ledger.createTopUp = refused(code, details);
    expect(await ask('POST', '/topups', { amount_usd: 1 })).toMatchObject({ status: http, body: { error } });
  });

  it.each([{}, { amount_usd: 0 }, { amount_usd: -1 }, { amount_usd: 1, success_url: 'javascript:alert(1)' }])('is refused: %j', async (body) => {
    expect((await ask('POST', '/topups', body)).status).toBe(400);
  });

  it('is listed and read', async () => {
    test.peers.ledger.listTopUps = () => ({ topUps: [topUp({ status: 'completed', paymentRef: 'pi_1' })], hasMore: false });
    expect(await ask('GET', '/topups', undefined, reader)).toMatchObject({ status: 200, body: { data: [{ id: 'top_1', status: 'completed', payment_ref: 'pi_1' }] } });
    test.peers.ledger.getTopUp = ({ topUpId }) => { if (topUpId !== 'top_1') throw failure(status.NOT_FOUND); return { topUp: topUp() }; };
    expect((await ask('GET', '/topups/top_1', undefined, reader)).status).toBe(200);
    expect((await ask('GET', '/topups/top_2', undefined, reader)).status).toBe(404);
  });
});

describe('news from a payment provider', () => {
  const news = (body: string, headers: Record<string, string> = { 'stripe-signature': 't=1,v1=ab' }) => send('POST', `${test.url}/v1/payments/stripe/events`, body, headers);

  it('reach the ledger byte for byte, without a key', async () => {
    let seen: { provider: string; body: Uint8Array; signature: string } | undefined;
    test.peers.ledger.applyPaymentEvent = (request) => { seen = request; return { eventId: 'evt_1', outcome: 'funds_added' }; };
    const body = '{ "id":"evt_1",\n "a": 1.0, "deep":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]] }';
    const answer = await news(body);
    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(answer.headers.get('x-ratelimit-limit')).toBe('3000');
    expect({ ...seen!, body: Buffer.from(seen!.body).toString() }).toEqual({ provider: 'stripe', body, signature: 't=1,v1=ab' });
  });

  it.each<[status, number]>([[status.UNAUTHENTICATED, 400], [status.FAILED_PRECONDITION, 503], [status.UNAVAILABLE, 503], [status.INVALID_ARGUMENT, 404]])(
    'that the ledger answers with %s are answered %s', async (code, http) => {
      test.peers.ledger.applyPaymentEvent = () => { throw failure(code); };
      expect((await news('{}')).status).toBe(http);
    },
  );

  it('without a signature or a body never reach the ledger', async () => {
    expect((await news('{}', {})).status).toBe(400);
    expect((await news('')).status).toBe(400);
    expect((await news(`"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
  });
});
