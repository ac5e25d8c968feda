import type { StreamHead, Transaction } from '@usvideo/event-store';
import { paymentKey, type AccountBalance, type EntryRow, type PaymentRow, type UsageRow } from '../domain/batch';
import type { Hold } from '../domain/account';

/** An account row under its lock. */
export interface LockedAccount {
  readonly balance: AccountBalance;
  readonly head: StreamHead;
}

const INSERT_ACCOUNTS = `
insert into ledger_account (account_id) select id from unnest($1::text[]) as id order by id on conflict do nothing`;

const LOCK_ACCOUNTS = `
select account_id, version, head_hash, available_micros, held_micros, total_spend_micros, period, period_spend_micros, period_jobs
from ledger_account where account_id = any($1::text[]) order by account_id for update`;

export interface AccountRecord {
  account_id: string; version: bigint; head_hash: Buffer; available_micros: bigint; held_micros: bigint;
  total_spend_micros: bigint; period: string; period_spend_micros: bigint; period_jobs: bigint;
}

/** Missing rows come first and in order, so that two batches with the same new accounts wait instead of deadlocking. */
export async function insertAccounts(tx: Transaction, accountIds: readonly string[]): Promise<void> {
  await tx.query({ name: 'account_insert', text: INSERT_ACCOUNTS, values: [accountIds] });
}

