import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import Stripe from 'stripe';
import { ulid } from 'ulid';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { AutoTopUpStore } from './auto-top-up.store';
import { OrderRefused } from './payment-provider';
import { LEDGER_MIGRATIONS } from '../migrations/all';
import { StripeProvider } from './stripe.client';
import { StripeServer } from './stripe-server.fixture';
import { TopUpStore } from './top-up.store';
import { NewsRefused, PaymentUnknown, TopUps } from './top-ups.saga';
import { LedgerVerifier } from '../proof/verifier.sql';
import { paymentEvents } from '../metrics';

const logger = createLogger('ledger', 'silent');
const WEBHOOK_SECRET = 'whsec_of_the_test';
const SECRET_KEY = 'sk_test_of_the_test';
const TEN_DOLLARS = 10_000_000n;

describe('top-ups through Stripe', () => {
  const server = new StripeServer();
  const signer = new Stripe(SECRET_KEY);
  let database: Database;
  let reader: LedgerReader;
  let store: TopUpStore;
  let stripe: StripeProvider;
  let topUps: TopUps;
  let writer: LedgerWriter;

  beforeAll(async () => {
    const url = await (await postgres()).createDatabase('ledger');
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger });
    database = openDatabase({ url, poolSize: 4, applicationName: 'top_ups' }, () => undefined);
    reader = new LedgerReader(database);
    store = new TopUpStore(database);
    stripe = new StripeProvider({ secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRET, apiUrl: await server.start() });
    writer = new LedgerWriter({ database, lanes: 1, onCommitted: () => undefined, logger });
    topUps = new TopUps(store, writer, new Map([['stripe', stripe]]), logger, new AutoTopUpStore(database));
  });

  afterAll(async () => {
    expect((await new LedgerVerifier(database).verify()).differences).toEqual([]);
    await database.end();
    await server.stop();
  });

  const order = (accountId: string, amountMicros = TEN_DOLLARS, idempotencyKey?: string) =>
    topUps.create(stripe, {
      accountId,
      amountMicros,
      idempotencyKey,
      author: 'key_1',
      successUrl: 'https://example.com/done',
      cancelUrl: 'https://example.com/back',
    });
  const newAccount = () => `acc_${ulid()}`;

  /** As Stripe sends it: the raw body and its signature header. */
  const deliver = (type: string, object: object, eventId = `evt_${ulid()}`) => {
    const payload = JSON.stringify({
      id: eventId,
      object: 'event',
      api_version: '2026-01-01',
      created: 1,
      livemode: false,
      type,
      data: { object },
    });
    return topUps.apply(
      'stripe',
      Buffer.from(payload),
      signer.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET }),
    );
  };
  const session = (topUpId: string, paymentIntent: string, over: object = {}) => ({
    id: 'cs_1',
    object: 'checkout.session',
    client_reference_id: topUpId,
    metadata: { top_up_id: topUpId },
    payment_intent: paymentIntent,
    payment_status: 'paid',
    amount_total: 1_000,
    currency: 'usd',
    ...over,
  });
  const refund = (paymentIntent: string, id: string, amount = 400, status = 'succeeded') => ({
    id,
    object: 'refund',
    payment_intent: paymentIntent,
    amount,
    currency: 'usd',
    status,
  });
  const dispute = (paymentIntent: string, id: string) => ({
    id,
    object: 'dispute',
    payment_intent: paymentIntent,
    amount: 1_000,
    currency: 'usd',
  });

  async function paid(): Promise<{ accountId: string; topUpId: string; paymentIntent: string }> {
    const accountId = newAccount();
    const { topUpId } = await order(accountId);
    const paymentIntent = `pi_${ulid()}`;
    await deliver('checkout.session.completed', session(topUpId, paymentIntent));
    return { accountId, topUpId, paymentIntent };
  }

  it('opens a Checkout session for the amount and keeps its address', async () => {
    const accountId = newAccount();
    const topUp = await order(accountId);
    expect(topUp).toMatchObject({
      accountId,
      amountMicros: TEN_DOLLARS,
      provider: 'stripe',
      status: 'pending',
      paymentRef: '',
      endedAt: undefined,
    });
    const request = server.requests.at(-1)!;
    expect(request).toMatchObject({
      path: 'POST /v1/checkout/sessions',
      authorization: `Bearer ${SECRET_KEY}`,
      idempotencyKey: topUp.topUpId,
    });
    expect(Object.fromEntries(request.form)).toMatchObject({
      mode: 'payment',
      client_reference_id: topUp.topUpId,
      'metadata[account_id]': accountId,
      success_url: 'https://example.com/done',
      'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': '1000',
      'line_items[0][quantity]': '1',
    });
    expect(topUp.checkoutUrl).toBe(`https://checkout.stripe.com/c/pay/${topUp.topUpId}`);
  });

  it('answers the same top-up under the same key, however often and at once', async () => {
    const accountId = newAccount();
    const all = await Promise.all(Array.from({ length: 10 }, () => order(accountId, TEN_DOLLARS, 'key of the caller')));
    expect(new Set(all.map((topUp) => topUp.topUpId)).size).toBe(1);
    expect(await store.list(accountId, 10, 0)).toHaveLength(1);
  });

  it('says why Stripe does not take an order', async () => {
    await expect(order(newAccount(), 100_000n)).rejects.toThrow(OrderRefused);
    await expect(order(newAccount(), 10_000_001n)).rejects.toThrow('whole cents');
  });

  it('adds what was paid, once by event and once by payment', async () => {
    const { accountId, topUpId, paymentIntent } = await paid();
    const event = `evt_${ulid()}`;
    expect(await deliver('checkout.session.async_payment_succeeded', session(topUpId, paymentIntent), event)).toEqual({
      eventId: event,
      outcome: 'funds_added',
    });
    expect(await deliver('checkout.session.async_payment_succeeded', session(topUpId, paymentIntent), event)).toEqual({
      eventId: event,
      outcome: 'replayed',
    });
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
    expect(await store.get(topUpId)).toMatchObject({
      status: 'completed',
      paymentRef: paymentIntent,
      endedAt: expect.any(Date),
    });
  });

  it('adds a payment once that is announced 20 times at once', async () => {
    const accountId = newAccount();
    const { topUpId } = await order(accountId);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        deliver('checkout.session.completed', session(topUpId, 'pi_many'), `evt_many_${n % 5}`),
      ),
    );
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
  });

  it('waits for money that is on the way, and notes what ended', async () => {
    const accountId = newAccount();
    const { topUpId } = await order(accountId);
    expect(
      (await deliver('checkout.session.completed', session(topUpId, 'pi_slow', { payment_status: 'unpaid' })))?.outcome,
    ).toBe('ignored');
    expect((await deliver('checkout.session.expired', session(topUpId, '')))?.outcome).toBe('top_up_ended');
    expect(await store.get(topUpId)).toMatchObject({ status: 'expired' });
    await deliver('checkout.session.async_payment_succeeded', session(topUpId, 'pi_slow'));
    expect(await store.get(topUpId)).toMatchObject({ status: 'completed' });
    await deliver('checkout.session.async_payment_failed', session(topUpId, ''));
    expect(await store.get(topUpId)).toMatchObject({ status: 'completed' });
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
  });

  it('takes a refund back, once, and gives it back if it fails, in any order', async () => {
    const { accountId, topUpId, paymentIntent } = await paid();
    await deliver('refund.created', refund(paymentIntent, 're_1', 400, 'pending'));
    await deliver('refund.updated', refund(paymentIntent, 're_1'));
    expect((await reader.balance(accountId)).availableMicros).toBe(6_000_000n);
    expect(await store.get(topUpId)).toMatchObject({ reversedMicros: 4_000_000n });
    await deliver('refund.updated', refund(paymentIntent, 're_3', 200, 'pending'));
    await deliver('refund.updated', refund(paymentIntent, 're_3', 200, 'canceled'));
    expect((await reader.balance(accountId)).availableMicros).toBe(6_000_000n);
    await deliver('refund.failed', refund(paymentIntent, 're_2', 300, 'failed'));
    await deliver('refund.created', refund(paymentIntent, 're_2', 300, 'pending'));
    expect((await reader.balance(accountId)).availableMicros).toBe(6_000_000n);
  });

  it('takes the next refund after one that failed, and a refund after a dispute that was won, whatever the order of the news', async () => {
    const { accountId, paymentIntent } = await paid();
    await deliver('refund.created', refund(paymentIntent, 're_10', 1_000, 'pending'));
    await expect(deliver('refund.created', refund(paymentIntent, 're_11', 1_000), 'evt_11')).rejects.toThrow(
      NewsRefused,
    );
    await deliver('refund.failed', refund(paymentIntent, 're_10', 1_000, 'failed'));
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
    await deliver('refund.created', refund(paymentIntent, 're_11', 1_000), 'evt_11');
    expect((await reader.balance(accountId)).availableMicros).toBe(0n);

    const won = await paid();
    await deliver('charge.dispute.funds_reinstated', dispute(won.paymentIntent, 'dp_10'));
    await deliver('charge.dispute.funds_withdrawn', dispute(won.paymentIntent, 'dp_10'));
    await deliver('refund.created', refund(won.paymentIntent, 're_12', 1_000));
    expect((await reader.balance(won.accountId)).availableMicros).toBe(0n);
  });

  it('takes a disputed payment back although it is spent, and settles the debt first', async () => {
    const { accountId, paymentIntent } = await paid();
    await writer.submit({
      type: 'Adjust',
      accountId,
      adjustmentRef: 'spent',
      amountMicros: -7_000_000n,
      reason: 'as if rendered',
      author: 'ann',
    });
    await deliver('charge.dispute.funds_withdrawn', dispute(paymentIntent, 'dp_1'));
    expect(await reader.balance(accountId)).toMatchObject({ availableMicros: 0n, receivableMicros: 7_000_000n });
    await deliver('charge.dispute.funds_reinstated', dispute(paymentIntent, 'dp_1'));
    expect(await reader.balance(accountId)).toMatchObject({ availableMicros: 3_000_000n, receivableMicros: 0n });
  });

  it('has a refund or dispute that comes before its payment said again, and loses neither', async () => {
    const accountId = newAccount();
    const { topUpId } = await order(accountId);
    // As `open` had it made: the payment carries the metadata that was sent with the order.
    const sent = server.requests.at(-1)!.form;
    server.intents.set('pi_late', {
      id: 'pi_late',
      object: 'payment_intent',
      metadata: { top_up_id: sent.get('payment_intent_data[metadata][top_up_id]') },
    });
    const news: [string, object][] = [
      ['refund.created', refund('pi_late', 're_early')],
      ['charge.dispute.funds_withdrawn', { ...dispute('pi_late', 'dp_early'), amount: 600 }],
    ];
    for (const [type, object] of news)
      await expect(deliver(type, object, `evt_${type}`)).rejects.toThrow(PaymentUnknown);
    await deliver('checkout.session.completed', session(topUpId, 'pi_late'));
    for (const [type, object] of news)
      expect((await deliver(type, object, `evt_${type}`))?.outcome).toBe('funds_reversed');
    expect((await reader.balance(accountId)).availableMicros).toBe(0n);
  });

  it('never takes more than was paid', async () => {
    const { accountId, paymentIntent } = await paid();
    await expect(deliver('refund.created', refund(paymentIntent, 're_4', 1_001))).rejects.toThrow(NewsRefused);
    expect((await reader.balance(accountId)).availableMicros).toBe(TEN_DOLLARS);
  });

  it('leaves alone what is not about a top-up of ours', async () => {
    expect((await deliver('customer.created', { id: 'cus_1', object: 'customer' }))?.outcome).toBe('ignored');
    expect((await deliver('refund.created', refund('pi_x', 're_5', 1, 'requires_action')))?.outcome).toBe('ignored');
    const { topUpId } = await order(newAccount());
    await expect(deliver('checkout.session.completed', session(topUpId, 'pi_y', { currency: 'eur' }))).rejects.toThrow(
      'currency_not_kept',
    );
  });

  it('acknowledges for good what others sell through the same account, in any currency', async () => {
    const { topUpId } = await order(newAccount());
    server.intents.set('pi_shop', { id: 'pi_shop', object: 'payment_intent', metadata: { order: '4711' } });
    server.intents.set('pi_staging', {
      id: 'pi_staging',
      object: 'payment_intent',
      metadata: { top_up_id: 'top_of_staging' },
    });
    const shop = { client_reference_id: topUpId, metadata: {}, currency: 'eur' };
    const foreign: [string, object][] = [
      ['checkout.session.completed', session('', 'pi_shop', shop)],
      ['checkout.session.async_payment_failed', session('', 'pi_shop', shop)],
      ['checkout.session.expired', session('', 'pi_shop', { ...shop, client_reference_id: null, metadata: null })],
      ['checkout.session.completed', session('top_of_staging', 'pi_staging')],
      ['checkout.session.completed', session(topUpId, 'pi_shop', { client_reference_id: 'cart_4711' })],
      ['checkout.session.expired', session('top_of_staging', '')],
      ['refund.created', refund('pi_shop', 're_shop')],
      ['refund.failed', refund('pi_staging', 're_staging', 1, 'failed')],
      ['refund.updated', refund('pi_nobody_knows', 're_gone')],
      ['refund.created', { ...refund('', 're_charge'), payment_intent: null, currency: 'eur' }],
      ['refund.created', { ...refund('pi_shop', 're_eur'), currency: 'eur' }],
      ['charge.dispute.funds_withdrawn', dispute('pi_shop', 'dp_shop')],
      ['charge.dispute.funds_reinstated', { ...dispute('', 'dp_charge'), payment_intent: null }],
    ];
    for (const [at, [type, object]] of foreign.entries()) {
      const eventId = `evt_foreign_${at}`;
      expect(await deliver(type, object, eventId)).toEqual({ eventId, outcome: 'not_ours' });
      expect(await deliver(type, object, eventId)).toEqual({ eventId, outcome: 'replayed' });
    }
    expect(await store.get(topUpId)).toMatchObject({ status: 'pending' });
    const counted = (await paymentEvents.get()).values.find(
      ({ labels }) => labels.provider === 'stripe' && labels.outcome === 'not_ours',
    );
    expect(counted?.value).toBe(foreign.length);
  });

  it('has news said again while Stripe cannot be asked whose it is', async () => {
    const away = new StripeProvider({
      secretKey: SECRET_KEY,
      webhookSecret: WEBHOOK_SECRET,
      apiUrl: 'http://127.0.0.1:1',
    });
    const payload = JSON.stringify({
      id: 'evt_away',
      object: 'event',
      api_version: '2026-01-01',
      created: 1,
      livemode: false,
      type: 'refund.created',
      data: { object: refund('pi_away', 're_away') },
    });
    const applied = new TopUps(store, writer, new Map([['stripe', away]]), logger, new AutoTopUpStore(database)).apply(
      'stripe',
      Buffer.from(payload),
      signer.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET }),
    );
    await expect(applied).rejects.toThrow(Stripe.errors.StripeConnectionError);
    expect(await store.isApplied('stripe', 'evt_away')).toBe(false);
  });

  it('believes nothing that Stripe did not sign', async () => {
    const payload = JSON.stringify({
      id: 'evt_forged',
      object: 'event',
      type: 'checkout.session.completed',
      data: { object: session('top_1', 'pi_1') },
    });
    const header = signer.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
    const old = signer.webhooks.generateTestHeaderString({
      payload,
      secret: WEBHOOK_SECRET,
      timestamp: Math.floor(Date.now() / 1_000) - 3_600,
    });
    expect(await topUps.apply('stripe', Buffer.from(payload.replace('1000', '9000')), header)).toBeUndefined();
    expect(
      await topUps.apply(
        'stripe',
        Buffer.from(payload),
        signer.webhooks.generateTestHeaderString({ payload, secret: 'whsec_other' }),
      ),
    ).toBeUndefined();
    expect(await topUps.apply('stripe', Buffer.from(payload), old)).toBeUndefined();
    expect(await topUps.apply('stripe', Buffer.from(payload), '')).toBeUndefined();
    expect(await topUps.apply('manual', Buffer.from(payload), header)).toBeUndefined();
  });
});
