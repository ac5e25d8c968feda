import { Inject, Injectable } from '@nestjs/common';
import { databaseNow, type Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Cap } from '../account/account-state';
import { changeIn, type AccountEvent } from '../account/postings';
import {
  currentPeriod,
  monthOf,
  newBalance,
  type CurrentPeriod,
  type AccountBalance,
} from '../account/account-balance';
import { ACCOUNT_COLUMNS, balanceOf, type AccountRecord } from '../posting/account-rows.sql';
import { decodeEvent } from '../posting/event-codec';

export type Balance = Omit<AccountBalance, 'period'> & { readonly period: CurrentPeriod };

export interface PastBalance {
  readonly version: bigint;
  readonly availableMicros: bigint;
  readonly heldMicros: bigint;
  readonly receivableMicros: bigint;
}

export interface EntryLine {
  readonly eventId: string;
  readonly version: bigint;
  readonly kind: string;
  readonly jobId: string;
  readonly event: AccountEvent;
  readonly availableChangeMicros: bigint;
  readonly heldChangeMicros: bigint;
  readonly receivableChangeMicros: bigint;
  readonly availableAfterMicros: bigint;
  readonly heldAfterMicros: bigint;
  readonly receivableAfterMicros: bigint;
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
select clock_timestamp() as now, ${ACCOUNT_COLUMNS} from (select) as always left join ledger_account on account_id = $1`;

/** Times within a stream never go back, so the last version at a moment is found by halving, however long the history is. */
const READ_AS_OF = `
with recursive search (low, high) as (
  select 0::bigint, coalesce((select version from ledger_account where account_id = $1), 0)
  union all
  select case when recorded_at <= $2 then middle else low end, case when recorded_at <= $2 then high else middle - 1 end
  from (select low, high, (low + high + 1) / 2 as middle from search where low < high) half
  join event on stream_id = $1 and version = middle
), found as (select low as version from search where low = high)
select found.version, e.available_after_micros, e.held_after_micros, e.receivable_after_micros
from found left join lateral (
  select * from entry where account_id = $1 and entry.version <= found.version order by entry.version desc limit 1) e on true`;

const READ_ENTRIES = `
select e.version, e.job_id, e.available_after_micros, e.held_after_micros, e.receivable_after_micros, v.event_id, v.kind, v.payload, v.recorded_at
from entry e join event v on v.stream_id = e.account_id and v.version = e.version
where e.account_id = $1 and ($2 = 0 or e.version < $2)
order by e.version desc limit $3 offset $4`;

const READ_ENTRIES_OF_JOB = `
select e.version, e.job_id, e.available_after_micros, e.held_after_micros, e.receivable_after_micros, v.event_id, v.kind, v.payload, v.recorded_at
from entry e join event v on v.stream_id = e.account_id and v.version = e.version
where e.account_id = $1 and ($2 = 0 or e.version < $2) and e.job_id = $5 and e.job_id <> ''
order by e.version desc limit $3 offset $4`;

interface EntryRecord {
  version: bigint;
  job_id: string;
  available_after_micros: bigint;
  held_after_micros: bigint;
  receivable_after_micros: bigint;
  event_id: string;
  kind: string;
  payload: Buffer;
  recorded_at: Date;
}

const READ_KEY_CAPS = `
select api_key_id, limit_micros, held_micros, month, spent_micros from key_cap where account_id = $1 order by api_key_id`;

interface KeyCapRecord {
  api_key_id: string;
  limit_micros: bigint | null;
  held_micros: bigint;
  month: string;
  spent_micros: bigint;
}

const READ_PENDING_HOLDS = `
select account_id, job_id, amount_micros, placed_at from hold
where state = 'pending' and placed_at <= $1 order by placed_at, job_id limit $2`;

const READ_MORE_PENDING_HOLDS = `
select account_id, job_id, amount_micros, placed_at from hold
where state = 'pending' and placed_at <= $1 and (placed_at, job_id) > ((select placed_at from hold where job_id = $3), $3)
order by placed_at, job_id limit $2`;

const READ_PENDING_HOLDS_OF = `select account_id, job_id, amount_micros, placed_at from hold where state = 'pending' and job_id = any($1::text[])`;

interface PendingHold {
  readonly accountId: string;
  readonly jobId: string;
  readonly amountMicros: bigint;
  readonly placedAt: Date;
}

/** What the ledger answers from its committed rows, always the primary's. */
@Injectable()
export class LedgerReader {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Of an account without a row: zeros, which is what it has. */
  async balance(accountId: string): Promise<Balance> {
    const { rows } = await this.database.query<AccountRecord & { now: Date }>({
      name: 'balance_read',
      text: READ_BALANCE,
      values: [accountId],
    });
    const row = rows[0]!;
    const balance = (row.account_id as string | null) === null ? newBalance(accountId) : balanceOf(row);
    return { ...balance, period: currentPeriod(balance, row.now) };
  }

  /** After the last event that was recorded at or before the moment. */
  async balanceAsOf(accountId: string, asOf: Date): Promise<PastBalance> {
    type Record = {
      version: bigint;
      available_after_micros: bigint | null;
      held_after_micros: bigint | null;
      receivable_after_micros: bigint | null;
    };
    const { rows } = await this.database.query<Record>({
      name: 'balance_as_of_read',
      text: READ_AS_OF,
      values: [accountId, asOf],
    });
    const row = rows[0];
    return {
      version: row?.version ?? 0n,
      availableMicros: row?.available_after_micros ?? 0n,
      heldMicros: row?.held_after_micros ?? 0n,
      receivableMicros: row?.receivable_after_micros ?? 0n,
    };
  }

  /** The account's own cap first, then every key that has or had one. */
  async caps(accountId: string): Promise<{ caps: (Cap & { apiKeyId: string })[]; period: CurrentPeriod }> {
    const [{ capMicros, heldMicros, period }, { rows }] = await Promise.all([
      this.balance(accountId),
      this.database.query<KeyCapRecord>({ name: 'key_caps_read', text: READ_KEY_CAPS, values: [accountId] }),
    ]);
    const own = { apiKeyId: '', limitMicros: capMicros, spentMicros: period.spendMicros, heldMicros };
    const ofKeys = rows.map((row) => ({
      apiKeyId: row.api_key_id,
      limitMicros: row.limit_micros ?? undefined,
      heldMicros: row.held_micros,
      spentMicros: row.month === monthOf(period.start) ? row.spent_micros : 0n,
    }));
    return { caps: [own, ...ofKeys], period };
  }

  /** Newest first, and one more than asked for when there is more. */
  async entries({ accountId, limit, offset, beforeVersion, jobId }: EntryQuery): Promise<EntryLine[]> {
    const values = [accountId, beforeVersion, limit + 1, offset];
    const { rows } = await this.database.query<EntryRecord>(
      jobId === ''
        ? { name: 'entries_read', text: READ_ENTRIES, values }
        : { name: 'entries_of_job_read', text: READ_ENTRIES_OF_JOB, values: [...values, jobId] },
    );
    return rows.map(entryLine);
  }

  /** Oldest first. @param than an age in seconds, or a time, before which they were placed @param afterJobId the last hold of the page before; undefined: the first page */
  async pendingHolds(than: number | Date, limit: number, afterJobId?: string): Promise<PendingHold[]> {
    const placedBefore =
      than instanceof Date ? than : new Date((await databaseNow(this.database)).getTime() - than * 1_000);
    return this.readHolds(
      afterJobId === undefined
        ? { name: 'pending_holds_read', text: READ_PENDING_HOLDS, values: [placedBefore, limit] }
        : { name: 'pending_holds_read_on', text: READ_MORE_PENDING_HOLDS, values: [placedBefore, limit, afterJobId] },
    );
  }

  pendingHoldsOf(jobIds: readonly string[]): Promise<PendingHold[]> {
    return this.readHolds({ name: 'pending_holds_of', text: READ_PENDING_HOLDS_OF, values: [jobIds] });
  }

  private async readHolds(statement: { name: string; text: string; values: unknown[] }): Promise<PendingHold[]> {
    const { rows } = await this.database.query<{
      account_id: string;
      job_id: string;
      amount_micros: bigint;
      placed_at: Date;
    }>(statement);
    return rows.map((row) => ({
      accountId: row.account_id,
      jobId: row.job_id,
      amountMicros: row.amount_micros,
      placedAt: row.placed_at,
    }));
  }
}

function entryLine(row: EntryRecord): EntryLine {
  const event = decodeEvent(row.payload);
  return {
    eventId: row.event_id,
    version: row.version,
    kind: row.kind,
    jobId: row.job_id,
    event,
    availableChangeMicros: changeIn('available', event),
    heldChangeMicros: changeIn('held', event),
    receivableChangeMicros: -changeIn('receivable', event),
    availableAfterMicros: row.available_after_micros,
    heldAfterMicros: row.held_after_micros,
    receivableAfterMicros: row.receivable_after_micros,
    recordedAt: row.recorded_at,
  };
}
