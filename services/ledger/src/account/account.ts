import { accept, refuse, unreachable, type Decider, type Decision } from '@usvideo/event-store';
import { evolve, type AccountState, type Cap, type Done, type Hold } from './account-state';
import type {
  AccountCommand,
  AddFunds,
  Adjust,
  HoldCommand,
  PlaceHold,
  Refusal,
  RefundCapture,
  ReinstateFunds,
  ResetSandbox,
  ReverseFunds,
  SetLowBalanceThreshold,
  SetSpendCap,
  Settle,
  VoidHold,
} from './commands';
import { netOf } from './account-balance';
import type { AccountEvent } from './postings';
import { SANDBOX_FUNDS_MICROS } from './sandbox';
import type { HoldTerms } from '../prices/price';

/** A billion dollars: far above any payment, and far enough below 64 bits that a balance cannot overflow. */
export const AMOUNT_MICROS_MAX = 1_000_000_000_000_000n;

type Decided = Decision<AccountEvent, Refusal>;

export const account: Decider<AccountState, AccountCommand, AccountEvent, Refusal> = { decide, evolve };

/** A verdict against a hold that ended another way is recorded as a fact and refused all the same. */
export function refusalOf(decision: Decided): Refusal | undefined {
  if (!decision.accepted) return decision.refusal;
  return decision.events.some((event) => event.$case === 'lateOutcomeRecorded') ? 'verdict_conflict' : undefined;
}

function decide(state: AccountState, command: AccountCommand): Decided {
  const decision = decideOne(state, command);
  return decision.accepted ? accept(...decision.events, ...lowBalance(state, decision.events)) : decision;
}

function decideOne(state: AccountState, command: AccountCommand): Decided {
  switch (command.type) {
    case 'AddFunds':
      return addFunds(state, command);
    case 'ReverseFunds':
      return reverseFunds(state, command);
    case 'ReinstateFunds':
      return reinstateFunds(state, command);
    case 'Adjust':
      return adjust(state, command);
    case 'SetSpendCap':
      return setSpendCap(state, command);
    case 'SetLowBalanceThreshold':
      return setLowBalanceThreshold(state, command);
    case 'OpenSandbox':
      return accept();
    case 'ResetSandbox':
      return resetSandbox(state, command);
    default:
      return decideOnHold(state, command);
  }
}

function decideOnHold(state: AccountState, command: HoldCommand): Decided {
  if (state.hold !== undefined && state.hold.accountId !== command.accountId) return refuse('hold_conflict');
  switch (command.type) {
    case 'PlaceHold':
      return placeHold(state, command);
    case 'VoidHold':
      return voidHold(state, command);
    case 'Settle':
      return settle(state, command);
    case 'RefundCapture':
      return refundCapture(state, command);
    default:
      return unreachable(command);
  }
}

function addFunds(state: AccountState, command: AddFunds): Decided {
  const { amountMicros, source, paymentRef, author, note } = command;
  if (!inRange(amountMicros)) return refuse('amount_out_of_range');
  if (state.payment !== undefined)
    return state.payment.amountMicros === amountMicros ? accept() : refuse('payment_conflict');
  return accept({
    $case: 'fundsAdded',
    value: { amountMicros, source, paymentRef, author, note, ...settling(state, amountMicros) },
  });
}

function placeHold(state: AccountState, { jobId, terms, offer }: PlaceHold): Decided {
  const { hold } = state;
  if (hold?.placed !== undefined && !sameTerms(hold.placed.terms, terms)) return refuse('hold_conflict');
  if (hold?.state === 'released') return refuse('hold_voided');
  if (hold !== undefined) return accept();
  if ('refusal' in offer) return refuse(offer.refusal);
  const { amountMicros } = offer.price;
  if (exceeds(state.accountCap, amountMicros) || exceeds(state.keyCap, amountMicros))
    return refuse('spend_cap_reached');
  if (amountMicros > state.availableMicros) return refuse('insufficient_balance');
  return accept({
    $case: 'holdPlaced',
    value: { jobId, ...terms, ...offer.price, ...(offer.quoted ? { quoted: true } : {}) },
  });
}

