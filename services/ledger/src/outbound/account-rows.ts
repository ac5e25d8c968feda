import { together, type StreamHead, type Transaction } from '@usvideo/event-store';
import type { Standing } from '../domain/standing';
import { writeRows } from './array-write';

/** An account row under its lock. */
export interface LockedAccount {
  readonly standing: Standing;
  readonly head: StreamHead;
}

export const ACCOUNT_COLUMNS = `
account_id, version, head_hash, last_recorded_at, available_micros, held_micros, receivable_micros, total_spend_micros, period,
period_first_version, opening_available_micros, opening_held_micros, opening_receivable_micros, period_added_micros,
period_charged_micros, period_refunded_micros, period_reversed_micros, period_adjusted_micros, period_jobs, spend_cap_micros,
low_balance_threshold_micros`;

const INSERT_ACCOUNTS = `
insert into ledger_account (account_id) select id from unnest($1::text[]) as id order by id on conflict do nothing`;

const LOCK_ACCOUNTS = `
select ${ACCOUNT_COLUMNS} from ledger_account where account_id = any($1::text[]) order by account_id for update`;

export interface AccountRecord {
  account_id: string; version: bigint; head_hash: Buffer; last_recorded_at: Date | null;
  available_micros: bigint; held_micros: bigint; receivable_micros: bigint; total_spend_micros: bigint;
  period: string; period_first_version: bigint; opening_available_micros: bigint; opening_held_micros: bigint; opening_receivable_micros: bigint;
  period_added_micros: bigint; period_charged_micros: bigint; period_refunded_micros: bigint; period_reversed_micros: bigint;
  period_adjusted_micros: bigint; period_jobs: bigint; spend_cap_micros: bigint | null; low_balance_threshold_micros: bigint;
}

/** Missing rows come first and in order, so that two batches with the same new accounts wait instead of deadlocking. */
export async function insertAccounts(tx: Transaction, accountIds: readonly string[]): Promise<void> {
  await tx.query({ name: 'account_insert', text: INSERT_ACCOUNTS, values: [accountIds] });
}

export async function lockAccounts(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, LockedAccount>> {
  const { rows } = await tx.query<AccountRecord>({ name: 'account_lock', text: LOCK_ACCOUNTS, values: [accountIds] });
  return new Map(rows.map((row) => [row.account_id, { standing: standingOf(row), head: { version: row.version, hash: row.head_hash } }]));
}

export function standingOf(row: AccountRecord): Standing {
  return {
    accountId: row.account_id, version: row.version, lastRecordedAt: row.last_recorded_at ?? undefined,
    availableMicros: row.available_micros, heldMicros: row.held_micros, receivableMicros: row.receivable_micros,
    totalSpendMicros: row.total_spend_micros, capMicros: row.spend_cap_micros ?? undefined, thresholdMicros: row.low_balance_threshold_micros,
    period: {
      month: row.period, firstVersion: row.period_first_version,
      opening: { availableMicros: row.opening_available_micros, heldMicros: row.opening_held_micros, receivableMicros: row.opening_receivable_micros },
      movements: {
        addedMicros: row.period_added_micros, chargedMicros: row.period_charged_micros, refundedMicros: row.period_refunded_micros,
        reversedMicros: row.period_reversed_micros, adjustedMicros: row.period_adjusted_micros, chargedJobs: row.period_jobs,
      },
    },
  };
}

/** The account's row by column, except for its key, version and hash. */
export function accountColumns(standing: Standing) {
  const { period: { month, firstVersion, opening, movements } } = standing;
  return {
    last_recorded_at: standing.lastRecordedAt ?? null, available_micros: standing.availableMicros, held_micros: standing.heldMicros,
    receivable_micros: standing.receivableMicros, total_spend_micros: standing.totalSpendMicros, period: month, period_first_version: firstVersion,
    opening_available_micros: opening.availableMicros, opening_held_micros: opening.heldMicros, opening_receivable_micros: opening.receivableMicros,
    period_added_micros: movements.addedMicros, period_charged_micros: movements.chargedMicros, period_refunded_micros: movements.refundedMicros,
    period_reversed_micros: movements.reversedMicros, period_adjusted_micros: movements.adjustedMicros, period_jobs: movements.chargedJobs,
    spend_cap_micros: standing.capMicros ?? null, low_balance_threshold_micros: standing.thresholdMicros,
  };
}

type Values = ReturnType<typeof accountColumns>;
type Column = keyof Values;

const TYPES: Record<Column, 'timestamptz' | 'text' | 'bigint'> = {
  last_recorded_at: 'timestamptz', available_micros: 'bigint', held_micros: 'bigint', receivable_micros: 'bigint', total_spend_micros: 'bigint',
  period: 'text', period_first_version: 'bigint', opening_available_micros: 'bigint', opening_held_micros: 'bigint', opening_receivable_micros: 'bigint',
  period_added_micros: 'bigint', period_charged_micros: 'bigint', period_refunded_micros: 'bigint', period_reversed_micros: 'bigint',
  period_adjusted_micros: 'bigint', period_jobs: 'bigint', spend_cap_micros: 'bigint', low_balance_threshold_micros: 'bigint',
};
const COLUMNS = Object.keys(TYPES) as Column[];
/** What holds and their ends move; the rest stays for days, and half of a batch's work would be to write it again. */
const OFTEN: readonly Column[] = ['last_recorded_at', 'available_micros', 'held_micros', 'receivable_micros', 'total_spend_micros', 'period_charged_micros', 'period_jobs'];
const SELDOM = COLUMNS.filter((column) => !OFTEN.includes(column));

const updateOf = (name: string, columns: readonly Column[]) => ({
  name, columns, text: `
update ledger_account a
set version = n.version, head_hash = n.head_hash, ${columns.map((column) => `${column} = n.${column}`).join(', ')}
from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], ${columns.map((column, at) => `$${at + 5}::${TYPES[column]}[]`).join(', ')})
  as n (account_id, previous_version, version, head_hash, ${columns.join(', ')})
where a.account_id = n.account_id and a.version = n.previous_version`,
});
const UPDATE_OFTEN = updateOf('account_update', OFTEN);
const UPDATE_ALL = updateOf('account_update_all', COLUMNS);

/** An account's row before a batch, under its lock, and after it. */
export interface ChangedAccount {
  readonly before: LockedAccount;
  readonly standing: Standing;
  readonly head: StreamHead;
}

export async function updateAccounts(tx: Transaction, changed: readonly ChangedAccount[]): Promise<void> {
  const written = changed.map((account) => ({ ...account, values: accountColumns(account.standing) }));
  const { often = [], all = [] } = Object.groupBy(written, ({ before, values }) => (hasSeldomMoved(accountColumns(before.standing), values) ? 'all' : 'often'));
  await together([write(tx, UPDATE_OFTEN, often), write(tx, UPDATE_ALL, all)]);
}

function hasSeldomMoved(before: Values, after: Values): boolean {
  return SELDOM.some((column) => before[column] !== after[column]);
}

function write(tx: Transaction, update: ReturnType<typeof updateOf>, accounts: readonly (ChangedAccount & { readonly values: Values })[]): Promise<void> {
  const rows = accounts.map(({ before, standing, head, values }) => [standing.accountId, before.head.version, head.version, head.hash, ...update.columns.map((column) => values[column])]);
  return writeRows(tx, { name: update.name, text: update.text, columns: update.columns.length + 4 }, rows);
}
