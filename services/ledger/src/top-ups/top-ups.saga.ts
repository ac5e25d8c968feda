import type { TopUp } from '@usvideo/contracts/ledger';
import { type Logger } from '@usvideo/runtime';
import { ulid } from 'ulid';
import type { FundsSource, Refusal } from '../account/commands';
import type { Outcome } from '../account/batch';
import type { LedgerWriter } from '../posting/ledger-writer.service';
import type { PaymentEvent, PaymentNews, PaymentProvider } from './payment-provider';
import type { AutoTopUpStore } from './auto-top-up.store';
import type { NewTopUp, TopUpStore } from './top-up.store';
import { paymentEvents } from '../metrics';

const APPLIED = [
  'funds_added',
  'funds_reversed',
  'top_up_ended',
  'method_saved',
  'ignored',
  'not_ours',
  'replayed',
] as const;
export type Applied = (typeof APPLIED)[number];
const OUTCOMES = [...APPLIED, 'early', 'refused', 'failed'];

/** News of a payment for a top-up of ours that came before the payment itself: the provider has to say it again. */
export class PaymentUnknown extends Error {
  override readonly name = 'PaymentUnknown';
}

/** The ledger would not do what the provider says happened. A person has to look. */
export class NewsRefused extends Error {
  override readonly name = 'NewsRefused';
  constructor(readonly refusal: Refusal | 'top_up_conflict' | 'currency_not_kept') {
    super(refusal);
  }
}

type Reversal = Extract<PaymentNews, { type: 'reversed' | 'reinstated' }>;

export interface TopUpOrder extends Omit<NewTopUp, 'topUpId' | 'provider'> {
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/**
 * Carries news of payments into the ledger. Money moves first, under the payment's own id; what is noted about the top-up and
 * the event follows. A crash in between costs a repetition, which the natural keys make harmless.
 */
export class TopUps {
  constructor(
    private readonly store: TopUpStore,
    private readonly writer: LedgerWriter,
    private readonly providers: ReadonlyMap<string, PaymentProvider>,
    private readonly logger: Logger,
    private readonly automatic: AutoTopUpStore,
  ) {
    for (const provider of providers.keys())
      for (const outcome of OUTCOMES) paymentEvents.inc({ provider, outcome }, 0);
  }

  /** @throws OrderRefused */
  async create(provider: PaymentProvider, order: TopUpOrder): Promise<TopUp> {
    const { successUrl, cancelUrl, ...terms } = order;
    const placed = await this.store.create({ ...terms, topUpId: `top_${ulid()}`, provider: provider.name });
    if (placed.status !== 'pending' || placed.checkoutUrl !== '') return placed;
    const { topUpId, accountId, amountMicros } = placed;
    const checkout = await provider.open({ topUpId, accountId, amountMicros, successUrl, cancelUrl });
    await this.store.setCheckout(topUpId, checkout.providerRef, checkout.url);
    return (await this.store.get(topUpId))!;
  }

  /**
   * An operator says that the money of a manual top-up arrived. The payment is claimed for it before any money moves: two operators
   * with two references, or one reference for two top-ups, would otherwise add money twice.
   * @throws NewsRefused
   */
  async confirm(topUp: TopUp, paymentRef: string, author: string): Promise<TopUp> {
    const { topUpId, amountMicros } = topUp;
    if (!(await this.store.claim(topUpId, paymentRef))) throw new NewsRefused('top_up_conflict');
    try {
      return await this.pay(topUp, { source: 'manual', paymentRef, amountMicros, author });
    } catch (error) {
      if (error instanceof NewsRefused) await this.store.disclaim(topUpId);
      throw error;
    }
  }

  /** @throws NewsRefused */
  async pay(
    topUp: TopUp,
    payment: { source: FundsSource; paymentRef: string; amountMicros: bigint; author: string },
  ): Promise<TopUp> {
    const { topUpId, accountId } = topUp;
    settled(await this.writer.submit({ type: 'AddFunds', accountId, ...payment, note: `Top-up ${topUpId}` }));
    await this.store.complete(topUpId, payment.paymentRef);
    return (await this.store.get(topUpId))!;
  }

  /**
   * What came to a provider's webhook; undefined when it was not from the provider.
   * @throws PaymentUnknown, NewsRefused
   */
  async apply(
    name: string,
    body: Buffer,
    signature: string,
  ): Promise<{ eventId: string; outcome: Applied } | undefined> {
    const provider = this.providers.get(name);
    const event = provider?.read(body, signature) ?? 'forged';
    if (provider === undefined || event === 'forged') return undefined;
    const outcome = await this.applyOnce(provider, event).catch((error: unknown) =>
      this.failed(provider, event, error),
    );
    paymentEvents.inc({ provider: name, outcome });
    return { eventId: event.eventId, outcome };
  }

  private async applyOnce(provider: PaymentProvider, { eventId, news }: PaymentEvent): Promise<Applied> {
    if (await this.store.isApplied(provider.name, eventId)) return 'replayed';
    const outcome = await this.carryOut(provider, news);
    await this.store.rememberEvent(provider.name, eventId, outcome);
    if (outcome === 'not_ours')
      this.logger.info(
        { provider: provider.name, eventId, ...('paymentRef' in news ? { paymentRef: news.paymentRef } : {}) },
        'news of a payment that is not ours',
      );
    return outcome;
  }

