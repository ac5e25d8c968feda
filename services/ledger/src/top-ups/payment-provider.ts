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

/** What really moved, not what was ordered. Undefined: it moved in a currency that the ledger does not keep. */
type Moved = { readonly paymentRef: string; readonly amountMicros: bigint | undefined };

/** What a provider says happened. */
export type PaymentNews =
  | (Moved & { readonly type: 'paid'; readonly topUpId: string })
  | { readonly type: 'ended'; readonly topUpId: string; readonly status: 'failed' | 'expired'; readonly code?: string }
  | (Moved & { readonly type: 'reversed'; readonly reversalRef: string; readonly reason: string })
  /** A reversal that did not last: a failed refund, a dispute that was won. */
  | (Moved & { readonly type: 'reinstated'; readonly reversalRef: string; readonly reason: string })
  /** A payment method was saved for an account, under the provider's name of the setup. */
  | { readonly type: 'method_saved'; readonly accountId: string; readonly setupRef: string }
  /** Nothing that moves money, or not yet. */
  | { readonly type: 'ignored' }
  /** Of something else that is sold through the same account at the provider. */
  | { readonly type: 'not_ours' };

export interface PaymentEvent {
  readonly eventId: string;
  readonly news: PaymentNews;
}

/** The order cannot be taken as it is; the message is for the caller. */
export class OrderRefused extends Error {
  override readonly name = 'OrderRefused';
}

export interface SetUpOrder {
  readonly accountId: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface SavedMethod {
  readonly customerRef: string;
  readonly methodRef: string;
  /** As people know it, such as "visa 4242". */
  readonly label: string;
}

export interface CardCharge
  extends Pick<PaymentOrder, 'topUpId' | 'accountId' | 'amountMicros'>, Omit<SavedMethod, 'label'> {}

export type ChargeOutcome =
  | { readonly status: 'paid'; readonly paymentRef: string; readonly amountMicros: bigint }
  | { readonly status: 'declined'; readonly code: string }
  /** Its news will say. */
  | { readonly status: 'pending' };

/** Keeps payment methods and charges them while the customer is away. */
export interface CardKeeper {
  /** The page where the customer enters one. @throws OrderRefused */
  setUp(order: SetUpOrder): Promise<Checkout>;
  /** Undefined: that setup saved none. */
  saved(setupRef: string): Promise<SavedMethod | undefined>;
  /** Called again for the same top-up after an unknown outcome, it charges no second time. @throws when the outcome is unknown */
  charge(charge: CardCharge): Promise<ChargeOutcome>;
}

/** Whom customers pay. */
export interface PaymentProvider {
  readonly name: 'manual' | 'stripe';
  /** Undefined: nothing is charged without the customer. */
  readonly cards?: CardKeeper;
  /** Called again for the same order after an unknown outcome. @throws OrderRefused */
  open(order: PaymentOrder): Promise<Checkout>;
  /** Reads what came to the webhook; `forged` when the signature of the raw body is not the provider's. */
  read(body: Buffer, signature: string): PaymentEvent | 'forged';
  /** The top-up that a payment was made for, as the provider keeps it with the payment; undefined: it was made for something else. */
  topUpOf(paymentRef: string): Promise<string | undefined>;
}

/** An operator sees the money arrive and says so. */
export const manualProvider: PaymentProvider = {
  name: 'manual',
  open: () => Promise.resolve({ providerRef: undefined, url: '' }),
  read: () => 'forged',
  topUpOf: () => Promise.resolve(undefined),
};

/** The provider that customers are sent to when they name none, and all that may be named. */
export class Providers {
  constructor(
    readonly byName: ReadonlyMap<string, PaymentProvider>,
    readonly standard: PaymentProvider,
  ) {}
}
