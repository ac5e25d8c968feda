import { RowsStatement, type Transaction } from '@usvideo/event-store';
import type { EntryRow, RefundRow, StatementRow, UsageDayRow, UsageRow } from '../account/rows';

const INSERT_ENTRIES = new RowsStatement<EntryRow>(
  'entry_insert',
  {
    account_id: ['text', (entry) => entry.accountId],
    version: ['bigint', (entry) => entry.version],
    job_id: ['text', (entry) => entry.jobId],
    available_after_micros: ['bigint', (entry) => entry.availableAfterMicros],
    held_after_micros: ['bigint', (entry) => entry.heldAfterMicros],
    receivable_after_micros: ['bigint', (entry) => entry.receivableAfterMicros],
  },
  (names, rows) => `insert into entry (${names}) select * from ${rows}`,
);

export async function insertEntries(tx: Transaction, entries: readonly EntryRow[]): Promise<void> {
  await INSERT_ENTRIES.write(tx, entries);
}

const INSERT_USAGE = new RowsStatement<UsageRow>(
  'usage_insert',
  {
    job_id: ['text', (row) => row.jobId],
    account_id: ['text', (row) => row.accountId],
    api_key_id: ['text', (row) => row.apiKeyId],
    day: ['date', (row) => row.day],
    model: ['text', (row) => row.model],
    resolution: ['text', (row) => row.resolution],
    duration_seconds: ['integer', (row) => row.durationSeconds],
    per_second_micros: ['bigint', (row) => row.perSecondMicros],
    charged_micros: ['bigint', (row) => row.chargedMicros],
    charged_at: ['timestamptz', (row) => row.chargedAt],
  },
  (names, rows) => `insert into usage (${names}) select * from ${rows}`,
);

export async function insertUsage(tx: Transaction, usage: readonly UsageRow[]): Promise<void> {
  await INSERT_USAGE.write(tx, usage);
}

/** Sums by day make totals and groups of any range cheap; under the account's lock nobody waits for them. */
const ADD_USAGE_DAYS = new RowsStatement<UsageDayRow>(
  'daily_usage_add',
  {
    account_id: ['text', (row) => row.accountId],
    day: ['date', (row) => row.day],
    api_key_id: ['text', (row) => row.apiKeyId],
    resolution: ['text', (row) => row.resolution],
    jobs: ['bigint', (row) => row.jobs],
    seconds: ['bigint', (row) => row.seconds],
    charged_micros: ['bigint', (row) => row.chargedMicros],
    refunded_micros: ['bigint', (row) => row.refundedMicros],
  },
  (names, rows) => `
insert into daily_usage as d (${names}) select * from ${rows}
on conflict (account_id, day, api_key_id, resolution) do update
set jobs = d.jobs + excluded.jobs, seconds = d.seconds + excluded.seconds,
    charged_micros = d.charged_micros + excluded.charged_micros, refunded_micros = d.refunded_micros + excluded.refunded_micros`,
);

export async function addUsageDays(tx: Transaction, days: Iterable<UsageDayRow>): Promise<void> {
  await ADD_USAGE_DAYS.write(tx, [...days]);
}

const REFUND_USAGE = new RowsStatement<RefundRow>(
  'usage_refund',
  {
    job_id: ['text', (row) => row.jobId],
    amount: ['bigint', (row) => row.amountMicros],
  },
  (_, rows) => `
update usage u set refunded_micros = u.refunded_micros + r.amount
from (select job_id, sum(amount)::bigint as amount from ${rows} group by job_id) r
where u.job_id = r.job_id`,
);

export async function refundUsage(tx: Transaction, refunds: readonly RefundRow[]): Promise<void> {
  if (refunds.length === 0) return;
  const changed = await REFUND_USAGE.run(tx, refunds);
  const jobs = new Set(refunds.map((row) => row.jobId)).size;
  if (changed !== jobs) throw new Error(`usage_refund changed ${changed} rows of ${jobs}`);
}

const INSERT_STATEMENTS = new RowsStatement<StatementRow>(
  'statement_insert',
  {
    account_id: ['text', (row) => row.accountId],
    period: ['text', (row) => row.period],
    first_version: ['bigint', (row) => row.firstVersion],
    last_version: ['bigint', (row) => row.lastVersion],
    opening_micros: ['bigint', (row) => row.openingMicros],
    added_micros: ['bigint', (row) => row.addedMicros],
    charged_micros: ['bigint', (row) => row.chargedMicros],
    refunded_micros: ['bigint', (row) => row.refundedMicros],
    reversed_micros: ['bigint', (row) => row.reversedMicros],
    adjusted_micros: ['bigint', (row) => row.adjustedMicros],
    charged_jobs: ['bigint', (row) => row.chargedJobs],
    closing_available_micros: ['bigint', (row) => row.closingAvailableMicros],
    closing_held_micros: ['bigint', (row) => row.closingHeldMicros],
    closing_receivable_micros: ['bigint', (row) => row.closingReceivableMicros],
  },
  (names, rows) => `insert into statement (${names}) select * from ${rows}`,
);

export async function insertStatements(tx: Transaction, statements: readonly StatementRow[]): Promise<void> {
  await INSERT_STATEMENTS.write(tx, statements);
}