  private failed({ name: provider }: PaymentProvider, { eventId }: PaymentEvent, error: unknown): never {
    const outcome = error instanceof PaymentUnknown ? 'early' : error instanceof NewsRefused ? 'refused' : 'failed';
    paymentEvents.inc({ provider, outcome });
    if (outcome === 'refused')
      this.logger.error({ provider, eventId, err: error }, 'the ledger refused what a payment provider says happened');
    throw error;
  }

  private async carryOut(provider: PaymentProvider, news: PaymentNews): Promise<Applied> {
    switch (news.type) {
      case 'ignored':
      case 'not_ours':
        return news.type;
      case 'ended':
        return this.end(provider, news);
      case 'method_saved':
        return this.saveMethod(provider, news);
      case 'paid':
        return this.carryOutPaid(provider, news);
      case 'reversed':
      case 'reinstated':
        return this.carryOutReversal(provider, news);
    }
  }

  private async saveMethod(
    { name, cards }: PaymentProvider,
    { accountId, setupRef }: Extract<PaymentNews, { type: 'method_saved' }>,
  ): Promise<Applied> {
    const saved = await cards?.saved(setupRef);
    return saved !== undefined && (await this.automatic.saveMethod(accountId, name, saved))
      ? 'method_saved'
      : 'not_ours';
  }

  private async end(
    provider: PaymentProvider,
    { topUpId, status, code }: Extract<PaymentNews, { type: 'ended' }>,
  ): Promise<Applied> {
    const topUp = await this.ordered(provider, topUpId);
    if (topUp === undefined) return 'not_ours';
    if (topUp.automatic && topUp.status === 'pending')
      await this.automatic.decline({ topUpId, accountId: topUp.accountId, provider: provider.name }, code ?? status);
    await this.store.end(topUpId, status);
    return 'top_up_ended';
  }

  private async carryOutPaid(
    provider: PaymentProvider,
    { topUpId, paymentRef, amountMicros }: Extract<PaymentNews, { type: 'paid' }>,
  ): Promise<Applied> {
    const topUp = await this.ordered(provider, topUpId);
    if (topUp === undefined) return 'not_ours';
    await this.pay(topUp, { source: 'stripe', paymentRef, amountMicros: kept(amountMicros), author: provider.name });
    return 'funds_added';
  }

  private async carryOutReversal(provider: PaymentProvider, news: Reversal): Promise<Applied> {
    const topUp = await this.store.byPayment(provider.name, news.paymentRef);
    if (topUp === undefined) return this.isForUs(provider, news.paymentRef);
    if (news.type === 'reversed') {
      await this.reverse(provider, topUp.accountId, news);
      return 'funds_reversed';
    }
    await this.reinstate(provider, topUp.accountId, news);
    return 'funds_added';
  }

  /**
   * A reversal names its payment and nothing of ours. When no top-up was paid with that payment, the provider knows whether one
   * will be: then the reversal must come again after the payment's own news; otherwise it is somebody else's and must not.
   */
  private async isForUs(provider: PaymentProvider, paymentRef: string): Promise<'not_ours'> {
    const topUpId = await provider.topUpOf(paymentRef);
    if (topUpId === undefined || (await this.ordered(provider, topUpId)) === undefined) return 'not_ours';
    throw new PaymentUnknown(`the top-up ${topUpId} is not yet paid with ${paymentRef}`);
  }

  /** Undefined: another installation's that shares the account at the provider. */
  private async ordered(provider: PaymentProvider, topUpId: string): Promise<TopUp | undefined> {
    const topUp = await this.store.get(topUpId);
    return topUp?.provider === provider.name ? topUp : undefined;
  }

  private async reverse(
    { name }: PaymentProvider,
    accountId: string,
    { paymentRef, reversalRef, amountMicros, reason }: Reversal,
  ): Promise<void> {
    settled(
      await this.writer.submit({
        type: 'ReverseFunds',
        accountId,
        paymentRef,
        reversalRef,
        amountMicros: kept(amountMicros),
        reason,
        author: name,
      }),
    );
  }

  private async reinstate(
    { name }: PaymentProvider,
    accountId: string,
    { paymentRef, reversalRef, amountMicros, reason }: Reversal,
  ): Promise<void> {
    settled(
      await this.writer.submit({
        type: 'ReinstateFunds',
        accountId,
        paymentRef,
        reversalRef,
        amountMicros: kept(amountMicros),
        author: name,
        note: `The ${reason} did not stand`,
      }),
    );
  }
}

/** @throws NewsRefused */
function kept(amountMicros: bigint | undefined): bigint {
  if (amountMicros === undefined) throw new NewsRefused('currency_not_kept');
  return amountMicros;
}

function settled({ refusal }: Outcome): void {
  if (refusal !== undefined) throw new NewsRefused(refusal);
}
