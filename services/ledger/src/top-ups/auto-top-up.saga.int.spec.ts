import type { Database } from '@usvideo/event-store';
import Stripe from 'stripe';
import { ulid } from 'ulid';
import { LedgerWorld, logger, newAccount } from '../posting/ledger.fixture';
import type { LedgerWriter } from '../posting/ledger-writer.service';
import { LedgerVerifier } from '../proof/verifier.sql';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { viewOf } from './auto-top-up';
import { AutoTopUps } from './auto-top-up.saga';
import { AutoTopUpStore } from './auto-top-up.store';
import { DeclinedTopUps } from './declined-top-up.store';
import { StripeProvider } from './stripe.client';
import { SETUP_ACCOUNT } from './stripe-cards.client';
import { StripeServer, type CardBehaviour } from './stripe-server.fixture';
import { TopUpStore } from './top-up.store';
import { TopUps } from './top-ups.saga';

const SECRET = 'whsec_of_the_test';
const DOLLAR = 1_000_000n;
const TERMS = {
  enabled: true,
  thresholdMicros: 20n * DOLLAR,
  amountMicros: 50n * DOLLAR,
  monthMaxMicros: 120n * DOLLAR,
};

const server = new StripeServer();
const signer = new Stripe('sk_test');
let world: LedgerWorld;
let database: Database;
let writer: LedgerWriter;
let store: AutoTopUpStore;
let orders: TopUpStore;
let topUps: TopUps;
/** Two processes of the ledger. */
let processes: AutoTopUps[];

beforeAll(async () => {
  world = await LedgerWorld.start();
  database = world.open('auto');
  writer = world.writer(database, 1);
  const stripe = new StripeProvider({ secretKey: 'sk_test', webhookSecret: SECRET, apiUrl: await server.start() });
  const providers = new Map([['stripe', stripe]]);
  [store, orders] = [new AutoTopUpStore(database), new TopUpStore(database)];
  topUps = new TopUps(orders, writer, providers, logger, store);
  processes = [0, 1].map((n) => {
    const pool = world.open(`process ${n}`);
    const [mine, placed] = [new AutoTopUpStore(pool), new TopUpStore(pool)];
    return new AutoTopUps(
      mine,
      placed,
      new TopUps(placed, world.writer(pool, 1), providers, logger, mine),
      providers,
      logger,
    );
  });
});
afterAll(async () => {
  expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n });
  await world.stop();
  await server.stop();
});

const runAll = () => Promise.all([...processes, ...processes].map((each) => each.run()));
/** As if the lease of a charge whose outcome is unknown had ended. */
const leaseEnds = (accountId: string) =>
  database.query('update top_up set charge_due_at = now() where account_id = $1 and charge_due_at is not null', [
    accountId,
  ]);
const available = async (accountId: string) => (await new LedgerReader(database).balance(accountId)).availableMicros;
const state = async (accountId: string) => viewOf(await store.get(accountId), true);
const spend = (accountId: string, micros: bigint) =>
  writer.submit({
    type: 'Adjust',
    accountId,
    adjustmentRef: ulid(),
    amountMicros: -micros,
    reason: 'as if rendered',
    author: 'ann',
  });
const chargesOf = async (accountId: string) => {
  const ids = (await orders.list(accountId, 100, 0)).map(({ topUpId }) => topUpId);
  return server.charged.filter((key) => ids.includes(key)).length;
};

