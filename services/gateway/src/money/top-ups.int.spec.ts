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

describe('an automatic top-up', () => {
  const autoTopUp = {
    state: 'waiting',
    enabled: true,
    thresholdMicros: 20_000_000n,
    amountMicros: 100_000_000n,
    monthMaxMicros: 500_000_000n,
    monthChargedMicros: 0n,
    paymentMethod: 'visa 4242',
    failure: '',
    offered: true,
  };
  const terms = { enabled: true, threshold_usd: '20', amount_usd: 100, monthly_max_usd: '500.00' };

  it('has terms, which the ledger judges', async () => {
    let seen: object = {};
    test.peers.ledger.setAutoTopUp = (request) => {
      seen = request;
      return { autoTopUp };
    };
    expect(await ask('PUT', '/auto-topup', terms)).toMatchObject({
      status: 200,
      body: {
        state: 'waiting',
        threshold: '$20.00',
        amount_micros: 100_000_000,
        payment_method: 'visa 4242',
        failure: null,
      },
    });
    expect(seen).toMatchObject({
      accountId: 'acc_1',
      enabled: true,
      thresholdMicros: 20_000_000n,
      amountMicros: 100_000_000n,
      monthMaxMicros: 500_000_000n,
    });
    test.peers.ledger.setAutoTopUp = refused(status.INVALID_ARGUMENT, 'amount_usd must be 5 to 10000');
    expect(await ask('PUT', '/auto-topup', terms)).toMatchObject({
      status: 400,
      body: { details: [{ field: 'amount_usd', message: 'must be 5 to 10000' }] },
    });
    for (const amount of [-5, 4, 10_001, 5.001])
      expect(await ask('PUT', '/auto-topup', { ...terms, amount_usd: amount })).toMatchObject({
        status: 400,
        body: { details: [{ field: 'amount_usd' }] },
      });
  });

  it('saves a payment method at the provider, where there is one that keeps them', async () => {
    test.peers.ledger.setUpPaymentMethod = ({ successUrl }) => {
      expect(successUrl).toBe('https://api.example.com/dashboard/billing');
      return { checkoutUrl: 'https://checkout.stripe.com/c/1' };
    };
    expect(await ask('POST', '/auto-topup/payment-method')).toMatchObject({
      status: 200,
      body: { checkout_url: 'https://checkout.stripe.com/c/1' },
    });
    test.peers.ledger.setUpPaymentMethod = refused(status.FAILED_PRECONDITION, 'payment_methods_not_kept');
    expect(await ask('POST', '/auto-topup/payment-method', {})).toMatchObject({
      status: 409,
      body: { error: 'not_configured' },
    });
  });

  it('needs a live key that may decide about money', async () => {
    expect((await ask('PUT', '/auto-topup', terms, reader)).status).toBe(403);
    expect((await ask('GET', '/auto-topup', undefined, sandbox)).status).toBe(403);
  });
});

const topUp = (over: Partial<TopUp> = {}): TopUp => ({
  topUpId: 'top_1',
  accountId: 'acc_1',
  amountMicros: 100_000_000n,
  provider: 'stripe',
  status: 'pending',
  checkoutUrl: 'https://checkout.stripe.com/c/1',
  paymentRef: '',
  createdAt: new Date(0),
  endedAt: undefined,
  reversedMicros: 0n,
  automatic: false,
  ...over,
});

describe('a top-up', () => {
  it('is made once for an idempotency key', async () => {
    let seen: object = {};
    test.peers.ledger.createTopUp = (request) => {
      seen = request;
      return { topUp: topUp() };
    };
    const answer = await ask(
      'POST',
      '/topups',
      { amount_usd: 100, success_url: 'https://example.com/thanks' },
      manager,
      { 'idempotency-key': 'order-1' },
    );
    expect(answer).toMatchObject({
      status: 201,
      body: {
        id: 'top_1',
        amount: '$100.00',
        status: 'pending',
        checkout_url: 'https://checkout.stripe.com/c/1',
        payment_ref: null,
      },
    });
    expect(answer.headers.get('location')).toBe('https://api.example.com/v1/topups/top_1');
    expect(seen).toEqual({
      accountId: 'acc_1',
      amountMicros: 100_000_000n,
      idempotencyKey: 'order-1',
      successUrl: 'https://example.com/thanks',
      cancelUrl: 'https://api.example.com/docs',
      provider: '',
      author: 'key_usv_live_managermanagermanager',
    });
  });

  it.each<[status, string, number, string]>([
    [status.ALREADY_EXISTS, 'top_up_conflict', 422, 'idempotency_key_reused'],
    [status.INVALID_ARGUMENT, 'amount_out_of_range', 400, 'invalid_request'],
    [status.UNAVAILABLE, '', 503, 'service_unavailable'],
  ])('that the ledger refuses with %s %s is answered %s', async (code, details, http, error) => {
    test.peers.ledger.createTopUp = refused(code, details);
    expect(await ask('POST', '/topups', { amount_usd: 1 })).toMatchObject({ status: http, body: { error } });
  });

  it.each([{}, { amount_usd: 0 }, { amount_usd: -1 }, { amount_usd: 1, success_url: 'javascript:alert(1)' }])(
    'is refused: %j',
    async (body) => {
      expect((await ask('POST', '/topups', body)).status).toBe(400);
    },
  );

  it('is listed and read', async () => {
    test.peers.ledger.listTopUps = () => ({
      topUps: [topUp({ status: 'completed', paymentRef: 'pi_1' })],
      hasMore: false,
    });
    expect(await ask('GET', '/topups', undefined, reader)).toMatchObject({
      status: 200,
      body: { data: [{ id: 'top_1', status: 'completed', payment_ref: 'pi_1' }] },
    });
    test.peers.ledger.getTopUp = ({ topUpId }) => {
      if (topUpId !== 'top_1') throw failure(status.NOT_FOUND);
      return { topUp: topUp() };
    };
    expect((await ask('GET', '/topups/top_1', undefined, reader)).status).toBe(200);
    expect((await ask('GET', '/topups/top_2', undefined, reader)).status).toBe(404);
  });
});

describe('news from a payment provider', () => {
  const news = (body: string, headers: Record<string, string> = { 'stripe-signature': 't=1,v1=ab' }) =>
    send('POST', `${test.url}/v1/payments/stripe/events`, body, headers);

  it('reach the ledger byte for byte, without a key', async () => {
    let seen: { provider: string; body: Uint8Array; signature: string } | undefined;
    test.peers.ledger.applyPaymentEvent = (request) => {
      seen = request;
      return { eventId: 'evt_1', outcome: 'funds_added' };
    };
    const body = '{ "id":"evt_1",\n "a": 1.0, "deep":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]] }';
    const answer = await news(body);
    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(answer.headers.get('x-ratelimit-limit')).toBe('3000');
    expect({ ...seen!, body: Buffer.from(seen!.body).toString() }).toEqual({
      provider: 'stripe',
      body,
      signature: 't=1,v1=ab',
    });
  });

  it.each<[status, number]>([
    [status.UNAUTHENTICATED, 400],
    [status.FAILED_PRECONDITION, 503],
    [status.UNAVAILABLE, 503],
    [status.INVALID_ARGUMENT, 404],
  ])('that the ledger answers with %s are answered %s', async (code, http) => {
    test.peers.ledger.applyPaymentEvent = () => {
      throw failure(code);
    };
    expect((await news('{}')).status).toBe(http);
  });

  it('without a signature or a body never reach the ledger', async () => {
    expect((await news('{}', {})).status).toBe(400);
    expect((await news('')).status).toBe(400);
    expect((await news(`"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
  });
});
