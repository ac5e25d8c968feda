import { accept, refuse, unreachable, type Decider, type Decision } from '@usvideo/event-store';
import type {
  AccountCommand, AddFunds, Adjust, HoldCommand, HoldTerms, PlaceHold, Refusal, RefundCapture, ReverseFunds, SetLowBalanceThreshold, SetSpendCap,
  Settle, VoidHold,
} from './commands';
import { changeIn, type AccountEvent } from './postings';
import type { Price } from './price';

/** `pending → captured | released`, once. */
export interface Hold {
  readonly accountId: string;
  readonly state: 'pending' | 'captured' | 'released';
  /** Undefined for a tombstone: a hold that was voided before it was placed. */
  readonly placed: { readonly terms: HoldTerms; readonly price: Price } | undefined;
  readonly amountMicros: bigint;
  readonly capturedMicros: bigint;
  readonly releasedMicros: bigint;
  readonly refundedMicros: bigint;
  readonly lateOutcomeRecorded: boolean;
  /** The UTC day of the charge; empty without one. */
  readonly chargedDay: string;
}

export interface Payment {
  readonly amountMicros: bigint;
  readonly reversedMicros: bigint;
  readonly source: string;
}

/** A monthly cap and what counts against it: what was spent in the month and what is held. */
export interface Cap {
  /** Undefined: no cap. */
  readonly limitMicros: bigint | undefined;
  readonly spentMicros: bigint;
  readonly heldMicros: bigint;
}

/** What was done before under the natural key of a refund, a reversal or an adjustment. */
export interface Done {
  /** The payment or the job; empty for an adjustment. */
  readonly subject: string;
  readonly amountMicros: bigint;
}

/** What one command may look at: the account's balance and caps, and the hold, payment or natural key that the command names. */
export interface AccountState {
  readonly accountId: string;
  readonly availableMicros: bigint;
  readonly heldMicros: bigint;
  /** What the account owes; while it owes, nothing is available. */
  readonly receivableMicros: bigint;
  readonly thresholdMicros: bigint;
  readonly accountCap: Cap;
  /** Of the key that the command names. */
  readonly keyCap: Cap;
  readonly hold: Hold | undefined;
  readonly payment: Payment | undefined;
  readonly done: Done | undefined;
}

/** A billion dollars: far above any payment, and far enough below 64 bits that a balance cannot overflow. */
export const AMOUNT_MICROS_MAX = 1_000_000_000_000_000n;
export const NO_CAP: Cap = { limitMicros: undefined, spentMicros: 0n, heldMicros: 0n };

type Verdict = Decision<AccountEvent, Refusal>;

export const account: Decider<AccountState, AccountCommand, AccountEvent, Refusal> = { decide, evolve };

/** A verdict against a hold that ended another way is recorded as a fact and refused all the same. */
export function refusalOf(decision: Verdict): Refusal | undefined {
  if (!decision.accepted) return decision.refusal;
  return decision.events.some((event) => event.$case === 'lateOutcomeRecorded') ? 'verdict_conflict' : undefined;
}

function decide(state: AccountState, command: AccountCommand): Verdict {
  const decision = decideOne(state, command);
  return decision.accepted ? accept(...decision.events, ...lowBalance(state, decision.events)) : decision;
}

function decideOne(state: AccountState, command: AccountCommand): Verdict {
  switch (command.type) {
    case 'AddFunds': return addFunds(state, command);
    case 'ReverseFunds': return reverseFunds(state, command);
    case 'Adjust': return adjust(state, command);
    case 'SetSpendCap': return setSpendCap(state, command);
    case 'SetLowBalanceThreshold': return setLowBalanceThreshold(state, command);
    default: return decideOnHold(state, command);
  }
}

function decideOnHold(state: AccountState, command: HoldCommand): Verdict {
  if (state.hold !== undefined && state.hold.accountId !== command.accountId) return refuse('hold_conflict');
  switch (command.type) {
    case 'PlaceHold': return placeHold(state, command);
    case 'VoidHold': return voidHold(state, command);
    case 'Settle': return settle(state, command);
    case 'RefundCapture': return refundCapture(state, command);
    default: return unreachable(command);
  }
}

function addFunds(state: AccountState, command: AddFunds): Verdict {
  const { amountMicros, source, paymentRef, author, note } = command;
  if (!inRange(amountMicros)) return refuse('amount_out_of_range');
  if (state.payment !== undefined) return state.payment.amountMicros === amountMicros ? accept() : refuse('payment_conflict');
  return accept({ $case: 'fundsAdded', value: { amountMicros, source, paymentRef, author, note, ...settling(state, amountMicros) } });
}

function placeHold(state: AccountState, { jobId, terms, offer }: PlaceHold): Verdict {
  const { hold } = state;
  if (hold?.placed !== undefined && !sameTerms(hold.placed.terms, terms)) return refuse('hold_conflict');
  if (hold?.state === 'released') return refuse('hold_voided');
  if (hold !== undefined) return accept();
  if ('refusal' in offer) return refuse(offer.refusal);
  const { amountMicros } = offer.price;
  if (exceeds(state.accountCap, amountMicros) || exceeds(state.keyCap, amountMicros)) return refuse('spend_cap_reached');
  if (amountMicros > state.availableMicros) return refuse('insufficient_balance');
  return accept({ $case: 'holdPlaced', value: { jobId, ...terms, ...offer.price, ...(offer.quoted ? { quoted: true } : {}) } });
}

