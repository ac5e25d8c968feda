/** What a customer wants to pay in. */
export interface PaymentOrder {
  readonly topUpId: string;
  readonly accountId: string;
  readonly amountMicros: bigint;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface Checkout {
  /** The provider's own name for the order; undefined where it has none. */
  readonly providerRef: string | undefined;
  /** Where the customer pays; empty where nobody has to go anywhere. */
  readonly url: string;
}

/** What a provider says happened. Amounts are what really moved, not what was ordered. */
export type PaymentNews =
  | { readonly type: 'paid'; readonly topUpId: string; readonly paymentRef: string; readonly amountMicros: bigint }
  | { readonly type: 'ended'; readonly topUpId: string; readonly status: 'failed' | 'expired' }
  | { readonly type: 'reversed'; readonly paymentRef: string; readonly reversalRef: string; readonly amountMicros: bigint; readonly reason: string }
  /** A reversal that did not last: a failed refund, a dispute that was won. */
  | { readonly type: 'reinstated'; readonly paymentRef: string; readonly reversalRef: string; readonly amountMicros: bigint; readonly reason: string }
  | { readonly type: 'ignored' };

export interface PaymentEvent {
  readonly eventId: string;
  readonly news: PaymentNews;
}

/** The order cannot be taken as it is; the message is for the caller. */
export class OrderRefused extends Error {
  override readonly name = 'OrderRefused';
}

/** Whom customers pay. */
export interface PaymentProvider {
  readonly name: 'manual' | 'stripe';
  /** Called again for the same order after an unknown outcome. @throws OrderRefused */
  open(order: PaymentOrder): Promise<Checkout>;
  /** Reads what came to the webhook; `forged` when the signature of the raw body is not the provider's. */
  read(body: Buffer, signature: string): PaymentEvent | 'forged';
}

/** An operator sees the money arrive and says so. */
export const manualProvider: PaymentProvider = {
  name: 'manual',
  open: async () => ({ providerRef: undefined, url: '' }),
  read: () => 'forged',
};