function deliver(type: string, object: object) {
  const payload = JSON.stringify({
    id: `evt_${ulid()}`,
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
    signer.webhooks.generateTestHeaderString({ payload, secret: SECRET }),
  );
}

function saveCard(accountId: string, behaviour: CardBehaviour) {
  return deliver('checkout.session.completed', {
    id: `cs_${ulid()}`,
    object: 'checkout.session',
    mode: 'setup',
    metadata: { [SETUP_ACCOUNT]: accountId },
    setup_intent: server.saveCard(behaviour),
  });
}

async function account(behaviour: CardBehaviour, terms: Partial<typeof TERMS> = {}): Promise<string> {
  const accountId = newAccount();
  await store.set(accountId, { ...TERMS, ...terms }, 'key_1');
  expect((await saveCard(accountId, behaviour))?.outcome).toBe('method_saved');
  return accountId;
}

test('an account below its threshold is topped up, once, whoever looks and however often, and again when it has fallen again', async () => {
  const accountId = await account('pays');
  await Promise.all([runAll(), runAll()]);
  await runAll();
  expect([await available(accountId), await chargesOf(accountId)]).toEqual([50n * DOLLAR, 1]);
  expect(await orders.list(accountId, 10, 0)).toMatchObject([
    { automatic: true, status: 'completed', provider: 'stripe' },
  ]);
  expect(await state(accountId)).toMatchObject({
    state: 'waiting',
    monthChargedMicros: 50n * DOLLAR,
    paymentMethod: 'visa 4242',
  });
  await spend(accountId, 31n * DOLLAR);
  await runAll();
  expect([await available(accountId), await chargesOf(accountId)]).toEqual([69n * DOLLAR, 2]);
});

test('the maximum of the month holds', async () => {
  const accountId = await account('pays');
  for (let times = 0; times < 4; times++) {
    await runAll();
    await spend(accountId, await available(accountId));
  }
  expect([await chargesOf(accountId), (await state(accountId)).state]).toEqual([2, 'month_max_reached']);
});

test('a charge whose answer was lost is the same charge when it is asked again', async () => {
  const accountId = await account('lost');
  await runAll();
  await leaseEnds(accountId);
  await runAll();
  await runAll();
  expect([await available(accountId), await chargesOf(accountId)]).toEqual([50n * DOLLAR, 1]);
});

test('news of the payment and the answer to the charge add it once', async () => {
  const accountId = await account('pays');
  await runAll();
  const [placed] = await orders.list(accountId, 1, 0);
  await Promise.all([1, 2].map(() => deliver('payment_intent.succeeded', server.intents.get(placed!.paymentRef)!)));
  expect(await available(accountId)).toBe(50n * DOLLAR);
});

test('a declined card is not tried again before the customer has acted', async () => {
  const accountId = await account('declines');
  await runAll();
  await runAll();
  expect(await orders.list(accountId, 10, 0)).toMatchObject([{ status: 'failed' }]);
  expect(await state(accountId)).toMatchObject({ state: 'failed', failure: 'insufficient_funds' });
  const declined = new DeclinedTopUps(database);
  const told = (await declined.claim(100)).filter((topUp) => topUp.accountId === accountId);
  expect(told).toMatchObject([
    { amountMicros: 50n * DOLLAR, failure: 'insufficient_funds', paymentMethod: 'visa 4242' },
  ]);
  expect((await declined.claim(100)).filter((topUp) => topUp.accountId === accountId)).toEqual([]);
  const due = () => database.query('update declined_top_up set due_at = now() where account_id = $1', [accountId]);
  await due();
  expect((await declined.claim(100)).filter((topUp) => topUp.accountId === accountId)).toHaveLength(1);
  await declined.told(told.map(({ topUpId }) => topUpId));
  expect((await due()).rowCount).toBe(0);
  await saveCard(accountId, 'pays');
  await runAll();
  expect([await available(accountId), (await state(accountId)).state]).toEqual([50n * DOLLAR, 'waiting']);
});

test('a payment under way keeps the account from another charge until its news comes', async () => {
  const accountId = await account('processing');
  await runAll();
  await runAll();
  const placed = await orders.list(accountId, 10, 0);
  expect([placed.length, (await state(accountId)).state]).toEqual([1, 'charging']);
  const intent = [...server.intents.values()].find(
    (each) => (each as { metadata: { top_up_id: string } }).metadata.top_up_id === placed[0]!.topUpId,
  )!;
  await deliver('payment_intent.succeeded', { ...intent, status: 'succeeded', amount_received: 5_000 });
  expect([await available(accountId), (await state(accountId)).state]).toEqual([50n * DOLLAR, 'waiting']);
});

test('an order that the provider never answered is not sent again once the provider may have forgotten its key', async () => {
  const accountId = await account('breaks');
  await runAll();
  await database.query(
    `update top_up set created_at = now() - interval '21 hours', charge_due_at = now() where account_id = $1`,
    [accountId],
  );
  const before = server.requests.length;
  await runAll();
  expect(server.requests).toHaveLength(before);
  expect(await state(accountId)).toMatchObject({ state: 'failed', failure: 'outcome_unknown' });
  await store.set(accountId, TERMS, 'key_1');
  await runAll();
  expect(await orders.list(accountId, 10, 0)).toHaveLength(1);
});

test('nothing is charged for an account that was stopped, has no card, or never asked', async () => {
  const stopped = await account('pays');
  await store.fail(stopped, 'account_suspended', 'ann');
  const without = await account('pays');
  await store.removeMethod(without, 'key_1');
  const off = await account('pays', { enabled: false });
  await runAll();
  for (const accountId of [stopped, without, off]) expect(await orders.list(accountId, 10, 0)).toEqual([]);
  expect((await saveCard(newAccount(), 'pays'))?.outcome).toBe('not_ours');
});
