import { isPlayMoney } from '@usvideo/contracts/books';
import type { MonthlyCap, OpenHold } from '@usvideo/contracts/ledger';
import { account, refusalOf, reinstatementRef } from './account';
import { NO_CAP, type AccountState, type Cap, type Done, type Hold, type KeyCap, type Payment } from './account-state';
import type { AccountCommand, PlaceHold, Refusal } from './commands';
import { changeIn, jobIdOf, movesMoney, type AccountEvent } from './postings';
import { priceOf, type PriceRow } from '../prices/price';
import { offerOfQuote, type GivenQuote } from '../prices/quote';
import { Rows } from './rows';
import { openingOf } from './sandbox';
import { advance, closingOf, dayOf, monthOf, recordingTime, spendIn, type AccountBalance } from './account-balance';

/** A command as it arrives: a hold is priced inside the batch, at the moment it is decided. */
export type LedgerCommand =
  Exclude<AccountCommand, PlaceHold> | (Omit<PlaceHold, 'offer'> & { readonly quote?: GivenQuote });

export interface TracedCommand {
  readonly command: LedgerCommand;
  /** W3C trace context of the call; recorded with the events that it leads to. */
  readonly traceparent: string;
}

export interface Outcome {
  readonly refusal: Refusal | undefined;
  /** Accepted without an event: the same had been done before. */
  readonly replayed: boolean;
  /** As the account stands after this command, before the next of the batch. */
  readonly state: AccountState;
}

/** The locked and loaded rows that a batch decides on. */
export interface Loaded {
  readonly now: Date;
  readonly prices: readonly PriceRow[];
  readonly accounts: ReadonlyMap<string, AccountBalance>;
  /** By job id. */
  readonly holds: ReadonlyMap<string, Hold>;
  /** By `paymentKey`. */
  readonly payments: ReadonlyMap<string, Payment>;
  /** By `doneKey`. */
  readonly done: ReadonlyMap<string, Done>;
  /** By `capKey`: all keys of the accounts that have, or had, a cap. */
  readonly keyCaps: ReadonlyMap<string, KeyCap>;
  /** By `capKey`: the counters of keys that a command of the batch may cap for the first time. */
  readonly countedKeys: ReadonlyMap<string, KeyCap>;
  /** Of the accounts whose month may end with this batch. */
  readonly openHolds: ReadonlyMap<string, readonly OpenHold[]>;
}

export interface TracedEvent {
  readonly event: AccountEvent;
  readonly traceparent: string;
}

export function paymentKey(accountId: string, paymentRef: string): string {
  return `${accountId} ${paymentRef}`;
}

export function capKey(accountId: string, apiKeyId: string): string {
  return `${accountId} ${apiKeyId}`;
}

interface NaturalKey {
  readonly accountId: string;
  readonly kind: string;
  readonly reference: string;
}

/** The natural key of a refund, a reversal, a reinstatement or an adjustment; undefined for every other command. */
function doneKeyOf(command: LedgerCommand): NaturalKey | undefined {
  const { accountId } = command;
  switch (command.type) {
    case 'RefundCapture':
      return { accountId, kind: 'refund', reference: `${command.jobId} ${command.refundKey}` };
    case 'ReverseFunds':
      return { accountId, kind: 'reversal', reference: command.reversalRef };
    case 'ReinstateFunds':
      return { accountId, kind: 'reinstatement', reference: command.reversalRef };
    case 'Adjust':
      return { accountId, kind: 'adjustment', reference: command.adjustmentRef };
    case 'ResetSandbox':
      return { accountId, kind: 'adjustment', reference: command.resetRef };
    default:
      return undefined;
  }
}

/** The reversal that a command undoes. */
function reversalKeyOf(command: LedgerCommand): NaturalKey | undefined {
  return command.type === 'ReinstateFunds'
    ? { accountId: command.accountId, kind: 'reversal', reference: command.reversalRef }
    : undefined;
}

/** The natural key that an event takes for ever. */
export function keyTakenBy(accountId: string, event: AccountEvent): NaturalKey | undefined {
  switch (event.$case) {
    case 'captureRefunded':
      return { accountId, kind: 'refund', reference: `${event.value.jobId} ${event.value.refundKey}` };
    case 'fundsReversed':
      return { accountId, kind: 'reversal', reference: event.value.reversalRef };
    case 'fundsAdded':
      return (
        event.value.reinstates && { accountId, kind: 'reinstatement', reference: event.value.reinstates.reversalRef }
      );
    case 'adjustmentMade':
      return { accountId, kind: 'adjustment', reference: event.value.adjustmentRef };
    default:
      return undefined;
  }
}

/** All natural keys that a command has to know. */
export function keysOf(command: LedgerCommand): NaturalKey[] {
  return [doneKeyOf(command), reversalKeyOf(command)].filter((key) => key !== undefined);
}

export function doneKey({ accountId, kind, reference }: NaturalKey): string {
  return `${accountId} ${kind} ${reference}`;
}

