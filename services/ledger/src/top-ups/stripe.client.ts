import http from 'node:http';
import https from 'node:https';
import Stripe from 'stripe';
import { AUTOMATIC, SETUP_ACCOUNT, StripeCards } from './stripe-cards.client';
import {
  OrderRefused,
  type Checkout,
  type PaymentEvent,
  type PaymentNews,
  type PaymentOrder,
  type PaymentProvider,
} from './payment-provider';

export interface StripeSettings {
  readonly secretKey: string;
  readonly webhookSecret: string;
  readonly apiUrl: string;
}

const MICROS_PER_CENT = 10_000n;
const CURRENCY = 'usd';
const TIMEOUT_MS = 10_000;

/** Stripe Checkout through Stripe's own library. */
export class StripeProvider implements PaymentProvider {
  readonly name = 'stripe';
  readonly cards: StripeCards;
  private readonly stripe: Stripe;

  constructor(private readonly settings: StripeSettings) {
    const url = new URL(settings.apiUrl);
    this.stripe = new Stripe(settings.secretKey, {
      host: url.hostname,
      protocol: url.protocol === 'http:' ? 'http' : 'https',
      port: url.port === '' ? defaultPort(url) : url.port,
      timeout: TIMEOUT_MS,
      maxNetworkRetries: 2,
      telemetry: false,
      // The process's own agent, which knows the proxy of the environment.
      httpAgent: url.protocol === 'http:' ? http.globalAgent : https.globalAgent,
    });
    this.cards = new StripeCards(this.stripe);
  }

  async open(order: PaymentOrder): Promise<Checkout> {
    if (order.amountMicros % MICROS_PER_CENT !== 0n) throw new OrderRefused('the amount is in whole cents');
    const metadata = { top_up_id: order.topUpId, account_id: order.accountId };
    try {
      const session = await this.stripe.checkout.sessions.create(
        {
          mode: 'payment',
          client_reference_id: order.topUpId,
          metadata,
          payment_intent_data: { metadata },
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency: CURRENCY,
                unit_amount: Number(order.amountMicros / MICROS_PER_CENT),
                product_data: { name: 'Balance top-up' },
              },
            },
          ],
          success_url: order.successUrl,
          cancel_url: order.cancelUrl,
        },
        { idempotencyKey: order.topUpId },
      );
      return { providerRef: session.id, url: session.url ?? '' };
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError)
        throw new OrderRefused(error.message, { cause: error });
      throw error;
    }
  }

  read(body: Buffer, signature: string): PaymentEvent | 'forged' {
    try {
      const event = this.stripe.webhooks.constructEvent(body, signature, this.settings.webhookSecret);
      return { eventId: event.id, news: newsIn(event) };
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) return 'forged';
      throw error;
    }
  }

  /** A payment carries what `open` put on it; one that Stripe does not show to this key was not opened with it. */
  async topUpOf(paymentRef: string): Promise<string | undefined> {
    try {
      return (await this.stripe.paymentIntents.retrieve(paymentRef)).metadata['top_up_id'];
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
        return undefined;
      throw error;
    }
  }
}

/** Both names of the order: another shop in the same account may use the first for its own. */
function topUpOf(session: Stripe.Checkout.Session): string | undefined {
  const topUpId = session.metadata?.['top_up_id'];
  return topUpId !== undefined && topUpId === session.client_reference_id ? topUpId : undefined;
}

function newsIn(event: Stripe.Event): PaymentNews {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return paidBy(event.data.object);
    case 'checkout.session.async_payment_failed':
      return endedAs(event.data.object, 'failed');
    case 'checkout.session.expired':
      return endedAs(event.data.object, 'expired');
    case 'payment_intent.succeeded':
      return chargedBy(event.data.object);
    case 'payment_intent.payment_failed':
      return notChargedBy(event.data.object);
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return refundedBy(event.data.object);
    case 'charge.dispute.funds_withdrawn':
      return disputedBy(event.data.object, 'reversed');
    case 'charge.dispute.funds_reinstated':
      return disputedBy(event.data.object, 'reinstated');
    default:
      return { type: 'ignored' };
  }
}

/** Of automatic top-ups alone: those of a page are announced by its session. */
function chargedBy(intent: Stripe.PaymentIntent): PaymentNews {
  const topUpId = automaticTopUpOf(intent);
  return topUpId === undefined
    ? { type: 'ignored' }
    : { type: 'paid', topUpId, paymentRef: intent.id, amountMicros: microsOf(intent.amount_received, intent.currency) };
}

function notChargedBy(intent: Stripe.PaymentIntent): PaymentNews {
  const topUpId = automaticTopUpOf(intent);
  return topUpId === undefined
    ? { type: 'ignored' }
    : {
        type: 'ended',
        topUpId,
        status: 'failed',
        code: intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? 'card_declined',
      };
}

function automaticTopUpOf({ metadata }: Stripe.PaymentIntent): string | undefined {
  return metadata[AUTOMATIC] === 'true' ? metadata['top_up_id'] : undefined;
}

/** A session may be complete while its money is still on the way; the event of its arrival follows. */
function paidBy(session: Stripe.Checkout.Session): PaymentNews {
  if (session.mode === 'setup') return savedBy(session);
  const [topUpId, paymentRef] = [topUpOf(session), idOf(session.payment_intent)];
  if (topUpId === undefined) return { type: 'not_ours' };
  if (session.payment_status !== 'paid' || paymentRef === '') return { type: 'ignored' };
  return { type: 'paid', topUpId, paymentRef, amountMicros: microsOf(session.amount_total ?? 0, session.currency) };
}

function savedBy({ metadata, setup_intent: setup }: Stripe.Checkout.Session): PaymentNews {
  const accountId = metadata?.[SETUP_ACCOUNT];
  return accountId === undefined || setup === null
    ? { type: 'not_ours' }
    : { type: 'method_saved', accountId, setupRef: idOf(setup) };
}

function endedAs(session: Stripe.Checkout.Session, status: 'failed' | 'expired'): PaymentNews {
  const topUpId = topUpOf(session);
  return topUpId === undefined ? { type: 'not_ours' } : { type: 'ended', topUpId, status };
}

/** A refund under way takes the money at once: it must not be spent meanwhile. */
function refundedBy(refund: Stripe.Refund): PaymentNews {
  const paymentRef = idOf(refund.payment_intent);
  const type = refund.status === 'failed' || refund.status === 'canceled' ? 'reinstated' : 'reversed';
  if (paymentRef === '') return { type: 'not_ours' };
  if (refund.status === 'requires_action') return { type: 'ignored' };
  return {
    type,
    paymentRef,
    reversalRef: refund.id,
    amountMicros: microsOf(refund.amount, refund.currency),
    reason: 'refund',
  };
}

function disputedBy(dispute: Stripe.Dispute, type: 'reversed' | 'reinstated'): PaymentNews {
  const paymentRef = idOf(dispute.payment_intent);
  if (paymentRef === '') return { type: 'not_ours' };
  return {
    type,
    paymentRef,
    reversalRef: dispute.id,
    amountMicros: microsOf(dispute.amount, dispute.currency),
    reason: 'dispute',
  };
}

/** Undefined for another currency: nothing here could say what it is worth. */
function microsOf(cents: number, currency: string | null): bigint | undefined {
  return currency === CURRENCY ? BigInt(cents) * MICROS_PER_CENT : undefined;
}

function idOf(reference: string | { id: string } | null): string {
  return typeof reference === 'string' ? reference : (reference?.id ?? '');
}

function defaultPort(url: URL): string {
  return url.protocol === 'http:' ? '80' : '443';
}