function voidHold(state: AccountState, { jobId }: VoidHold): Decided {
  if (state.hold?.state === 'captured') return refuse('hold_captured');
  if (state.hold?.state === 'released') return accept();
  return accept(released(state, jobId, state.hold?.amountMicros ?? 0n, 'voided'));
}

function settle(state: AccountState, command: Settle): Decided {
  const { jobId, chargedMicros, releasedMicros, rule } = command;
  const { hold } = state;
  if (hold === undefined) return refuse('hold_unknown');
  if (hold.state !== 'pending') return settleEnded(hold, command);
  if (chargedMicros > hold.amountMicros) return refuse('capture_exceeds_hold');
  if (chargedMicros < 0n || chargedMicros + releasedMicros !== hold.amountMicros) return refuse('verdict_not_whole');
  if (chargedMicros === 0n) return accept(released(state, jobId, releasedMicros, rule));
  return accept({
    $case: 'holdCaptured',
    value: { jobId, capturedMicros: chargedMicros, releasedMicros, rule, ...settling(state, releasedMicros) },
  });
}

function settleEnded(hold: Hold, command: Settle): Decided {
  const { jobId, chargedMicros, releasedMicros, rule } = command;
  if (hold.capturedMicros === chargedMicros && hold.releasedMicros === releasedMicros) return accept();
  if (hold.lateOutcomeRecorded) return refuse('verdict_conflict');
  return accept({
    $case: 'lateOutcomeRecorded',
    value: { jobId, chargedMicros, releasedMicros, rule, refusal: `hold_already_${hold.state}` },
  });
}

function refundCapture(
  state: AccountState,
  { jobId, refundKey, amountMicros, reason, author }: RefundCapture,
): Decided {
  const { hold, done } = state;
  if (!inRange(amountMicros)) return refuse('amount_out_of_range');
  if (hold === undefined) return refuse('hold_unknown');
  if (done !== undefined) return done.amountMicros === amountMicros ? accept() : refuse('refund_conflict');
  if (hold.state !== 'captured' || hold.placed === undefined) return refuse('hold_not_captured');
  if (hold.refundedMicros + amountMicros > hold.capturedMicros) return refuse('refund_exceeds_capture');
  const { apiKeyId, resolution } = hold.placed.terms;
  return accept({
    $case: 'captureRefunded',
    value: {
      jobId,
      refundKey,
      amountMicros,
      settledMicros: settled(state, amountMicros),
      reason,
      author,
      apiKeyId,
      resolution,
      chargedDay: hold.chargedDay,
    },
  });
}

function reverseFunds(
  state: AccountState,
  { paymentRef, reversalRef, amountMicros, reason, author }: ReverseFunds,
): Decided {
  const { payment, done, availableMicros } = state;
  if (!inRange(amountMicros)) return refuse('amount_out_of_range');
  if (done !== undefined)
    return isSameReversal(done, paymentRef, amountMicros) ? accept() : refuse('reversal_conflict');
  if (payment === undefined) return refuse('payment_unknown');
  if (payment.reversedMicros + amountMicros > payment.amountMicros) return refuse('reversal_exceeds_payment');
  // Held money belongs to jobs that may still be delivered: it is not touched, and what is missing is owed.
  const receivableMicros = amountMicros > availableMicros ? amountMicros - availableMicros : 0n;
  return accept({
    $case: 'fundsReversed',
    value: { paymentRef, reversalRef, amountMicros, receivableMicros, source: payment.source, reason, author },
  });
}

/** What the event says in place of a payment of its own. */
export function reinstatementRef(reversalRef: string): string {
  return `${reversalRef}:reinstated`;
}

/** Zero: the reversal was undone before it came. */
function isSameReversal(done: Done, paymentRef: string, amountMicros: bigint): boolean {
  return done.subject === paymentRef && (done.amountMicros === amountMicros || done.amountMicros === 0n);
}

/**
 * What is given back counts as reversed no more, so that another reversal of the payment may follow. A reversal that has not come
 * yet leaves a tombstone of zero micros, which it finds when it comes: news of payments arrive in any order.
 */