/** Decides commands in their order over rows in memory, each seeing what those before it did, and collects what to write. */
export class Batch {
  readonly events = new Map<string, TracedEvent[]>();
  readonly rows = new Rows();
  private readonly accounts: Map<string, AccountBalance>;
  private readonly holds: Map<string, Hold>;
  private readonly payments: Map<string, Payment>;
  private readonly done: Map<string, Done>;
  private readonly keyCaps: Map<string, KeyCap>;
  /** Keys that have a row, or get one because their cap was set; the others are counted here and forgotten. */
  private readonly capped: Set<string>;

  constructor(private readonly loaded: Loaded) {
    this.accounts = new Map(loaded.accounts);
    this.holds = new Map(loaded.holds);
    this.payments = new Map(loaded.payments);
    this.done = new Map(loaded.done);
    this.keyCaps = new Map([...loaded.countedKeys, ...loaded.keyCaps]);
    this.capped = new Set(loaded.keyCaps.keys());
  }

  /** Play money is there before the first thing that is done with it. */
  decide(traced: TracedCommand): Outcome {
    const {
      command: { accountId },
      traceparent,
    } = traced;
    if (isPlayMoney(accountId) && this.balanceOf(accountId).version === 0n)
      this.carryOut({ command: openingOf(accountId), traceparent });
    return this.carryOut(traced);
  }

  private carryOut({ command, traceparent }: TracedCommand): Outcome {
    const before = this.stateFor(command);
    const decision = account.decide(before, this.priced(command));
    const events = decision.accepted ? decision.events : [];
    if (events.length > 0) this.closeMonth(command.accountId, traceparent);
    const state = events.reduce((at, event) => this.record(command, at, event, traceparent), before);
    return { refusal: refusalOf(decision), replayed: decision.accepted && events.length === 0, state };
  }

  /** The accounts that have new events, as they stand now. */
  changedAccounts(): AccountBalance[] {
    return [...this.events.keys()].map((accountId) => this.balanceOf(accountId));
  }

  private stateFor(command: LedgerCommand): AccountState {
    const { accountId } = command;
    const { availableMicros, heldMicros, receivableMicros, thresholdMicros } = this.balanceOf(accountId);
    const hold = 'jobId' in command ? this.holds.get(command.jobId) : undefined;
    const payment = 'paymentRef' in command ? this.payments.get(paymentKey(accountId, command.paymentRef)) : undefined;
    const key = doneKeyOf(command);
    const done = (key && this.done.get(doneKey(key))) ?? this.formerlyReinstated(command);
    const undone = reversalKeyOf(command);
    const reversal = undone && this.done.get(doneKey(undone));
    return {
      accountId,
      availableMicros,
      heldMicros,
      receivableMicros,
      thresholdMicros,
      accountCap: this.accountCap(accountId),
      keyCap: this.capOfKey(accountId, keyNamedBy(command)),
      hold,
      payment,
      reversal,
      done,
    };
  }

  /** Before reinstatements named their reversal they were payments of their own. */
  private formerlyReinstated(command: LedgerCommand): Done | undefined {
    if (command.type !== 'ReinstateFunds') return undefined;
    const former = this.payments.get(paymentKey(command.accountId, reinstatementRef(command.reversalRef)));
    return former && { subject: command.paymentRef, amountMicros: former.amountMicros };
  }

  private accountCap(accountId: string): Cap {
    const balance = this.balanceOf(accountId);
    const { movements, month } = balance.period;
    const spentMicros = month === monthOf(recordingTime(balance, this.loaded.now)) ? spendIn(movements) : 0n;
    return { limitMicros: balance.capMicros, spentMicros, heldMicros: balance.heldMicros };
  }

  private capOfKey(accountId: string, apiKeyId: string): Cap {
    const cap = this.keyCaps.get(capKey(accountId, apiKeyId));
    if (cap === undefined) return NO_CAP;
    const month = monthOf(recordingTime(this.balanceOf(accountId), this.loaded.now));
    return {
      limitMicros: cap.limitMicros,
      spentMicros: cap.month === month ? cap.spentMicros : 0n,
      heldMicros: cap.heldMicros,
    };
  }

  private priced(command: LedgerCommand): AccountCommand {
    if (command.type !== 'PlaceHold') return command;
    const { quote, ...order } = command;
    // The moment that the event will carry, so that the book explains every price.
    const at = recordingTime(this.balanceOf(order.accountId), this.loaded.now);
    if (quote !== undefined) return { ...order, offer: offerOfQuote(quote, order.accountId, order.terms, at) };
    const price = priceOf(this.loaded.prices, order.terms, at);
    return { ...order, offer: price === undefined ? { refusal: 'price_unavailable' } : { price, quoted: false } };
  }

  private balanceOf(accountId: string): AccountBalance {
    const balance = this.accounts.get(accountId);
    if (balance === undefined) throw new Error(`account ${accountId} was not loaded`);
    return balance;
  }

