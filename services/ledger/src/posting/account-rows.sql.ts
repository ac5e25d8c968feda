import {
  RowsStatement,
  textArray,
  together,
  type Columns,
  type StreamHead,
  type Transaction,
} from '@usvideo/event-store';
import type { AccountBalance } from '../account/account-balance';
import { OFTEN, SELDOM } from './account-columns';

/** An account row under its lock. */
export interface LockedAccount {
  readonly balance: AccountBalance;
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
  account_id: string;
  version: bigint;
  head_hash: Buffer;
  last_recorded_at: Date | null;
  available_micros: bigint;
  held_micros: bigint;
  receivable_micros: bigint;
  total_spend_micros: bigint;
  period: string;
  period_first_version: bigint;
  opening_available_micros: bigint;
  opening_held_micros: bigint;
  opening_receivable_micros: bigint;
  period_added_micros: bigint;
  period_charged_micros: bigint;
  period_refunded_micros: bigint;
  period_reversed_micros: bigint;
  period_adjusted_micros: bigint;
  period_jobs: bigint;
  spend_cap_micros: bigint | null;
  low_balance_threshold_micros: bigint;
}

/** Missing rows come first and in order, so that two batches with the same new accounts wait instead of deadlocking. */
export async function insertAccounts(tx: Transaction, accountIds: readonly string[]): Promise<void> {
  await tx.query({ name: 'account_insert', text: INSERT_ACCOUNTS, values: [textArray(accountIds)] });
}

export async function lockAccounts(
  tx: Transaction,
  accountIds: readonly string[],
): Promise<Map<string, LockedAccount>> {
  const { rows } = await tx.query<AccountRecord>({
    name: 'account_lock',
    text: LOCK_ACCOUNTS,
    values: [textArray(accountIds)],
  });
  return new Map(
    rows.map((row) => [
      row.account_id,
      { balance: balanceOf(row), head: { version: row.version, hash: row.head_hash } },
    ]),
  );
}

export function balanceOf(row: AccountRecord): AccountBalance {
  return {
    accountId: row.account_id,
    version: row.version,
    lastRecordedAt: row.last_recorded_at ?? undefined,
    availableMicros: row.available_micros,
    heldMicros: row.held_micros,
    receivableMicros: row.receivable_micros,
    totalSpendMicros: row.total_spend_micros,
    capMicros: row.spend_cap_micros ?? undefined,
    thresholdMicros: row.low_balance_threshold_micros,
    period: {
      month: row.period,
      firstVersion: row.period_first_version,
      opening: {
        availableMicros: row.opening_available_micros,
        heldMicros: row.opening_held_micros,
        receivableMicros: row.opening_receivable_micros,
      },
      movements: {
        addedMicros: row.period_added_micros,
        chargedMicros: row.period_charged_micros,
        refundedMicros: row.period_refunded_micros,
        reversedMicros: row.period_reversed_micros,
        adjustedMicros: row.period_adjusted_micros,
        chargedJobs: row.period_jobs,
      },
    },
  };
}

/** An account's row before a batch, under its lock, and after it. */
export interface ChangedAccount {
  readonly before: LockedAccount;
  readonly balance: AccountBalance;
  readonly head: StreamHead;
}

function updateOf(name: string, columns: Columns<AccountBalance>): RowsStatement<ChangedAccount> {
  const moved = Object.entries(columns).map(([column, [type, of]]) => [
    column,
    [type, ({ balance }: ChangedAccount) => of(balance)],
  ]);
  return new RowsStatement<ChangedAccount>(
    name,
    {
      account_id: ['text', ({ balance }) => balance.accountId],
      previous_version: ['bigint', ({ before }) => before.head.version],
      version: ['bigint', ({ head }) => head.version],
      head_hash: ['bytea', ({ head }) => head.hash],
      ...(Object.fromEntries(moved) as Columns<ChangedAccount>),
    },
    (_, rows) => `
update ledger_account a
set version = n.version, head_hash = n.head_hash, ${Object.keys(columns)
      .map((column) => `${column} = n.${column}`)
      .join(', ')}
from ${rows} where a.account_id = n.account_id and a.version = n.previous_version`,
  );
}

const UPDATE_OFTEN = updateOf('account_update', OFTEN);
const UPDATE_ALL = updateOf('account_update_all', { ...OFTEN, ...SELDOM });

export async function updateAccounts(tx: Transaction, changed: readonly ChangedAccount[]): Promise<void> {
  const { often = [], all = [] } = Object.groupBy(changed, ({ before, balance }) =>
    hasSeldomMoved(before.balance, balance) ? 'all' : 'often',
  );
  await together([UPDATE_OFTEN.write(tx, often), UPDATE_ALL.write(tx, all)]);
}

const SELDOM_VALUES = Object.values(SELDOM).map(([, of]) => of);

function hasSeldomMoved(before: AccountBalance, after: AccountBalance): boolean {
  return SELDOM_VALUES.some((of) => of(before) !== of(after));
}
