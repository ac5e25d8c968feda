import type { Reinstatement } from '@usvideo/contracts/ledger';
import { unreachable } from '@usvideo/event-store';
import type { HoldTerms } from '../prices/price';
import { changeIn, type AccountEvent } from './postings';
import type { Price } from '../prices/price';

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

/** What was done before under the natural key of a refund, a reversal, a reinstatement or an adjustment. */
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
  /** What a reinstatement undoes. */
  readonly reversal: Done | undefined;
  readonly done: Done | undefined;
}

export const NO_CAP: Cap = { limitMicros: undefined, spentMicros: 0n, heldMicros: 0n };

/** The state after one more event. Caps are counted by the batch, which sees all events of an account. */
export function evolve(state: AccountState, event: AccountEvent): AccountState {
  const moved = {
    ...state,
    availableMicros: state.availableMicros + changeIn('available', event),
    heldMicros: state.heldMicros + changeIn('held', event),
    receivableMicros: state.receivableMicros - changeIn('receivable', event),
  };
  switch (event.$case) {
    case 'fundsAdded':
      return event.value.reinstates === undefined
        ? {
            ...moved,
            payment: { amountMicros: event.value.amountMicros, reversedMicros: 0n, source: event.value.source },
          }
        : { ...moved, ...reinstated(state, event.value.amountMicros, event.value.reinstates) };
    case 'fundsReversed': {
      const { payment } = state;
      const { amountMicros, paymentRef: subject } = event.value;
      return {
        ...moved,
        done: { subject, amountMicros },
        payment: payment && { ...payment, reversedMicros: payment.reversedMicros + amountMicros },
      };
    }
    case 'adjustmentMade':
      return { ...moved, done: { subject: '', amountMicros: event.value.amountMicros } };
    case 'captureRefunded':
      return {
        ...moved,
        done: { subject: event.value.jobId, amountMicros: event.value.amountMicros },
        hold: evolveHold(state, event),
      };
    case 'lowBalanceThresholdSet':
      return { ...moved, thresholdMicros: event.value.thresholdMicros };
    case 'holdPlaced':
    case 'holdCaptured':
    case 'holdReleased':
    case 'lateOutcomeRecorded':
      return { ...moved, hold: evolveHold(state, event) };
    case 'spendCapSet':
    case 'periodClosed':
    case 'balanceLow':
      return moved;
  }
}

function reinstated(
  { payment }: AccountState,
  amountMicros: bigint,
  { paymentRef: subject }: Reinstatement,
): Pick<AccountState, 'done' | 'payment'> {
  return {
    done: { subject, amountMicros },
    payment: payment && { ...payment, reversedMicros: payment.reversedMicros - amountMicros },
  };
}

type HoldEvent = Extract<
  AccountEvent,
  { $case: 'holdPlaced' | 'holdCaptured' | 'holdReleased' | 'lateOutcomeRecorded' | 'captureRefunded' }
>;

function evolveHold({ accountId, hold }: AccountState, event: HoldEvent): Hold {
  const before: Hold = hold ?? {
    accountId,
    state: 'pending',
    placed: undefined,
    amountMicros: 0n,
    capturedMicros: 0n,
    releasedMicros: 0n,
    refundedMicros: 0n,
    lateOutcomeRecorded: false,
    chargedDay: '',
  };
  switch (event.$case) {
    case 'holdPlaced': {
      const { apiKeyId, model, resolution, durationSeconds, perSecondMicros, priceVersion, amountMicros } = event.value;
      const placed = {
        terms: { apiKeyId, model, resolution, durationSeconds },
        price: { perSecondMicros, priceVersion, amountMicros },
      };
      return { ...before, placed, amountMicros };
    }
    case 'holdCaptured':
      return {
        ...before,
        state: 'captured',
        capturedMicros: event.value.capturedMicros,
        releasedMicros: event.value.releasedMicros,
      };
    case 'holdReleased':
      return { ...before, state: 'released', releasedMicros: event.value.releasedMicros };
    case 'captureRefunded':
      return { ...before, refundedMicros: before.refundedMicros + event.value.amountMicros };
    case 'lateOutcomeRecorded':
      return { ...before, lateOutcomeRecorded: true };
    default:
      return unreachable(event);
  }
}

/** The counters of a key that has, or had, a cap of its own. */
export interface KeyCap {
  readonly accountId: string;
  readonly apiKeyId: string;
  readonly limitMicros: bigint | undefined;
  readonly heldMicros: bigint;
  /** The month that `spentMicros` is of. */
  readonly month: string;
  readonly spentMicros: bigint;
}
