import { accept, refuse, unreachable, type Decider, type Decision } from '@usvideo/event-store';
import { changeIn, type AccountEvent } from './postings';
import type { Price } from './price';

/** Everything the ledger may refuse, per command in order of precedence. A refusal leaves no trace and is not frozen. */
export type Refusal =
  | 'amount_out_of_range' | 'payment_conflict'
  | 'hold_conflict' | 'hold_voided' | 'price_unavailable' | 'insufficient_balance'
  | 'hold_captured'
  | 'hold_unknown' | 'verdict_conflict' | 'capture_exceeds_hold' | 'verdict_not_whole';

export interface AddFunds {
  readonly type: 'AddFunds';
  readonly accountId: string;
  readonly amountMicros: bigint;
  readonly source: 'manual' | 'promotion';
  /** Natural key: the same payment is added once, for ever. */
  readonly paymentRef: string;
  readonly author: string;
  readonly note: string;
}

export interface HoldTerms {
  readonly apiKeyId: string;
  readonly model: string;
  readonly resolution: string;
  readonly durationSeconds: number;
}

export interface PlaceHold {
  readonly type: 'PlaceHold';
  readonly accountId: string;
  readonly jobId: string;
  readonly terms: HoldTerms;
  /** Undefined when the price book has none for the terms. */
  readonly price: Price | undefined;
}

export interface VoidHold {
  readonly type: 'VoidHold';
  readonly accountId: string;
  readonly jobId: string;
}

export interface Settle {
  readonly type: 'Settle';
  readonly accountId: string;
  readonly jobId: string;
  readonly chargedMicros: bigint;
  readonly releasedMicros: bigint;
  readonly rule: string;
}

export type AccountCommand = AddFunds | PlaceHold | VoidHold | Settle;

/** `pending → captured | released`, once. */
export interface Hold {
  readonly accountId: string;
  readonly state: 'pending' | 'captured' | 'released';
  /** Undefined for a tombstone: a hold that was voided before it was placed. */
  readonly placed: { readonly terms: HoldTerms; readonly price: Price } | undefined;
  readonly amountMicros: bigint;
  readonly capturedMicros: bigint;
  readonly releasedMicros: bigint;
  readonly lateOutcomeRecorded: boolean;
}

/** What one command may look at: the account's balance, and the hold or the payment that the command names. */
export interface AccountState {
  readonly accountId: string;
  readonly availableMicros: bigint;
  readonly heldMicros: bigint;
  readonly hold: Hold | undefined;
  /** The amount that was added under the payment_ref, if it was. */
  readonly paidMicros: bigint | undefined;
}

/** A billion dollars: far above any payment, and far enough below 64 bits that a balance cannot overflow. */
export const AMOUNT_MICROS_MAX = 1_000_000_000_000_000n;

export const account: Decider<AccountState, AccountCommand, AccountEvent, Refusal> = { decide, evolve };

/** A verdict against a hold that ended another way is recorded as a fact and refused all the same. */
export function refusalOf(decision: Decision<AccountEvent, Refusal>): Refusal | undefined {
  if (!decision.accepted) return decision.refusal;
  return decision.events.some((event) => event.$case === 'lateOutcomeRecorded') ? 'verdict_conflict' : undefined;
}

function decide(state: AccountState, command: AccountCommand): Decision<AccountEvent, Refusal> {
  if (command.type === 'AddFunds') return addFunds(state, command);
  if (state.hold !== undefined && state.hold.accountId !== command.accountId) return refuse('hold_conflict');
  switch (command.type) {
    case 'PlaceHold': return placeHold(state, command);
    case 'VoidHold': return voidHold(state.hold, command);
    case 'Settle': return settle(state.hold, command);
    default: return unreachable(command);
  }
}

