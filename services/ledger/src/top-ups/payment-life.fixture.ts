import fc from 'fast-check';

type RefundStatus = 'requires_action' | 'pending' | 'succeeded' | 'failed' | 'canceled';

interface Refund {
  readonly id: string;
  readonly cents: number;
  status: RefundStatus;
}
interface Dispute {
  readonly id: string;
  readonly cents: number;
  state: 'opened' | 'withdrawn' | 'won' | 'lost';
}

/** News as Stripe sends it. */
export interface Sent {
  readonly eventId: string;
  readonly type: string;
  readonly object: Record<string, unknown>;
}

/** What happens to a payment next, by choices that are taken modulo what is possible. */
export interface Step {
  readonly what: 'refund' | 'refund goes on' | 'dispute' | 'dispute goes on';
  readonly which: number;
  readonly share: number;
}

export const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('refund', 'refund goes on', 'refund goes on', 'dispute', 'dispute goes on', 'dispute goes on'),
  which: fc.nat({ max: 11 }),
  share: fc.constantFrom(0.2, 0.5, 1),
});

/** https://docs.stripe.com/refunds and .../disputes/how-disputes-work: from where to where. */
const REFUND_GOES_TO: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  requires_action: ['pending', 'succeeded', 'failed', 'canceled'],
  pending: ['succeeded', 'failed', 'canceled'],
  succeeded: ['failed'],
  failed: [],
  canceled: [],
};
const DISPUTE_GOES_TO: Readonly<Record<Dispute['state'], readonly Dispute['state'][]>> = {
  opened: ['withdrawn', 'won', 'lost'],
  withdrawn: ['won', 'lost'],
  won: [],
  lost: [],
};

/** One payment at Stripe from its order on. Never is more of it away than there was; what is sent of it may come in any order. */
export class PaymentLife {
  readonly sent: Sent[] = [];
  private readonly refunds: Refund[] = [];
  private readonly disputes: Dispute[] = [];
  private number = 0;

  constructor(
    private readonly topUpId: string,
    readonly paymentIntent: string,
    private readonly cents: number,
    isSlow: boolean,
  ) {
    if (isSlow) this.send('checkout.session.completed', { ...this.session(), payment_status: 'unpaid' });
    this.send(isSlow ? 'checkout.session.async_payment_succeeded' : 'checkout.session.completed', this.session());
  }

  take({ what, which, share }: Step): void {
    switch (what) {
      case 'refund':
        return this.refund(share, (['pending', 'succeeded', 'requires_action'] as const)[which % 3]!);
      case 'refund goes on':
        return this.goOn(this.refunds[which % this.refunds.length], which);
      case 'dispute':
        return this.dispute(share);
      case 'dispute goes on':
        return this.disputeGoesOn(this.disputes[which % this.disputes.length], which);
    }
  }

  /** What is away in the end. */
  get awayCents(): number {
    const refunded = this.refunds.filter(({ status }) => status === 'pending' || status === 'succeeded');
    const disputed = this.disputes.filter(
      ({ state, id }) => state === 'withdrawn' || (state === 'lost' && this.wasWithdrawn(id)),
    );
    return [...refunded, ...disputed].reduce((sum, { cents }) => sum + cents, 0);
  }

  /** Stripe refunds and lets dispute no more than is left, and what is asked for is taken at once. */
  private get leftCents(): number {
    const asked = this.refunds.filter(({ status }) => status === 'requires_action');
    const disputable = this.disputes.filter(({ state }) => state === 'opened');
    return this.cents - this.awayCents - [...asked, ...disputable].reduce((sum, { cents }) => sum + cents, 0);
  }

  private refund(share: number, status: RefundStatus): void {
    const cents = Math.floor(this.leftCents * share);
    if (cents < 1) return;
    const refund = { id: `re_${this.paymentIntent}_${this.refunds.length}`, cents, status };
    this.refunds.push(refund);
    this.sendRefund('refund.created', refund);
  }

  private goOn(refund: Refund | undefined, which: number): void {
    const next = refund && REFUND_GOES_TO[refund.status];
    if (refund === undefined || next === undefined || next.length === 0) return;
    refund.status = next[which % next.length]!;
    this.sendRefund('refund.updated', refund);
    if (refund.status === 'failed') this.sendRefund('refund.failed', refund);
  }

  private dispute(share: number): void {
    const cents = Math.floor(this.leftCents * share);
    if (cents < 1) return;
    const dispute: Dispute = { id: `dp_${this.paymentIntent}_${this.disputes.length}`, cents, state: 'opened' };
    this.disputes.push(dispute);
    this.sendDispute('created', dispute);
  }

  /** An inquiry ends without that money was ever withdrawn. */
  private disputeGoesOn(dispute: Dispute | undefined, which: number): void {
    const next = dispute && DISPUTE_GOES_TO[dispute.state];
    if (dispute === undefined || next === undefined || next.length === 0) return;
    const before = dispute.state;
    dispute.state = next[which % next.length]!;
    if (dispute.state === 'withdrawn') return this.sendDispute('funds_withdrawn', dispute);
    this.sendDispute('closed', dispute);
    if (dispute.state === 'won' && before === 'withdrawn') this.sendDispute('funds_reinstated', dispute);
  }

  private wasWithdrawn(id: string): boolean {
    return this.sent.some(({ type, object }) => type === 'charge.dispute.funds_withdrawn' && object['id'] === id);
  }

  private session(): Record<string, unknown> {
    return {
      id: `cs_${this.topUpId}`,
      object: 'checkout.session',
      client_reference_id: this.topUpId,
      metadata: { top_up_id: this.topUpId },
      payment_intent: this.paymentIntent,
      payment_status: 'paid',
      amount_total: this.cents,
      currency: 'usd',
    };
  }

  private sendRefund(type: string, { id, cents, status }: Refund): void {
    this.send(type, {
      id,
      object: 'refund',
      payment_intent: this.paymentIntent,
      amount: cents,
      currency: 'usd',
      status,
    });
  }

  private sendDispute(what: string, { id, cents, state }: Dispute): void {
    this.send(`charge.dispute.${what}`, {
      id,
      object: 'dispute',
      payment_intent: this.paymentIntent,
      amount: cents,
      currency: 'usd',
      status: state,
    });
  }

  private send(type: string, object: Record<string, unknown>): void {
    this.sent.push({ eventId: `evt_${this.paymentIntent}_${this.number++}`, type, object });
  }
}
