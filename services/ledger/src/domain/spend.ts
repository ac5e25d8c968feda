/** What an account was charged, in all and in the UTC month of its last charge. */
export interface Spend {
  readonly totalMicros: bigint;
  /** The UTC month of the last charge as `YYYY-MM`; empty before the first. */
  readonly period: string;
  readonly periodMicros: bigint;
  readonly periodJobs: bigint;
}

export interface CurrentPeriod {
  readonly start: Date;
  /** Exclusive. */
  readonly end: Date;
  readonly spendMicros: bigint;
  readonly jobs: bigint;
}

export const NO_SPEND: Spend = { totalMicros: 0n, period: '', periodMicros: 0n, periodJobs: 0n };

/** A new month starts its counters by itself: nothing has to run at midnight. */
export function addCharge(spend: Spend, micros: bigint, at: Date): Spend {
  const period = monthOf(at);
  const same = period === spend.period;
  return {
    totalMicros: spend.totalMicros + micros,
    period,
    periodMicros: (same ? spend.periodMicros : 0n) + micros,
    periodJobs: (same ? spend.periodJobs : 0n) + 1n,
  };
}

export function currentPeriod(spend: Spend, now: Date): CurrentPeriod {
  const same = monthOf(now) === spend.period;
  return {
    start: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)),
    end: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)),
    spendMicros: same ? spend.periodMicros : 0n,
    jobs: same ? spend.periodJobs : 0n,
  };
}

/** The UTC day as `YYYY-MM-DD`: the day a charge is billed on. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7);
}
