/**
 * Keeps an engine that fails at everything from taking all the work: after some failures in a row it rests, each time longer, until
 * one render succeeds. A failure that is the customer's doing does not count.
 */
export interface Breaker {
  readonly failures: number;
  /** On the monotonic clock; the engine takes nothing before it. */
  readonly closedUntilMs: number;
}

export const BREAKER_AT_REST: Breaker = { failures: 0, closedUntilMs: -Infinity };

const FAILURES_IN_A_ROW = 3;
const REST = { firstMs: 5_000, maxMs: 300_000 };

export function afterFailure(breaker: Breaker, nowMs: number): Breaker {
  const failures = breaker.failures + 1;
  if (failures < FAILURES_IN_A_ROW) return { ...breaker, failures };
  const restMs = Math.min(REST.maxMs, REST.firstMs * 2 ** (failures - FAILURES_IN_A_ROW));
  return { failures, closedUntilMs: nowMs + restMs };
}

export function afterSuccess(): Breaker {
  return BREAKER_AT_REST;
}

export function takesWork({ closedUntilMs }: Breaker, nowMs: number): boolean {
  return nowMs >= closedUntilMs;
}
