import fc from 'fast-check';
import type { Database } from '@usvideo/event-store';
import Stripe from 'stripe';
import { ulid } from 'ulid';
import { LedgerWorld, logger, newAccount } from '../posting/ledger.fixture';
import type { LedgerWriter } from '../posting/ledger-writer.service';
import { LedgerVerifier } from '../proof/verifier.sql';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { AutoTopUpStore } from './auto-top-up.store';
import { anyStep, PaymentLife, type Sent, type Step } from './payment-life.fixture';
import { StripeProvider } from './stripe.client';
import { StripeServer } from './stripe-server.fixture';
import { TopUpStore } from './top-up.store';
import { NewsRefused, PaymentUnknown, TopUps } from './top-ups.saga';

const seed = Number.parseInt(process.env.FC_SEED ?? String(Date.now() % 2 ** 31), 10);
const SECRET = 'whsec_of_the_test';
const CENTS = 1_000;
const MICROS_PER_CENT = 10_000n;

describe(`whatever becomes of a payment at its provider (FC_SEED=${seed})`, () => {
  const server = new StripeServer();
  const signer = new Stripe('sk_test');
  let world: LedgerWorld;
  let database: Database;
  let writer: LedgerWriter;
  let topUps: TopUps;
  let stripe: StripeProvider;

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('payments');
    writer = world.writer(database, 1);
    stripe = new StripeProvider({ secretKey: 'sk_test', webhookSecret: SECRET, apiUrl: await server.start() });
    topUps = new TopUps(
      new TopUpStore(database),
      writer,
      new Map([['stripe', stripe]]),
      logger,
      new AutoTopUpStore(database),
    );
  });
  afterAll(async () => {
    expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n });
    await world.stop();
    await server.stop();
  });

  const deliver = ({ eventId, type, object }: Sent) => {
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
      signer.webhooks.generateTestHeaderString({ payload, secret: SECRET }),
    );
  };

  async function live(steps: readonly Step[], isSlow: boolean): Promise<{ accountId: string; life: PaymentLife }> {
    const accountId = newAccount();
    const { topUpId } = await topUps.create(stripe, {
      accountId,
      amountMicros: BigInt(CENTS) * MICROS_PER_CENT,
      idempotencyKey: undefined,
      author: 'key_1',
      successUrl: 'https://example.com/',
      cancelUrl: 'https://example.com/',
    });
    const life = new PaymentLife(topUpId, `pi_${ulid()}`, CENTS, isSlow);
    server.intents.set(life.paymentIntent, {
      id: life.paymentIntent,
      object: 'payment_intent',
      metadata: { top_up_id: topUpId },
    });
    for (const step of steps) life.take(step);
    return { accountId, life };
  }

  /** As Stripe does: what was not acknowledged is sent again after the others. Answers what nothing else helps on. */
  async function deliverAll(news: readonly Sent[]): Promise<readonly Sent[]> {
    const again: Sent[] = [];
    for (const sent of news) {
      await deliver(sent).catch((error: unknown) => {
        if (!(error instanceof PaymentUnknown || error instanceof NewsRefused)) throw error;
        again.push(sent);
      });
    }
    return again.length === 0 || again.length === news.length ? again : deliverAll(again);
  }

  it('the account ends with what was paid, less what is away, in whatever order and however often the news comes', async () => {
    const lives = fc.record({
      steps: fc.array(anyStep, { minLength: 1, maxLength: 14, size: 'max' }),
      isSlow: fc.boolean(),
      spentCents: fc.constantFrom(0, 300, 1_000),
      spentAfter: fc.nat({ max: 20 }),
      order: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 60, maxLength: 60, size: 'max' }),
    });
    await fc.assert(
      fc.asyncProperty(lives, async ({ steps, isSlow, spentCents, spentAfter, order }) => {
        const { accountId, life } = await live(steps, isSlow);
        const twice = life.sent.filter((_, index) => order[index]! % 3 === 0);
        // The same news under another name, as when an endpoint is registered twice.
        const renamed = life.sent
          .filter((_, index) => order[index]! % 5 === 0)
          .map((sent) => ({ ...sent, eventId: `${sent.eventId}_other` }));
        const news = [...life.sent, ...twice, ...renamed]
          .map((sent, index) => ({ sent, place: order[index % order.length]! + index / 1_000 }))
          .sort((one, other) => one.place - other.place)
          .map(({ sent }) => sent);
        const waiting = await deliverAll(news.slice(0, spentAfter));
        const spend = {
          type: 'Adjust' as const,
          accountId,
          adjustmentRef: 'spent',
          amountMicros: BigInt(-spentCents) * MICROS_PER_CENT,
          reason: 'as if rendered',
          author: 'ann',
        };
        const isSpent = spentCents > 0 && (await writer.submit(spend)).refusal === undefined;
        expect(await deliverAll([...waiting, ...news.slice(spentAfter)])).toEqual([]);
        const { availableMicros, receivableMicros } = await new LedgerReader(database).balance(accountId);
        const leftCents = CENTS - life.awayCents - (isSpent ? spentCents : 0);
        expect([availableMicros - receivableMicros, availableMicros === 0n || receivableMicros === 0n]).toEqual([
          BigInt(leftCents) * MICROS_PER_CENT,
          true,
        ]);
        const { rows } = await database.query<{ reversed: bigint }>(
          'select reversed_micros as reversed from payment where account_id = $1',
          [accountId],
        );
        expect(rows).toEqual([{ reversed: BigInt(life.awayCents) * MICROS_PER_CENT }]);
      }),
      { seed, numRuns: 60, endOnFailure: true },
    );
  }, 180_000);

  /** Always the same lives: it says what they can reach, not what they happened to reach today. */
  it('is all of what refunds and disputes can become', () => {
    const reached = new Set<string>();
    for (const steps of fc.sample(fc.array(anyStep, { minLength: 8, maxLength: 14, size: 'max' }), {
      seed: 1,
      numRuns: 400,
    })) {
      const life = new PaymentLife('top_1', 'pi_1', CENTS, false);
      for (const step of steps) life.take(step);
      for (const { type, object } of life.sent)
        reached.add(`${type} ${String(object['status'] ?? object['payment_status'])}`);
    }
    expect([...reached].sort()).toEqual([
      'charge.dispute.closed lost',
      'charge.dispute.closed won',
      'charge.dispute.created opened',
      'charge.dispute.funds_reinstated won',
      'charge.dispute.funds_withdrawn withdrawn',
      'checkout.session.completed paid',
      'refund.created pending',
      'refund.created requires_action',
      'refund.created succeeded',
      'refund.failed failed',
      'refund.updated canceled',
      'refund.updated failed',
      'refund.updated pending',
      'refund.updated succeeded',
    ]);
  });
});