function voidHold(state: AccountState, { jobId }: VoidHold): Verdict {
  if (state.hold?.state === 'captured') return refuse('hold_captured');
  if (state.hold?.state === 'released') return accept();
  return accept(released(state, jobId, state.hold?.amountMicros ?? 0n, 'voided'));
}

function settle(state: AccountState, command: Settle): Verdict {
  const { jobId, chargedMicros, releasedMicros, rule } = command;
  const { hold } = state;
  if (hold === undefined) return refuse('hold_unknown');
  if (hold.state !== 'pending') return settleEnded(hold, command);
  if (chargedMicros > hold.amountMicros) return refuse('capture_exceeds_hold');
  if (chargedMicros < 0n || chargedMicros + releasedMicros !== hold.amountMicros) return refuse('verdict_not_whole');
  if (chargedMicros === 0n) return accept(released(state, jobId, releasedMicros, rule));
  return accept({ $case: 'holdCaptured', value: { jobId, capturedMicros: chargedMicros, releasedMicros, rule, ...settling(state, releasedMicros) } });
}

function settleEnded(hold: Hold, command: Settle): Verdict {
  const { jobId, chargedMicros, releasedMicros, rule } = command;
  if (hold.capturedMicros === chargedMicros && hold.releasedMicros === releasedMicros) return accept();
  if (hold.lateOutcomeRecorded) return refuse('verdict_conflict');
  return accept({ $case: 'lateOutcomeRecorded', value: { jobId, chargedMicros, releasedMicros, rule, refusal: `hold_already_${hold.state}` } });
}

function refundCapture(state: AccountState, { jobId, refundKey, amountMicros, reason, author }: RefundCapture): Verdict {
  const { hold, done } = state;
  if (!inRange(amountMicros)) return refuse('amount_out_of_range');
  if (hold === undefined) return refuse('hold_unknown');
  if (done !== undefined) return done.amountMicros === amountMicros ? accept() : refuse('refund_conflict');
  if (hold.state !== 'captured' || hold.placed === undefined) return refuse('hold_not_captured');
  if (hold.refundedMicros + amountMicros > hold.capturedMicros) return refuse('refund_exceeds_capture');
  const { apiKeyId, resolution } = hold.placed.terms;
  return accept({
    $case: 'captureRefunded',
    value: { jobId, refundKey, amountMicros, settledMicros: settled(state, amountMicros), reason, author, apiKeyId, resolution, chargedDay: hold.chargedDay },
  });
}

function reverseFunds(state: AccountState, { paymentRef, reversalRef, amountMicros, reason, author }: ReverseFunds): Verdict {
  const { payment, done, availableMicros } = state;
  if (!inRange(amountMicros)) return refuse('amount_out_of_range');
  if (done !== undefined) return done.amountMicros === amountMicros && done.subject === paymentRef ? accept() : refuse('reversal_conflict');
  if (payment === undefined) return refuse('payment_unknown');
  if (payment.reversedMicros + amountMicros > payment.amountMicros) return refuse('reversal_exceeds_payment');
  // Held money belongs to jobs that may still be delivered: it is not touched, and what is missing is owed.
  const receivableMicros = amountMicros > availableMicros ? amountMicros - availableMicros : 0n;
  return accept({ $case: 'fundsReversed', value: { paymentRef, reversalRef, amountMicros, receivableMicros, source: payment.source, reason, author } });
}

function adjust(state: AccountState, { adjustmentRef, amountMicros, reason, author }: Adjust): Verdict {
  const { done } = state;
  if (amountMicros === 0n || amountMicros > AMOUNT_MICROS_MAX || amountMicros < -AMOUNT_MICROS_MAX) return refuse('amount_out_of_range');
  if (done !== undefined) return done.amountMicros === amountMicros ? accept() : refuse('adjustment_conflict');
  if (-amountMicros > state.availableMicros) return refuse('insufficient_balance');
  const settledMicros = amountMicros > 0n ? settled(state, amountMicros) : 0n;
  return accept({ $case: 'adjustmentMade', value: { adjustmentRef, amountMicros, settledMicros, reason, author } });
}

function setSpendCap(state: AccountState, { apiKeyId, limitMicros, author }: SetSpendCap): Verdict {
  const cap = apiKeyId === '' ? state.accountCap : state.keyCap;
  if (limitMicros !== undefined && (limitMicros < 0n || limitMicros > AMOUNT_MICROS_MAX)) return refuse('amount_out_of_range');
  if (cap.limitMicros === limitMicros) return accept();
  return accept({ $case: 'spendCapSet', value: { apiKeyId, author, ...(limitMicros === undefined ? {} : { limitMicros }) } });
}

