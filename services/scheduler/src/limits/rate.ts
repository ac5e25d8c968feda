/**
 * The generic cell rate algorithm, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm, with a burst of the whole limit:
 * `limit` requests at once, then one each `60 s / limit`. All times are microseconds of the database's clock.
 */
const WINDOW_MICROS = 60_000_000n;

/** Rounded up, so that rounding never lets a request more through. */
export function emissionMicros(limitPerMinute: number): bigint {
  return (WINDOW_MICROS + BigInt(limitPerMinute) - 1n) / BigInt(limitPerMinute);
}

/** How far the theoretical arrival time may run ahead of the clock. */
export function burstMicros(limitPerMinute: number): bigint {
  return emissionMicros(limitPerMinute) * BigInt(limitPerMinute);
}

/** What the limiter made of several requests of one account at one moment. */
export interface RateSpending {
  readonly limitPerMinute: number;
  readonly granted: number;
  /** The theoretical arrival time after the granted requests. */
  readonly tatMicros: bigint;
  readonly atMicros: bigint;
}

/** Grants as many of `asked` as the limit allows at this moment: what `rate-limiter.sql` does for many accounts in one statement. */
export function spendRate(tatMicros: bigint, atMicros: bigint, limitPerMinute: number, asked: number): RateSpending {
  const emission = emissionMicros(limitPerMinute);
  const from = tatMicros > atMicros ? tatMicros : atMicros;
  const free = (burstMicros(limitPerMinute) - (from - atMicros)) / emission;
  const granted = Math.min(asked, Math.max(0, Number(free)));
  return { limitPerMinute, granted, tatMicros: from + emission * BigInt(granted), atMicros };
}

export interface RateDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** When the full limit is back. */
  readonly resetAt: Date;
  /** 0 when allowed; otherwise a retry after it succeeds unless the account spent it elsewhere. */
  readonly retryAfterMs: number;
}

/** The decision of the request number `index`, from 0, of those asked for together. */
export function rateDecision(spending: RateSpending, index: number): RateDecision {
  const { limitPerMinute, granted, tatMicros, atMicros } = spending;
  const emission = emissionMicros(limitPerMinute);
  const allowed = index < granted;
  const tat = allowed ? tatMicros - emission * BigInt(granted - 1 - index) : tatMicros;
  const free = burstMicros(limitPerMinute) - (tat - atMicros);
  return {
    allowed,
    limit: limitPerMinute,
    remaining: allowed && free > 0n ? Number(free / emission) : 0,
    resetAt: new Date(Number((tat + 999n) / 1_000n)),
    retryAfterMs: allowed ? 0 : Number((emission - free + 999n) / 1_000n),
  };
}
