import type { Transaction } from '@usvideo/event-store';
import type { EntryRow, RefundRow, StatementRow, UsageDayRow, UsageRow } from '../domain/rows';
import { writeRows } from './array-write';

const INSERT_ENTRIES = `
insert into entry (account_id, version, job_id, available_after_micros, held_after_micros, receivable_after_micros)
select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])`;

export async function insertEntries(tx: Transaction, entries: readonly EntryRow[]): Promise<void> {
  const rows = entries.map((entry) => [
    entry.accountId, entry.version, entry.jobId, entry.availableAfterMicros, entry.heldAfterMicros, entry.receivableAfterMicros,
  ]);
  await writeRows(tx, { name: 'entry_insert', text: INSERT_ENTRIES, columns: 6 }, rows);
}

const INSERT_USAGE = `
insert into usage (job_id, account_id, api_key_id, day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[], $6::text[], $7::integer[], $8::bigint[], $9::bigint[], $10::timestamptz[])`;

export async function insertUsage(tx: Transaction, usage: readonly UsageRow[]): Promise<void> {
  const rows = usage.map((row) => [
    row.jobId, row.accountId, row.apiKeyId, row.day, row.model, row.resolution,
    row.durationSeconds, row.perSecondMicros, row.chargedMicros, row.chargedAt,
  ]);
  await writeRows(tx, { name: 'usage_insert', text: INSERT_USAGE, columns: 10 }, rows);
}

/** Sums by day make totals and groups of any range cheap; under the account's lock nobody waits for them. */
const ADD_USAGE_DAYS = `
insert into daily_usage as d (account_id, day, api_key_id, resolution, jobs, seconds, charged_micros, refunded_micros)
select * from unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
on conflict (account_id, day, api_key_id, resolution) do update
set jobs = d.jobs + excluded.jobs, seconds = d.seconds + excluded.seconds,
    charged_micros = d.charged_micros + excluded.charged_micros, refunded_micros = d.refunded_micros + excluded.refunded_micros`;

export async function addUsageDays(tx: Transaction, days: Iterable<UsageDayRow>): Promise<void> {
  const rows = [...days].map((row) => [
    row.accountId, row.day, row.apiKeyId, row.resolution, row.jobs, row.seconds, row.chargedMicros, row.refundedMicros,
  ]);
  await writeRows(tx, { name: 'daily_usage_add', text: ADD_USAGE_DAYS, columns: 8 }, rows);
}

const REFUND_USAGE = `
update usage u set refunded_micros = u.refunded_micros + n.amount
from (select job_id, sum(amount)::bigint as amount from unnest($1::text[], $2::bigint[]) as r (job_id, amount) group by job_id) n
where u.job_id = n.job_id`;

export async function refundUsage(tx: Transaction, refunds: readonly RefundRow[]): Promise<void> {
  if (refunds.length === 0) return;
  const values = [refunds.map((row) => row.jobId), refunds.map((row) => row.amountMicros)];
  const { rowCount } = await tx.query({ name: 'usage_refund', text: REFUND_USAGE, values });
  const jobs = new Set(refunds.map((row) => row.jobId)).size;
  if (rowCount !== jobs) throw new Error(`usage_refund changed ${rowCount} rows of ${jobs}`);
}

const INSERT_STATEMENTS = `
insert into statement (account_id, period, first_version, last_version, opening_micros, added_micros, charged_micros, refunded_micros,
                       reversed_micros, adjusted_micros, charged_jobs, closing_available_micros, closing_held_micros, closing_receivable_micros)
select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                     $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[])`;

export async function insertStatements(tx: Transaction, statements: readonly StatementRow[]): Promise<void> {
  const rows = statements.map((row) => [
    row.accountId, row.period, row.firstVersion, row.lastVersion, row.openingMicros, row.addedMicros, row.chargedMicros, row.refundedMicros,
    row.reversedMicros, row.adjustedMicros, row.chargedJobs, row.closingAvailableMicros, row.closingHeldMicros, row.closingReceivableMicros,
  ]);
  await writeRows(tx, { name: 'statement_insert', text: INSERT_STATEMENTS, columns: 14 }, rows);
}