function setLowBalanceThreshold(state: AccountState, { thresholdMicros, author }: SetLowBalanceThreshold): Verdict {
  if (thresholdMicros < 0n || thresholdMicros > AMOUNT_MICROS_MAX) return refuse('amount_out_of_range');
  return state.thresholdMicros === thresholdMicros ? accept() : accept({ $case: 'lowBalanceThresholdSet', value: { thresholdMicros, author } });
}

/** Said once when the balance falls below the threshold, or the threshold rises above the balance. */
function lowBalance(before: AccountState, events: readonly AccountEvent[]): AccountEvent[] {
  const after = events.reduce(evolve, before);
  const isLow = (state: AccountState) => state.availableMicros < state.thresholdMicros;
  if (isLow(before) || !isLow(after)) return [];
  return [{ $case: 'balanceLow', value: { availableMicros: after.availableMicros, thresholdMicros: after.thresholdMicros } }];
}

function released(state: AccountState, jobId: string, releasedMicros: bigint, rule: string): AccountEvent {
  return { $case: 'holdReleased', value: { jobId, releasedMicros, rule, ...settling(state, releasedMicros) } };
}

/** The part of incoming money that settles what is owed. */
function settled(state: AccountState, incomingMicros: bigint): bigint {
  return incomingMicros < state.receivableMicros ? incomingMicros : state.receivableMicros;
}

/** Left out of the event where nothing is owed, which is nearly always. */
function settling(state: AccountState, incomingMicros: bigint): { settledMicros?: bigint } {
  const settledMicros = settled(state, incomingMicros);
  return settledMicros === 0n ? {} : { settledMicros };
}

function exceeds(cap: Cap, micros: bigint): boolean {
  const spentMicros = cap.spentMicros > 0n ? cap.spentMicros : 0n;
  return cap.limitMicros !== undefined && spentMicros + cap.heldMicros + micros > cap.limitMicros;
}

function inRange(micros: bigint): boolean {
  return micros > 0n && micros <= AMOUNT_MICROS_MAX;
}

function sameTerms(one: HoldTerms, other: HoldTerms): boolean {
  return one.model === other.model && one.resolution === other.resolution
    && one.durationSeconds === other.durationSeconds && one.apiKeyId === other.apiKeyId;
}

function evolve(state: AccountState, event: AccountEvent): AccountState {
  const moved = {
    ...state,
    availableMicros: state.availableMicros + changeIn('available', event),
    heldMicros: state.heldMicros + changeIn('held', event),
    receivableMicros: state.receivableMicros - changeIn('receivable', event),
  };
  switch (event.$case) {
    case 'fundsAdded': return { ...moved, payment: { amountMicros: event.value.amountMicros, reversedMicros: 0n, source: event.value.source } };
    case 'fundsReversed': {
      const { payment } = state;
      const { amountMicros, paymentRef: subject } = event.value;
      return { ...moved, done: { subject, amountMicros }, payment: payment && { ...payment, reversedMicros: payment.reversedMicros + amountMicros } };
    }
    case 'adjustmentMade': return { ...moved, done: { subject: '', amountMicros: event.value.amountMicros } };
    case 'captureRefunded': return { ...moved, done: { subject: event.value.jobId, amountMicros: event.value.amountMicros }, hold: evolveHold(state, event) };
    case 'lowBalanceThresholdSet': return { ...moved, thresholdMicros: event.value.thresholdMicros };
    case 'holdPlaced': case 'holdCaptured': case 'holdReleased': case 'lateOutcomeRecorded': return { ...moved, hold: evolveHold(state, event) };
    case 'spendCapSet': case 'periodClosed': case 'balanceLow': return moved;
  }
}

type HoldEvent = Extract<AccountEvent, { $case: 'holdPlaced' | 'holdCaptured' | 'holdReleased' | 'lateOutcomeRecorded' | 'captureRefunded' }>;

function evolveHold({ accountId, hold }: AccountState, event: HoldEvent): Hold {
  const before: Hold = hold ?? {
    accountId, state: 'pending', placed: undefined, amountMicros: 0n, capturedMicros: 0n, releasedMicros: 0n, refundedMicros: 0n,
    lateOutcomeRecorded: false, chargedDay: '',
  };
  switch (event.$case) {
    case 'holdPlaced': {
      const { apiKeyId, model, resolution, durationSeconds, perSecondMicros, priceVersion, amountMicros } = event.value;
      const placed = { terms: { apiKeyId, model, resolution, durationSeconds }, price: { perSecondMicros, priceVersion, amountMicros } };
      return { ...before, placed, amountMicros };
    }
    case 'holdCaptured': return { ...before, state: 'captured', capturedMicros: event.value.capturedMicros, releasedMicros: event.value.releasedMicros };
    case 'holdReleased': return { ...before, state: 'released', releasedMicros: event.value.releasedMicros };
    case 'captureRefunded': return { ...before, refundedMicros: before.refundedMicros + event.value.amountMicros };
    case 'lateOutcomeRecorded': return { ...before, lateOutcomeRecorded: true };
    default: return unreachable(event);
  }
}
