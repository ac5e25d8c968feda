import type { Columns } from '@usvideo/event-store';
import type { AccountBalance } from '../account/account-balance';

/** What holds and their ends move; the rest stays for days, and half of a batch's work would be to write it again. */
export const OFTEN: Columns<AccountBalance> = {
  last_recorded_at: ['timestamptz', (balance) => balance.lastRecordedAt],
  available_micros: ['bigint', (balance) => balance.availableMicros],
  held_micros: ['bigint', (balance) => balance.heldMicros],
  receivable_micros: ['bigint', (balance) => balance.receivableMicros],
  total_spend_micros: ['bigint', (balance) => balance.totalSpendMicros],
  period_charged_micros: ['bigint', ({ period }) => period.movements.chargedMicros],
  period_jobs: ['bigint', ({ period }) => period.movements.chargedJobs],
};
export const SELDOM: Columns<AccountBalance> = {
  period: ['text', ({ period }) => period.month],
  period_first_version: ['bigint', ({ period }) => period.firstVersion],
  opening_available_micros: ['bigint', ({ period }) => period.opening.availableMicros],
  opening_held_micros: ['bigint', ({ period }) => period.opening.heldMicros],
  opening_receivable_micros: ['bigint', ({ period }) => period.opening.receivableMicros],
  period_added_micros: ['bigint', ({ period }) => period.movements.addedMicros],
  period_refunded_micros: ['bigint', ({ period }) => period.movements.refundedMicros],
  period_reversed_micros: ['bigint', ({ period }) => period.movements.reversedMicros],
  period_adjusted_micros: ['bigint', ({ period }) => period.movements.adjustedMicros],
  spend_cap_micros: ['bigint', (balance) => balance.capMicros],
  low_balance_threshold_micros: ['bigint', (balance) => balance.thresholdMicros],
};

/** The account's row by column, except for its key, version and hash. */
export function accountColumns(balance: AccountBalance): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...OFTEN, ...SELDOM }).map(([name, [, of]]) => [name, of(balance) ?? null]),
  );
}