function reinstateFunds(
  state: AccountState,
  { paymentRef, reversalRef, amountMicros, author, note }: ReinstateFunds,
): Decided {
  const { payment, reversal, done } = state;
  if (!inRange(amountMicros)) return refuse('amount_out_of_range');
  if (done !== undefined)
    return done.amountMicros === amountMicros && done.subject === paymentRef
      ? accept()
      : refuse('reinstatement_conflict');
  if (payment === undefined) return refuse('payment_unknown');
  if (reversal === undefined)
    return accept({
      $case: 'fundsReversed',
      value: {
        paymentRef,
        reversalRef,
        amountMicros: 0n,
        receivableMicros: 0n,
        source: payment.source,
        reason: note,
        author,
      },
    });
  if (reversal.subject !== paymentRef) return refuse('reinstatement_conflict');
  if (reversal.amountMicros === 0n) return accept();
  if (amountMicros > reversal.amountMicros) return refuse('reinstatement_exceeds_reversal');
  return accept({
    $case: 'fundsAdded',
    value: {
      amountMicros,
      source: payment.source,
      paymentRef: reinstatementRef(reversalRef),
      author,
      note,
      ...settling(state, amountMicros),
      reinstates: { paymentRef, reversalRef },
    },
  });
}

function adjust(state: AccountState, { adjustmentRef, amountMicros, reason, author }: Adjust): Decided {
  const { done } = state;
  if (amountMicros === 0n || amountMicros > AMOUNT_MICROS_MAX || amountMicros < -AMOUNT_MICROS_MAX)
    return refuse('amount_out_of_range');
  if (done !== undefined) return done.amountMicros === amountMicros ? accept() : refuse('adjustment_conflict');
  if (-amountMicros > state.availableMicros) return refuse('insufficient_balance');
  const settledMicros = amountMicros > 0n ? settled(state, amountMicros) : 0n;
  return accept({ $case: 'adjustmentMade', value: { adjustmentRef, amountMicros, settledMicros, reason, author } });
}

/** What is held stays held: its jobs still run, and end as in live. */
function resetSandbox(state: AccountState, { resetRef, author }: ResetSandbox): Decided {
  const { availableMicros, heldMicros, receivableMicros, done } = state;
  const missingMicros = SANDBOX_FUNDS_MICROS - netOf({ availableMicros, heldMicros, receivableMicros });
  const amountMicros = -missingMicros > availableMicros ? -availableMicros : missingMicros;
  if (done !== undefined || amountMicros === 0n) return accept();
  const settledMicros = amountMicros > 0n ? settled(state, amountMicros) : 0n;
  return accept({
    $case: 'adjustmentMade',
    value: { adjustmentRef: resetRef, amountMicros, settledMicros, reason: 'Sandbox reset', author },
  });
}

function setSpendCap(state: AccountState, { apiKeyId, limitMicros, author }: SetSpendCap): Decided {
  const cap = apiKeyId === '' ? state.accountCap : state.keyCap;
  if (limitMicros !== undefined && (limitMicros < 0n || limitMicros > AMOUNT_MICROS_MAX))
    return refuse('amount_out_of_range');
  if (cap.limitMicros === limitMicros) return accept();
  return accept({
    $case: 'spendCapSet',
    value: { apiKeyId, author, ...(limitMicros === undefined ? {} : { limitMicros }) },
  });
}

function setLowBalanceThreshold(state: AccountState, { thresholdMicros, author }: SetLowBalanceThreshold): Decided {
  if (thresholdMicros < 0n || thresholdMicros > AMOUNT_MICROS_MAX) return refuse('amount_out_of_range');
  return state.thresholdMicros === thresholdMicros
    ? accept()
    : accept({ $case: 'lowBalanceThresholdSet', value: { thresholdMicros, author } });
}

/** Said once when the balance falls below the threshold, or the threshold rises above the balance. */
function lowBalance(before: AccountState, events: readonly AccountEvent[]): AccountEvent[] {
  const after = events.reduce(evolve, before);
  const isLow = (state: AccountState) => state.availableMicros < state.thresholdMicros;
  if (isLow(before) || !isLow(after)) return [];
  return [
    { $case: 'balanceLow', value: { availableMicros: after.availableMicros, thresholdMicros: after.thresholdMicros } },
  ];
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
  return (
    one.model === other.model &&
    one.resolution === other.resolution &&
    one.durationSeconds === other.durationSeconds &&
    one.apiKeyId === other.apiKeyId
  );
}
