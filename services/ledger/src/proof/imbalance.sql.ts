import type { Database } from '@usvideo/event-store';

/**
 * Money that is in the customers' books or was charged, less what was ever added; and held money less the pending holds. One
 * statement and so one snapshot; it reads accounts, payments and adjustments but no events, cheap enough to run every minute.
 */
const READ_IMBALANCE = `
select abs(accounts.all_micros - payments.micros - adjustments.micros) + abs(accounts.held_micros - pending.micros) as micros
from (select coalesce(sum(available_micros + held_micros - receivable_micros + total_spend_micros), 0) as all_micros,
             coalesce(sum(held_micros), 0) as held_micros from ledger_account) accounts,
     (select coalesce(sum(amount_micros - reversed_micros), 0) as micros from payment) payments,
     (select coalesce(sum(amount_micros), 0) as micros from natural_key where kind = 'adjustment') adjustments,
     (select coalesce(sum(amount_micros), 0) as micros from hold where state = 'pending') pending`;

/** 0 when the books balance. The verifier says where a difference lies. */
export async function readImbalance(database: Database): Promise<bigint> {
  const { rows } = await database.query<{ micros: string }>({ name: 'imbalance_read', text: READ_IMBALANCE });
  return BigInt(rows[0]!.micros);
}