  /** The open holds are those of before this batch: a month ends before the account's first event of it. */
  private closeMonth(accountId: string, traceparent: string): void {
    const balance = this.balanceOf(accountId);
    const at = recordingTime(balance, this.loaded.now);
    if (balance.period.month === '' || balance.period.month === monthOf(at)) return;
    const openHolds = this.loaded.openHolds.get(accountId);
    if (openHolds === undefined) throw new Error(`the open holds of ${accountId} were not loaded`);
    const event = closingOf(balance, openHolds, this.capsOf(accountId), at);
    if (event === undefined) return;
    this.rows.addStatement(accountId, event);
    this.append(balance, event, at, traceparent);
  }

  private capsOf(accountId: string): MonthlyCap[] {
    return [...this.keyCaps.values()]
      .filter((cap) => cap.accountId === accountId && cap.limitMicros !== undefined)
      .map(({ apiKeyId, limitMicros }) => ({ apiKeyId, limitMicros }))
      .sort((one, other) => (one.apiKeyId < other.apiKeyId ? -1 : 1));
  }

  private record(command: LedgerCommand, before: AccountState, event: AccountEvent, traceparent: string): AccountState {
    const { accountId } = command;
    const balance = this.balanceOf(accountId);
    const at = recordingTime(balance, this.loaded.now);
    const state = this.remember(command, account.evolve(before, event), event, at);
    const after = this.append(balance, event, at, traceparent);
    if (movesMoney(event)) this.rows.addEntry(after, jobIdOf(event));
    this.countForKey(accountId, state, event, at);
    return state;
  }

  private append(before: AccountBalance, event: AccountEvent, at: Date, traceparent: string): AccountBalance {
    const { accountId } = before;
    const after = advance(before, event, at);
    this.accounts.set(accountId, after);
    const events = this.events.get(accountId) ?? [];
    this.events.set(accountId, events);
    events.push({ event, traceparent });
    return after;
  }

  private remember({ accountId }: LedgerCommand, state: AccountState, event: AccountEvent, at: Date): AccountState {
    const key = keyTakenBy(accountId, event);
    if (key !== undefined && state.done !== undefined) {
      this.done.set(doneKey(key), state.done);
      this.rows.done.push({ ...key, ...state.done, recordedAt: at });
    }
    if ((event.$case === 'fundsAdded' || event.$case === 'fundsReversed') && state.payment !== undefined) {
      const paymentRef = paymentOf(event);
      this.payments.set(paymentKey(accountId, paymentRef), state.payment);
      this.rows.payments.set(paymentKey(accountId, paymentRef), { accountId, paymentRef, ...state.payment });
    }
    const jobId = jobIdOf(event);
    if (jobId === '' || state.hold === undefined) return state;
    const hold = event.$case === 'holdCaptured' ? { ...state.hold, chargedDay: dayOf(at) } : state.hold;
    this.holds.set(jobId, hold);
    this.rows.holds.set(jobId, { hold, changedAt: at, isStored: this.loaded.holds.has(jobId) });
    if (event.$case === 'holdCaptured') this.rows.addUsage(accountId, jobId, hold, at);
    if (event.$case === 'captureRefunded') this.rows.addRefund(accountId, event.value);
    return { ...state, hold };
  }

  private countForKey(accountId: string, { hold }: AccountState, event: AccountEvent, at: Date): void {
    const apiKeyId = event.$case === 'spendCapSet' ? event.value.apiKeyId : (hold?.placed?.terms.apiKeyId ?? '');
    const key = capKey(accountId, apiKeyId);
    const before = this.keyCaps.get(key);
    if (before === undefined || !countsForKey(event)) return;
    const after = keyCapAfter(before, event, at);
    this.keyCaps.set(key, after);
    if (event.$case === 'spendCapSet') this.capped.add(key);
    if (this.capped.has(key)) this.rows.keyCaps.set(key, after);
  }
}

/** The payment that an event adds, takes back or gives back. */
export function paymentOf(event: Extract<AccountEvent, { $case: 'fundsAdded' | 'fundsReversed' }>): string {
  return (event.$case === 'fundsAdded' ? event.value.reinstates?.paymentRef : undefined) ?? event.value.paymentRef;
}

/** Whether an event changes the counters of its key at all. */
export function countsForKey(event: AccountEvent): boolean {
  return event.$case === 'spendCapSet' || changeIn('held', event) !== 0n || changeIn('revenue', event) !== 0n;
}

/** A key's counters after an event of one of its jobs, or of its cap. */
export function keyCapAfter(before: KeyCap, event: AccountEvent, at: Date): KeyCap {
  const month = monthOf(at);
  const spentMicros = before.month === month ? before.spentMicros : 0n;
  if (event.$case === 'spendCapSet') return { ...before, month, spentMicros, limitMicros: event.value.limitMicros };
  return {
    ...before,
    month,
    heldMicros: before.heldMicros + changeIn('held', event),
    spentMicros: spentMicros + changeIn('revenue', event),
  };
}

function keyNamedBy(command: LedgerCommand): string {
  if (command.type === 'PlaceHold') return command.terms.apiKeyId;
  return command.type === 'SetSpendCap' ? command.apiKeyId : '';
}
