import type { Database } from '@usvideo/event-store';
import type { Price } from '@usvideo/contracts/ledger';
import { changeIn, type AccountEvent } from '../domain/postings';
import { currentPeriod, NO_SPEND, type CurrentPeriod } from '../domain/spend';
import { decodeEvent } from './event-codec';
import { balanceOf, type AccountRecord } from './ledger-rows';
import { readPrices } from './price-book';
import { readUsage, type UsagePage, type UsageQuery } from './usage-reader';

export interface Balance {
  readonly availableMicros: bigint;
  readonly heldMicros: bigint;
  readonly totalSpendMicros: bigint;
  readonly period: CurrentPeriod;
}

export interface EntryLine {
  readonly eventId: string;
  readonly version: bigint;
  readonly kind: string;
  readonly jobId: string;
  readonly event: AccountEvent;
  readonly availableChangeMicros: bigint;
  readonly heldChangeMicros: bigint;
  readonly availableAfterMicros: bigint;
  readonly heldAfterMicros: bigint;
  readonly recordedAt: Date;
}

export interface EntryQuery {
  readonly accountId: string;
  readonly limit: number;
  readonly offset: number;
  /** Exclusive; 0 from the newest. */
  readonly beforeVersion: bigint;
  /** Empty: all jobs. */
  readonly jobId: string;
}

const READ_BALANCE = `
select clock_timestamp() as now, account_id, version, head_hash, available_micros, held_micros, total_spend_micros,
       period, period_spend_micros, period_jobs
from (select) as always left join ledger_account on account_id = $1`;

const READ_ENTRIES = `
select e.version, e.job_id, e.available_after_micros, e.held_after_micros, v.event_id, v.kind, v.payload, v.recorded_at
from entry e join event v on v.stream_id = e.account_id and v.version = e.version
where e.account_id = $1 and ($2 = 0 or e.version < $2)
order by e.version desc limit $3 offset $4`;

const READ_ENTRIES_OF_JOB = `
select e.version, e.job_id, e.available_after_micros, e.held_after_micros, v.event_id, v.kind, v.payload, v.recorded_at
from entry e join event v on v.stream_id = e.account_id and v.version = e.version
where e.account_id = $1 and ($2 = 0 or e.version < $2) and e.job_id = $5 and e.job_id <> ''
order by e.version desc limit $3 offset $4`;

interface EntryRecord {
  version: bigint; job_id: string; available_after_micros: bigint; held_after_micros: bigint;
  event_id: string; kind: string; payload: Buffer; recorded_at: Date;
}

const READ_PENDING_HOLDS = `
select account_id, job_id, amount_micros, placed_at from hold
where state = 'pending' and placed_at < $1 order by placed_at, job_id limit $2`;

/** What the ledger answers from its committed rows, always the primary's. */
export class LedgerReader {
  constructor(private readonly database: Database) {}

  /** Of an account without a row: zeros, which is what it has. */
  async balance(accountId: string): Promise<Balance> {
    const { rows } = await this.database.query<AccountRecord & { now: Date; account_id: string | null }>({
      name: 'balance_read', text: READ_BALANCE, values: [accountId],
    });
    const row = rows[0]!;
    const known = row.account_id === null ? undefined : balanceOf(row);
    const spend = known?.spend ?? NO_SPEND;
    return {
      availableMicros: known?.availableMicros ?? 0n,
      heldMicros: known?.heldMicros ?? 0n,
      totalSpendMicros: spend.totalMicros,
      period: currentPeriod(spend, row.now),
    };
  }

  /** Newest first, and one more than asked for when there is more. */
  async entries({ accountId, limit, offset, beforeVersion, jobId }: EntryQuery): Promise<EntryLine[]> {
    const values = [accountId, beforeVersion, limit + 1, offset];
    const { rows } = await this.database.query<EntryRecord>(jobId === ''
      ? { name: 'entries_read', text: READ_ENTRIES, values }
      : { name: 'entries_of_job_read', text: READ_ENTRIES_OF_JOB, values: [...values, jobId] });
    return rows.map(entryLine);
  }

  async usage(query: UsageQuery): Promise<UsagePage> {
    return readUsage(this.database, query);
  }

  async prices(): Promise<Price[]> {
    return readPrices(this.database);
  }

  /** Oldest first. */
  async pendingHolds(placedBefore: Date, limit: number): Promise<{ accountId: string; jobId: string; amountMicros: bigint; placedAt: Date }[]> {
    const { rows } = await this.database.query<{ account_id: string; job_id: string; amount_micros: bigint; placed_at: Date }>({
      name: 'pending_holds_read', text: READ_PENDING_HOLDS, values: [placedBefore, limit],
    });
    return rows.map((row) => ({ accountId: row.account_id, jobId: row.job_id, amountMicros: row.amount_micros, placedAt: row.placed_at }));
  }
}

function entryLine(row: EntryRecord): EntryLine {
  const event = decodeEvent(row.payload);
  return {
    eventId: row.event_id, version: row.version, kind: row.kind, jobId: row.job_id, event,
    availableChangeMicros: changeIn('available', event), heldChangeMicros: changeIn('held', event),
    availableAfterMicros: row.available_after_micros, heldAfterMicros: row.held_after_micros, recordedAt: row.recorded_at,
  };
}
