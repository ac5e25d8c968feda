import type { TopUp } from '@usvideo/contracts/ledger';
import { ulid } from 'ulid';
import type { FundsSource, Refusal } from '../domain/commands';
import type { Outcome } from '../domain/batch';
import type { LedgerWriter } from './ledger-writer';
import type { PaymentNews, PaymentProvider } from './payment-provider';
import type { NewTopUp, TopUpStore } from './top-up-store';

export type Applied = 'funds_added' | 'funds_reversed' | 'top_up_ended' | 'ignored' | 'replayed';

/** News of a payment that no top-up of ours was paid with, or not yet: the provider has to say it again. */
export class PaymentUnknown extends Error {
  override readonly name = 'PaymentUnknown';
}

/** The ledger would not do what the provider says happened. A person has to look. */
export class NewsRefused extends Error {
  override readonly name = 'NewsRefused';
  constructor(readonly refusal: Refusal | 'top_up_conflict') {
    super(refusal);
  }
}

export interface TopUpOrder extends Omit<NewTopUp, 'topUpId' | 'provider'> {
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/**
 * Carries news of payments into the ledger. Money moves first, under the payment's own id; what is noted about the top-up and
 * the event follows. A crash in between costs a repetition, which the natural keys make harmless.
 */
export class TopUps {
  constructor(private readonly store: TopUpStore, private readonly writer: LedgerWriter, private readonly providers: ReadonlyMap<string, PaymentProvider>) {}

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

  private async pay(topUp: TopUp, payment: { source: FundsSource; paymentRef: string; amountMicros: bigint; author: string }): Promise<TopUp> {
    const { topUpId, accountId } = topUp;
    settled(await this.writer.submit({ type: 'AddFunds', accountId, ...payment, note: `Top-up ${topUpId}` }));
    await this.store.complete(topUpId, payment.paymentRef);
    return (await this.store.get(topUpId))!;
  }

  /** What came to a provider's webhook; undefined when it was not from the provider. */
  async apply(provider: string, body: Buffer, signature: string): Promise<{ eventId: string; outcome: Applied } | undefined> {
    const event = this.providers.get(provider)?.read(body, signature) ?? 'forged';
    if (event === 'forged') return undefined;
    const { eventId } = event;
    if (await this.store.isApplied(provider, eventId)) return { eventId, outcome: 'replayed' };
    const outcome = await this.carryOut(provider, event.news);
    await this.store.rememberEvent(provider, eventId, outcome);
    return { eventId, outcome };
  }

  private async carryOut(provider: string, news: PaymentNews): Promise<Applied> {
    switch (news.type) {
      case 'ignored': return 'ignored';
      case 'ended': await this.store.end(news.topUpId, news.status); return 'top_up_ended';
      case 'paid': return this.carryOutPaid(provider, news);
      case 'reversed': await this.reverse(provider, news); return 'funds_reversed';
      case 'reinstated': return this.reinstate(provider, news);
    }
  }

  /** A payment of somebody else's order in the same provider account is none of our business. */
  private async carryOutPaid(provider: string, { topUpId, paymentRef, amountMicros }: Extract<PaymentNews, { type: 'paid' }>): Promise<Applied> {
    const topUp = await this.store.get(topUpId);
    if (topUp === undefined || topUp.provider !== provider) return 'ignored';
    await this.pay(topUp, { source: 'stripe', paymentRef, amountMicros, author: provider });
    return 'funds_added';
  }

  private async reverse(provider: string, { paymentRef, reversalRef, amountMicros, reason }: Extract<PaymentNews, { type: 'reversed' | 'reinstated' }>): Promise<string> {
    const topUp = await this.store.byPayment(provider, paymentRef);
    if (topUp === undefined) throw new PaymentUnknown(`no top-up was paid with ${paymentRef}`);
    settled(await this.writer.submit({ type: 'ReverseFunds', accountId: topUp.accountId, paymentRef, reversalRef, amountMicros, reason, author: provider }));
    return topUp.accountId;
  }

  /** Events come in any order: the reversal is made sure of first, so that a late one finds its key taken and changes nothing. */
  private async reinstate(provider: string, news: Extract<PaymentNews, { type: 'reinstated' }>): Promise<Applied> {
    const accountId = await this.reverse(provider, news);
    const { reversalRef, amountMicros, reason } = news;
    settled(await this.writer.submit({
      type: 'AddFunds', accountId, source: 'stripe', amountMicros, paymentRef: `${reversalRef}:reinstated`, author: provider, note: `The ${reason} did not stand`,
    }));
    return 'funds_added';
  }
}

function settled({ refusal }: Outcome): void {
  if (refusal !== undefined) throw new NewsRefused(refusal);
}
