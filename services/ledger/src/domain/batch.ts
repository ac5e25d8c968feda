import { account, refusalOf, type AccountCommand, type AccountState, type Hold, type PlaceHold, type Refusal } from './account';
import { changeIn, jobIdOf, movesMoney, type AccountEvent } from './postings';
import { priceOf, type PriceRow } from './price';
import { addCharge, dayOf, type Spend } from './spend';

/** A command as it arrives: a hold is priced inside the batch, at the moment it is decided. */
export type LedgerCommand = Exclude<AccountCommand, PlaceHold> | Omit<PlaceHold, 'price'>;

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

export interface AccountBalance {
  readonly accountId: string;
  readonly version: bigint;
  readonly availableMicros: bigint;
  readonly heldMicros: bigint;
  readonly spend: Spend;
}

/** The locked and loaded rows that a batch decides on. */
export interface Loaded {
  readonly now: Date;
  readonly prices: readonly PriceRow[];
  readonly accounts: ReadonlyMap<string, AccountBalance>;
  /** By job id. */
  readonly holds: ReadonlyMap<string, Hold>;
  /** Amounts by `paymentKey`. */
  readonly payments: ReadonlyMap<string, bigint>;
}

export interface TracedEvent {
  readonly event: AccountEvent;
  readonly traceparent: string;
}

/** A line of the account's statement: the event of that version moved money. */
export interface EntryRow {
  readonly accountId: string;
  readonly version: bigint;
  readonly jobId: string;
  readonly availableAfterMicros: bigint;
  readonly heldAfterMicros: bigint;
}

/** A charged job, billed on the UTC day of its charge. */
export interface UsageRow {
  readonly jobId: string;
  readonly accountId: string;
  readonly apiKeyId: string;
  readonly day: string;
  readonly model: string;
  readonly resolution: string;
  readonly durationSeconds: number;
  readonly perSecondMicros: bigint;
  readonly chargedMicros: bigint;
  readonly chargedAt: Date;
}

export interface PaymentRow {
  readonly accountId: string;
  readonly paymentRef: string;
  readonly amountMicros: bigint;
}

export function paymentKey(accountId: string, paymentRef: string): string {
  return `${accountId} ${paymentRef}`;
}

/** Decides commands in their order over rows in memory, each seeing what those before it did, and collects what to write. */
export class Batch {
  readonly events = new Map<string, TracedEvent[]>();
  readonly entries: EntryRow[] = [];
  readonly usage: UsageRow[] = [];
  readonly payments: PaymentRow[] = [];
  /** By job id, as they stand now. */
  readonly changedHolds = new Map<string, Hold>();
  private readonly accounts: Map<string, AccountBalance>;
  private readonly paid: Map<string, bigint>;

  constructor(private readonly loaded: Loaded) {
    this.accounts = new Map(loaded.accounts);
    this.paid = new Map(loaded.payments);
  }

  decide({ command, traceparent }: TracedCommand): Outcome {
    const state = this.stateFor(command);
    const decision = account.decide(state, this.priced(command));
    const events = decision.accepted ? decision.events : [];
    const after = events.reduce((before, event) => this.record(before, event, traceparent), state);
    return { refusal: refusalOf(decision), replayed: decision.accepted && events.length === 0, state: after };
  }

  /** The accounts that have new events, as they stand now. */
  changedAccounts(): AccountBalance[] {
    return [...this.events.keys()].map((accountId) => this.balanceOf(accountId));
  }

  private stateFor(command: LedgerCommand): AccountState {
    const { accountId, availableMicros, heldMicros } = this.balanceOf(command.accountId);
    const hold = command.type === 'AddFunds' ? undefined : this.changedHolds.get(command.jobId) ?? this.loaded.holds.get(command.jobId);
    const paidMicros = command.type === 'AddFunds' ? this.paid.get(paymentKey(accountId, command.paymentRef)) : undefined;
    return { accountId, availableMicros, heldMicros, hold, paidMicros };
  }

  private priced(command: LedgerCommand): AccountCommand {
    if (command.type !== 'PlaceHold') return command;
    return { ...command, price: priceOf(this.loaded.prices, command.terms, this.loaded.now) };
  }

  private balanceOf(accountId: string): AccountBalance {
    const balance = this.accounts.get(accountId);
    if (balance === undefined) throw new Error(`account ${accountId} was not loaded`);
    return balance;
  }

  private record(before: AccountState, event: AccountEvent, traceparent: string): AccountState {
    const state = account.evolve(before, event);
    const { accountId, availableMicros, heldMicros } = state;
    const previous = this.balanceOf(accountId);
    const version = previous.version + 1n;
    const charged = changeIn('revenue', event);
    const spend = charged > 0n ? addCharge(previous.spend, charged, this.loaded.now) : previous.spend;
    this.accounts.set(accountId, { accountId, version, availableMicros, heldMicros, spend });
    this.eventsOf(accountId).push({ event, traceparent });
    if (movesMoney(event)) this.entries.push({ accountId, version, jobId: jobIdOf(event), availableAfterMicros: availableMicros, heldAfterMicros: heldMicros });
    if (event.$case === 'fundsAdded') this.recordPayment(accountId, event.value.paymentRef, event.value.amountMicros);
    else this.recordHold(state, event);
    return state;
  }

  private eventsOf(accountId: string): TracedEvent[] {
    const events = this.events.get(accountId) ?? [];
    this.events.set(accountId, events);
    return events;
  }

  private recordPayment(accountId: string, paymentRef: string, amountMicros: bigint): void {
    this.paid.set(paymentKey(accountId, paymentRef), amountMicros);
    this.payments.push({ accountId, paymentRef, amountMicros });
  }

  private recordHold({ accountId, hold }: AccountState, event: Exclude<AccountEvent, { $case: 'fundsAdded' }>): void {
    if (hold === undefined) throw new Error(`${event.$case} left no hold`);
    const { jobId } = event.value;
    this.changedHolds.set(jobId, hold);
    if (event.$case === 'holdCaptured') this.usage.push(usageOf(accountId, jobId, hold, this.loaded.now));
  }
}

/** The usage row of a captured hold. */
export function usageOf(accountId: string, jobId: string, hold: Hold, chargedAt: Date): UsageRow {
  if (hold.placed === undefined) throw new Error(`the captured hold of ${jobId} was never placed`);
  const { apiKeyId, model, resolution, durationSeconds } = hold.placed.terms;
  return {
    jobId, accountId, apiKeyId, day: dayOf(chargedAt), model, resolution, durationSeconds,
    perSecondMicros: hold.placed.price.perSecondMicros, chargedMicros: hold.capturedMicros, chargedAt,
  };
}
