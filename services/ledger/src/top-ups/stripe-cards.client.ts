import Stripe from 'stripe';
import {
  OrderRefused,
  type CardCharge,
  type CardKeeper,
  type ChargeOutcome,
  type Checkout,
  type SavedMethod,
  type SetUpOrder,
} from './payment-provider';

const MICROS_PER_CENT = 10_000n;
const CURRENCY = 'usd';
/** Marks what is ours among all that is sold through the same account at Stripe. */
export const SETUP_ACCOUNT = 'auto_top_up_account_id';
export const AUTOMATIC = 'automatic_top_up';

/** Payment methods that Stripe keeps and charges while the customer is away. */
export class StripeCards implements CardKeeper {
  constructor(private readonly stripe: Stripe) {}

  async setUp({ accountId, successUrl, cancelUrl }: SetUpOrder): Promise<Checkout> {
    const metadata = { [SETUP_ACCOUNT]: accountId };
    try {
      const session = await this.stripe.checkout.sessions.create({
        mode: 'setup',
        currency: CURRENCY,
        customer_creation: 'always',
        metadata,
        setup_intent_data: { metadata },
        success_url: successUrl,
        cancel_url: cancelUrl,
      });
      return { providerRef: session.id, url: session.url ?? '' };
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError)
        throw new OrderRefused(error.message, { cause: error });
      throw error;
    }
  }

  async saved(setupRef: string): Promise<SavedMethod | undefined> {
    const { customer, payment_method: method } = await this.stripe.setupIntents.retrieve(setupRef, {
      expand: ['payment_method'],
    });
    if (!customer || !method || typeof method === 'string') return undefined;
    return {
      customerRef: typeof customer === 'string' ? customer : customer.id,
      methodRef: method.id,
      label: labelOf(method),
    };
  }

  async charge({ topUpId, accountId, amountMicros, customerRef, methodRef }: CardCharge): Promise<ChargeOutcome> {
    try {
      const intent = await this.stripe.paymentIntents.create(
        {
          amount: Number(amountMicros / MICROS_PER_CENT),
          currency: CURRENCY,
          customer: customerRef,
          payment_method: methodRef,
          off_session: true,
          confirm: true,
          description: 'Automatic balance top-up',
          metadata: { top_up_id: topUpId, account_id: accountId, [AUTOMATIC]: 'true' },
        },
        { idempotencyKey: topUpId },
      );
      if (intent.status === 'succeeded')
        return {
          status: 'paid',
          paymentRef: intent.id,
          amountMicros: BigInt(intent.amount_received) * MICROS_PER_CENT,
        };
      return intent.status === 'processing' ? { status: 'pending' } : { status: 'declined', code: intent.status };
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError)
        return { status: 'declined', code: error.decline_code ?? error.code ?? 'card_declined' };
      if (error instanceof Stripe.errors.StripeInvalidRequestError)
        return { status: 'declined', code: error.code ?? 'payment_method_unusable' };
      throw error;
    }
  }
}

function labelOf(method: Stripe.PaymentMethod): string {
  return method.card ? `${method.card.brand} ${method.card.last4}` : method.type;
}