export async function lockAccounts(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, LockedAccount>> {
  const { rows } = await tx.query<AccountRecord>({ name: 'account_lock', text: LOCK_ACCOUNTS, values: [accountIds] });
  return new Map(rows.map((row) => [row.account_id, { balance: balanceOf(row), head: { version: row.version, hash: row.head_hash } }]));
}

export function balanceOf(row: AccountRecord): AccountBalance {
  return {
    accountId: row.account_id, version: row.version, availableMicros: row.available_micros, heldMicros: row.held_micros,
    spend: { totalMicros: row.total_spend_micros, period: row.period, periodMicros: row.period_spend_micros, periodJobs: row.period_jobs },
  };
}

const LOAD_HOLDS = `
select job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version,
       amount_micros, captured_micros, released_micros, late_outcome
from hold where job_id = any($1::text[])`;

interface HoldRecord {
  job_id: string; account_id: string; state: Hold['state']; api_key_id: string | null; model: string; resolution: string;
  duration_seconds: number; per_second_micros: bigint; price_version: number;
  amount_micros: bigint; captured_micros: bigint; released_micros: bigint; late_outcome: boolean;
}

/** Holds by job id. Their accounts are locked: a hold changes only under the lock of its account. */
export async function loadHolds(tx: Transaction, jobIds: readonly string[]): Promise<Map<string, Hold>> {
  if (jobIds.length === 0) return new Map();
  const { rows } = await tx.query<HoldRecord>({ name: 'hold_load', text: LOAD_HOLDS, values: [jobIds] });
  return new Map(rows.map((row) => [row.job_id, holdOf(row)]));
}

function holdOf(row: HoldRecord): Hold {
  const placed = row.api_key_id === null ? undefined : {
    terms: { apiKeyId: row.api_key_id, model: row.model, resolution: row.resolution, durationSeconds: row.duration_seconds },
    price: { perSecondMicros: row.per_second_micros, priceVersion: row.price_version, amountMicros: row.amount_micros },
  };
  return {
    accountId: row.account_id, state: row.state, placed, amountMicros: row.amount_micros,
    capturedMicros: row.captured_micros, releasedMicros: row.released_micros, lateOutcomeRecorded: row.late_outcome,
  };
}

const LOAD_PAYMENTS = `
select p.account_id, p.payment_ref, p.amount_micros
from payment p join unnest($1::text[], $2::text[]) as n (account_id, payment_ref) using (account_id, payment_ref)`;

/** Amounts by `paymentKey`. */
export async function loadPayments(tx: Transaction, keys: readonly { accountId: string; paymentRef: string }[]): Promise<Map<string, bigint>> {
  if (keys.length === 0) return new Map();
  const { rows } = await tx.query<{ account_id: string; payment_ref: string; amount_micros: bigint }>({
    name: 'payment_load', text: LOAD_PAYMENTS, values: [keys.map((key) => key.accountId), keys.map((key) => key.paymentRef)],
  });
  return new Map(rows.map((row) => [paymentKey(row.account_id, row.payment_ref), row.amount_micros]));
}

const UPDATE_ACCOUNTS = `
update ledger_account a
set version = n.version, head_hash = n.head_hash, available_micros = n.available, held_micros = n.held,
    total_spend_micros = n.total_spend, period = n.period, period_spend_micros = n.period_spend, period_jobs = n.period_jobs
from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[], $10::bigint[])
  as n (account_id, previous_version, version, head_hash, available, held, total_spend, period, period_spend, period_jobs)
where a.account_id = n.account_id and a.version = n.previous_version`;

export async function updateAccounts(tx: Transaction, changed: readonly { previousVersion: bigint; balance: AccountBalance; head: StreamHead }[]): Promise<void> {
  const rows = changed.map(({ previousVersion, balance, head }) => [
    balance.accountId, previousVersion, head.version, head.hash, balance.availableMicros, balance.heldMicros,
    balance.spend.totalMicros, balance.spend.period, balance.spend.periodMicros, balance.spend.periodJobs,
  ]);
  await write(tx, { name: 'account_update', text: UPDATE_ACCOUNTS, columns: 10 }, rows);
}

/**
 * The moments of a hold that was stored before stay as they are. The last condition makes a job id that meanwhile belongs to
 * another account fail the row count instead of changing its hold.
 */
const WRITE_HOLDS = `
insert into hold (job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version,
                  amount_micros, captured_micros, released_micros, late_outcome, placed_at, ended_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::bigint[], $9::integer[],
                     $10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[], $14::timestamptz[], $15::timestamptz[])
on conflict (job_id) do update
set state = excluded.state, captured_micros = excluded.captured_micros, released_micros = excluded.released_micros,
    late_outcome = excluded.late_outcome, ended_at = coalesce(hold.ended_at, excluded.ended_at)
where hold.account_id = excluded.account_id`;

/** Holds by job id, as they stand at the moment `now`. */
export async function writeHolds(tx: Transaction, now: Date, changed: ReadonlyMap<string, Hold>): Promise<void> {
  const rows = [...changed].map(([jobId, hold]) => {
    const terms = hold.placed?.terms;
    const price = hold.placed?.price;
    return [
      jobId, hold.accountId, hold.state, terms?.apiKeyId ?? null, terms?.model ?? null, terms?.resolution ?? null,
      terms?.durationSeconds ?? null, price?.perSecondMicros ?? null, price?.priceVersion ?? null,
      hold.amountMicros, hold.capturedMicros, hold.releasedMicros, hold.lateOutcomeRecorded,
      hold.placed === undefined ? null : now, hold.state === 'pending' ? null : now,
    ];
  });
  await write(tx, { name: 'hold_write', text: WRITE_HOLDS, columns: 15 }, rows);
}

const INSERT_PAYMENTS = `
insert into payment (account_id, payment_ref, amount_micros) select * from unnest($1::text[], $2::text[], $3::bigint[])`;

export async function insertPayments(tx: Transaction, payments: readonly PaymentRow[]): Promise<void> {
  const rows = payments.map((payment) => [payment.accountId, payment.paymentRef, payment.amountMicros]);
  await write(tx, { name: 'payment_insert', text: INSERT_PAYMENTS, columns: 3 }, rows);
}

const INSERT_ENTRIES = `
insert into entry (account_id, version, job_id, available_after_micros, held_after_micros)
select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])`;

export async function insertEntries(tx: Transaction, entries: readonly EntryRow[]): Promise<void> {
  const rows = entries.map((entry) => [entry.accountId, entry.version, entry.jobId, entry.availableAfterMicros, entry.heldAfterMicros]);
  await write(tx, { name: 'entry_insert', text: INSERT_ENTRIES, columns: 5 }, rows);
}

const INSERT_USAGE = `
insert into usage (job_id, account_id, api_key_id, day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::text[], $6::text[], $7::integer[], $8::bigint[], $9::bigint[], $10::timestamptz[])`;

export async function insertUsage(tx: Transaction, usage: readonly UsageRow[]): Promise<void> {
  const rows = usage.map((row) => [
    row.jobId, row.accountId, row.apiKeyId, row.day, row.model, row.resolution,
    row.durationSeconds, row.perSecondMicros, row.chargedMicros, row.chargedAt,
  ]);
  await write(tx, { name: 'usage_insert', text: INSERT_USAGE, columns: 10 }, rows);
}

/** One array write. Every row must take effect: a smaller count means that somebody else changed what this transaction had locked. */
async function write(tx: Transaction, statement: { name: string; text: string; columns: number }, rows: readonly unknown[][]): Promise<void> {
  if (rows.length === 0) return;
  const values = Array.from({ length: statement.columns }, (_, column) => rows.map((row) => row[column]));
  const { rowCount } = await tx.query({ name: statement.name, text: statement.text, values });
  if (rowCount !== rows.length) throw new Error(`${statement.name} changed ${rowCount} rows of ${rows.length}`);
}
