import type { Columns } from '@usvideo/event-store';
import type { Standing } from '../account/account-balance';

/** What holds and their ends move; the rest stays for days, and half of a batch's work would be to write it again. */
export const OFTEN: Columns<Standing> = {
  last_recorded_at: ['timestamptz', (standing) => standing.lastRecordedAt],
  available_micros: ['bigint', (standing) => standing.availableMicros],
  held_micros: ['bigint', (standing) => standing.heldMicros],
  receivable_micros: ['bigint', (standing) => standing.receivableMicros],
  total_spend_micros: ['bigint', (standing) => standing.totalSpendMicros],
  period_charged_micros: ['bigint', ({ period }) => period.movements.chargedMicros],
  period_jobs: ['bigint', ({ period }) => period.movements.chargedJobs],
};
export const SELDOM: Columns<Standing> = {
  period: ['text', ({ period }) => period.month],
  period_first_version: ['bigint', ({ period }) => period.firstVersion],
  opening_available_micros: ['bigint', ({ period }) => period.opening.availableMicros],
  opening_held_micros: ['bigint', ({ period }) => period.opening.heldMicros],
  opening_receivable_micros: ['bigint', ({ period }) => period.opening.receivableMicros],
  period_added_micros: ['bigint', ({ period }) => period.movements.addedMicros],
  period_refunded_micros: ['bigint', ({ period }) => period.movements.refundedMicros],
  period_reversed_micros: ['bigint', ({ period }) => period.movements.reversedMicros],
  period_adjusted_micros: ['bigint', ({ period }) => period.movements.adjustedMicros],
  spend_cap_micros: ['bigint', (standing) => standing.capMicros],
  low_balance_threshold_micros: ['bigint', (standing) => standing.thresholdMicros],
};

/** The account's row by column, except for its key, version and hash. */
export function accountColumns(standing: Standing): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...OFTEN, ...SELDOM }).map(([name, [, of]]) => [name, of(standing) ?? null]));
}
