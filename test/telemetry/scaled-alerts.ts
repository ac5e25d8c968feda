import type { Alert, Condition } from '../../deploy/observability/source/model.ts';
import { ALL_ALERTS } from '../../deploy/observability/source/render.ts';

/** Seconds that a test can wait for. */
const SOON = '> 10';

/**
 * What an alert waits for in days and minutes would take a test as long, so these thresholds are scaled, and the faults behind
 * them are as real as ever. `rules.spec.ts` proves the true thresholds on series. Expressions, ranges and floors stay as they ship.
 */
const SCALED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  QueueTooOld: { '> 300': SOON },
  GpuIdleWhileQueued: { '> 30': SOON },
  ConsumerLags: { '> 60': SOON },
  OutboxLags: { '> 60': SOON },
  WebhooksWait: { '> 300': SOON },
  PostgresOldTransaction: { '> 300': SOON },
  // Two million transactions would take minutes of a core.
  PostgresOldSnapshot: { '> 2000000': '> 2000' },
};

/** The alerts as they ship, but at once (`for`) and at the thresholds above. */
export const SCALED_ALERTS: readonly Alert[] = ALL_ALERTS.map((alert) => {
  const scaled = SCALED[alert.name] ?? {};
  const apply = <Part extends Condition>(part: Part): Part => ({ ...part, when: scaled[part.when] ?? part.when });
  const changed = [alert, ...(alert.and ?? [])].filter(({ when }) => when in scaled).length;
  if (changed !== Object.keys(scaled).length)
    throw new Error(`${alert.name} does not have the thresholds that the test scales`);
  return { ...apply(alert), for: '0s', ...(alert.and === undefined ? {} : { and: alert.and.map(apply) }) };
});