function addFunds(state: AccountState, command: AddFunds): Decision<AccountEvent, Refusal> {
  const { amountMicros, source, paymentRef, author, note } = command;
  if (amountMicros <= 0n || amountMicros > AMOUNT_MICROS_MAX) return refuse('amount_out_of_range');
  if (state.paidMicros !== undefined) return state.paidMicros === amountMicros ? accept() : refuse('payment_conflict');
  return accept({ $case: 'fundsAdded', value: { amountMicros, source, paymentRef, author, note } });
}

function placeHold(state: AccountState, command: PlaceHold): Decision<AccountEvent, Refusal> {
  const { jobId, terms, price } = command;
  const { hold } = state;
  if (hold?.placed !== undefined && !sameTerms(hold.placed.terms, terms)) return refuse('hold_conflict');
  if (hold?.state === 'released') return refuse('hold_voided');
  if (hold !== undefined) return accept();
  if (price === undefined) return refuse('price_unavailable');
  if (price.amountMicros > state.availableMicros) return refuse('insufficient_balance');
  return accept({ $case: 'holdPlaced', value: { jobId, ...terms, ...price } });
}

function voidHold(hold: Hold | undefined, { jobId }: VoidHold): Decision<AccountEvent, Refusal> {
  if (hold?.state === 'captured') return refuse('hold_captured');
  if (hold?.state === 'released') return accept();
  return accept({ $case: 'holdReleased', value: { jobId, releasedMicros: hold?.amountMicros ?? 0n, rule: 'voided' } });
}

function settle(hold: Hold | undefined, command: Settle): Decision<AccountEvent, Refusal> {
  const { jobId, chargedMicros, releasedMicros, rule } = command;
  if (hold === undefined) return refuse('hold_unknown');
  if (hold.state !== 'pending') return settleEnded(hold, command);
  if (chargedMicros > hold.amountMicros) return refuse('capture_exceeds_hold');
  if (chargedMicros < 0n || chargedMicros + releasedMicros !== hold.amountMicros) return refuse('verdict_not_whole');
  if (chargedMicros === 0n) return accept({ $case: 'holdReleased', value: { jobId, releasedMicros, rule } });
  return accept({ $case: 'holdCaptured', value: { jobId, capturedMicros: chargedMicros, releasedMicros, rule } });
}

function settleEnded(hold: Hold, command: Settle): Decision<AccountEvent, Refusal> {
  const { jobId, chargedMicros, releasedMicros, rule } = command;
  if (hold.capturedMicros === chargedMicros && hold.releasedMicros === releasedMicros) return accept();
  if (hold.lateOutcomeRecorded) return refuse('verdict_conflict');
  return accept({ $case: 'lateOutcomeRecorded', value: { jobId, chargedMicros, releasedMicros, rule, refusal: `hold_already_${hold.state}` } });
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
  };
  if (event.$case === 'fundsAdded') return { ...moved, paidMicros: event.value.amountMicros };
  return { ...moved, hold: evolveHold(state, event) };
}

function evolveHold({ accountId, hold }: AccountState, event: Exclude<AccountEvent, { $case: 'fundsAdded' }>): Hold {
  const before: Hold = hold ?? {
    accountId, state: 'pending', placed: undefined, amountMicros: 0n, capturedMicros: 0n, releasedMicros: 0n, lateOutcomeRecorded: false,
  };
  switch (event.$case) {
    case 'holdPlaced': {
      const { apiKeyId, model, resolution, durationSeconds, perSecondMicros, priceVersion, amountMicros } = event.value;
      const placed = { terms: { apiKeyId, model, resolution, durationSeconds }, price: { perSecondMicros, priceVersion, amountMicros } };
      return { ...before, placed, amountMicros };
    }
    case 'holdCaptured': return { ...before, state: 'captured', capturedMicros: event.value.capturedMicros, releasedMicros: event.value.releasedMicros };
    case 'holdReleased': return { ...before, state: 'released', releasedMicros: event.value.releasedMicros };
    case 'lateOutcomeRecorded': return { ...before, lateOutcomeRecorded: true };
    default: return unreachable(event);
  }
}
