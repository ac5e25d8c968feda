import type { CaptureRefunded } from '@usvideo/contracts/ledger';
import type { Done, Hold, Payment } from './account-state';
import type { KeyCap } from './account-state';
import type { AccountEvent } from './postings';
import { dayOf, netOf, type AccountBalance } from './account-balance';

/** A line of the account's ledger: the event of that version moved money. */
export interface EntryRow {
  readonly accountId: string;
  readonly version: bigint;
  readonly jobId: string;
  readonly availableAfterMicros: bigint;
  readonly heldAfterMicros: bigint;
  readonly receivableAfterMicros: bigint;
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

/** What a day, key and resolution gained by a batch. */
export interface UsageDayRow {
  readonly accountId: string;
  readonly day: string;
  readonly apiKeyId: string;
  readonly resolution: string;
  readonly jobs: bigint;
  readonly seconds: bigint;
  readonly chargedMicros: bigint;
  readonly refundedMicros: bigint;
}

export interface PaymentRow extends Payment {
  readonly accountId: string;
  readonly paymentRef: string;
}

export interface DoneRow extends Done {
  readonly accountId: string;
  readonly kind: string;
  readonly reference: string;
  readonly recordedAt: Date;
}

export interface RefundRow {
  readonly jobId: string;
  readonly amountMicros: bigint;
}

/** A month that is over. */
export interface StatementRow {
  readonly accountId: string;
  readonly period: string;
  readonly firstVersion: bigint;
  readonly lastVersion: bigint;
  readonly openingMicros: bigint;
  readonly addedMicros: bigint;
  readonly chargedMicros: bigint;
  readonly refundedMicros: bigint;
  readonly reversedMicros: bigint;
  readonly adjustedMicros: bigint;
  readonly chargedJobs: bigint;
  readonly closingAvailableMicros: bigint;
  readonly closingHeldMicros: bigint;
  readonly closingReceivableMicros: bigint;
}

export interface ChangedHold {
  readonly hold: Hold;
  /** The moment of its last change. */
  readonly changedAt: Date;
  /** Whether it has a row from before the batch. */
  readonly isStored: boolean;
}

/** What a batch changes in the tables besides accounts and events. Maps keep one row per key: its last state. */
export class Rows {
  readonly entries: EntryRow[] = [];
  readonly usage: UsageRow[] = [];
  readonly usageDays = new Map<string, UsageDayRow>();
  readonly refunds: RefundRow[] = [];
  readonly done: DoneRow[] = [];
  readonly statements: StatementRow[] = [];
  readonly payments = new Map<string, PaymentRow>();
  readonly holds = new Map<string, ChangedHold>();
  readonly keyCaps = new Map<string, KeyCap>();

  addEntry({ accountId, version, availableMicros, heldMicros, receivableMicros }: AccountBalance, jobId: string): void {
    this.entries.push({
      accountId,
      version,
      jobId,
      availableAfterMicros: availableMicros,
      heldAfterMicros: heldMicros,
      receivableAfterMicros: receivableMicros,
    });
  }

  addUsage(accountId: string, jobId: string, hold: Hold, chargedAt: Date): void {
    const row = usageOf(accountId, jobId, hold, chargedAt);
    this.usage.push(row);
    this.addToDay(usageDayOf(row));
  }

  addRefund(accountId: string, refund: CaptureRefunded): void {
    this.refunds.push({ jobId: refund.jobId, amountMicros: refund.amountMicros });
    this.addToDay(refundDayOf(accountId, refund));
  }

  addStatement(accountId: string, event: AccountEvent): void {
    this.statements.push(statementOf(accountId, event));
  }

  private addToDay(row: UsageDayRow): void {
    addUsageDay(this.usageDays, row);
  }
}

export function addUsageDay(days: Map<string, UsageDayRow>, row: UsageDayRow): void {
  const key = `${row.accountId} ${row.day} ${row.apiKeyId} ${row.resolution}`;
  const before = days.get(key);
  days.set(
    key,
    before === undefined
      ? row
      : {
          ...row,
          jobs: before.jobs + row.jobs,
          seconds: before.seconds + row.seconds,
          chargedMicros: before.chargedMicros + row.chargedMicros,
          refundedMicros: before.refundedMicros + row.refundedMicros,
        },
  );
}

/** The usage row of a captured hold. */
export function usageOf(accountId: string, jobId: string, hold: Hold, chargedAt: Date): UsageRow {
  if (hold.placed === undefined) throw new Error(`the captured hold of ${jobId} was never placed`);
  const { apiKeyId, model, resolution, durationSeconds } = hold.placed.terms;
  return {
    jobId,
    accountId,
    apiKeyId,
    day: dayOf(chargedAt),
    model,
    resolution,
    durationSeconds,
    perSecondMicros: hold.placed.price.perSecondMicros,
    chargedMicros: hold.capturedMicros,
    chargedAt,
  };
}

export function usageDayOf({
  accountId,
  day,
  apiKeyId,
  resolution,
  durationSeconds,
  chargedMicros,
}: UsageRow): UsageDayRow {
  return {
    accountId,
    day,
    apiKeyId,
    resolution,
    jobs: 1n,
    seconds: BigInt(durationSeconds),
    chargedMicros,
    refundedMicros: 0n,
  };
}

/** A refund is shown on the day of the charge that it gives back. */
export function refundDayOf(
  accountId: string,
  { chargedDay, apiKeyId, resolution, amountMicros }: CaptureRefunded,
): UsageDayRow {
  return {
    accountId,
    day: chargedDay,
    apiKeyId,
    resolution,
    jobs: 0n,
    seconds: 0n,
    chargedMicros: 0n,
    refundedMicros: amountMicros,
  };
}

/** @throws for an event that closes no month. */
export function statementOf(accountId: string, event: AccountEvent): StatementRow {
  if (event.$case !== 'periodClosed') throw new Error(`${event.$case} closes no month`);
  const { period, firstVersion, lastVersion, opening, movements, closing } = event.value;
  if (opening === undefined || movements === undefined || closing === undefined)
    throw new Error(`the closing of ${period} is not whole`);
  return {
    accountId,
    period,
    firstVersion,
    lastVersion,
    openingMicros: netOf(opening),
    ...movements,
    closingAvailableMicros: closing.availableMicros,
    closingHeldMicros: closing.heldMicros,
    closingReceivableMicros: closing.receivableMicros,
  };
}
