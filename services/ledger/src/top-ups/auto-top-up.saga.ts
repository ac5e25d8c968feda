import type { Logger } from '@usvideo/runtime';
import { paymentEvents } from '../metrics';
import type { AutoTopUpStore, Charge } from './auto-top-up.store';
import type { CardKeeper, PaymentProvider } from './payment-provider';
import type { TopUpStore } from './top-up.store';
import type { TopUps } from './top-ups.saga';

const AT_ONCE_MAX = 20;
/** Providers remember a key for a day; an order older than this is not sent again, lest it be a second charge. */
const SENT_AGAIN_SECONDS_MAX = 20 * 3_600;
const OUTCOMES = ['auto_paid', 'auto_declined', 'auto_pending', 'auto_unknown'] as const;

/**
 * Tops accounts up that fell below their threshold. The order comes first, one at a time for an account; the charge carries the order's
 * id as its key, and the money enters the ledger under the payment's own id, whoever reports it first: this answer or the webhook.
 */
export class AutoTopUps {
  constructor(
    private readonly store: AutoTopUpStore,
    private readonly orders: TopUpStore,
    private readonly topUps: TopUps,
    private readonly providers: ReadonlyMap<string, PaymentProvider>,
    private readonly logger: Logger,
  ) {
    for (const { name, cards } of providers.values())
      if (cards) for (const outcome of OUTCOMES) paymentEvents.inc({ provider: name, outcome }, 0);
  }

  /** True when there may be more at once. */
  async run(): Promise<boolean> {
    const ordered = await this.store.order(AT_ONCE_MAX);
    const charges = await this.store.claimCharges(AT_ONCE_MAX);
    for (const charge of charges) await this.charge(charge);
    return ordered === AT_ONCE_MAX || charges.length === AT_ONCE_MAX;
  }

  private async charge(charge: Charge): Promise<void> {
    const { topUpId, provider } = charge;
    const cards = this.providers.get(provider)?.cards;
    const outcome = await this.send(cards, charge).catch((error: unknown) => {
      this.logger.error(
        { topUpId, provider, attempts: charge.attempts, err: error },
        'it is not known whether an automatic top-up was charged; it is asked again under the same key',
      );
      return 'auto_unknown' as const;
    });
    paymentEvents.inc({ provider, outcome });
  }

  private async send(cards: CardKeeper | undefined, charge: Charge): Promise<(typeof OUTCOMES)[number]> {
    const { topUpId, accountId, amountMicros, provider, customerRef, methodRef } = charge;
    if (charge.ageSeconds > SENT_AGAIN_SECONDS_MAX) return this.giveUp(charge);
    if (cards === undefined) throw new Error(`${provider} is not configured`);
    const outcome = await cards.charge({ topUpId, accountId, amountMicros, customerRef, methodRef });
    switch (outcome.status) {
      case 'paid': {
        const order = await this.orders.get(topUpId);
        await this.topUps.pay(order!, {
          source: 'stripe',
          paymentRef: outcome.paymentRef,
          amountMicros: outcome.amountMicros,
          author: provider,
        });
        return 'auto_paid';
      }
      case 'declined':
        return this.decline(charge, outcome.code);
      case 'pending':
        await this.store.chargeNoMore(topUpId);
        return 'auto_pending';
    }
  }

  /** The account is not charged again before the customer has done something about it. */
  private async decline(charge: Charge, code: string): Promise<'auto_declined'> {
    const { topUpId, provider } = charge;
    await this.store.decline(charge, code);
    await this.orders.end(topUpId, 'failed');
    this.logger.info({ topUpId, provider, code }, 'an automatic top-up was declined');
    return 'auto_declined';
  }

  /** It stays under way: the account is not charged again, and news of the payment still counts. */
  private async giveUp({ topUpId, accountId, provider }: Charge): Promise<'auto_unknown'> {
    await this.store.fail(accountId, 'outcome_unknown', provider);
    await this.store.chargeNoMore(topUpId);
    this.logger.error(
      { topUpId, provider },
      'the provider never said what became of an automatic top-up; look it up there by its top_up_id',
    );
    return 'auto_unknown';
  }
}
