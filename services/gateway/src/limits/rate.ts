/** What a limiter said of a request; behind the X-RateLimit headers of its response. */
export interface Judgement extends Spending {
  /** When the full limit is back, by the time of day. */
  readonly resetAt: Date;
}

export interface Spending {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly retryAfterMs: number;
}

const WINDOW_MS = 60_000;

/** The theoretical arrival time of the generic cell rate algorithm, by a clock that is never set; it is all the state there is. */
export type ArrivalTimeMs = number;

/**
 * Spends one request of a limit per minute (GCRA, the virtual scheduling form of ITU-T I.371): a full burst of `limitPerMinute`,
 * refilled evenly. A refused request spends nothing.
 */
export function spend(
  arrivalMs: ArrivalTimeMs | undefined,
  limitPerMinute: number,
  nowMs: number,
): { arrivalMs: ArrivalTimeMs; resetInMs: number; spending: Spending } {
  const intervalMs = WINDOW_MS / limitPerMinute;
  const startMs = Math.max(arrivalMs ?? nowMs, nowMs);
  const nextMs = startMs + intervalMs;
  // Half an interval of slack absorbs the rounding of a sum of fractions; it can never admit one request more.
  const allowed = nextMs - nowMs <= WINDOW_MS + intervalMs / 2;
  const keptMs = allowed ? nextMs : startMs;
  return {
    arrivalMs: keptMs,
    resetInMs: keptMs - nowMs,
    spending: {
      allowed,
      limit: limitPerMinute,
      remaining: allowed ? Math.max(0, Math.floor((WINDOW_MS - (keptMs - nowMs)) / intervalMs + 1e-6)) : 0,
      retryAfterMs: allowed ? 0 : Math.ceil(nextMs - nowMs - WINDOW_MS),
    },
  };
}

export function rateHeaders(judgement: Judgement): Record<string, string> {
  return {
    'x-ratelimit-limit': String(judgement.limit),
    'x-ratelimit-remaining': String(judgement.remaining),
    'x-ratelimit-reset': String(Math.ceil(judgement.resetAt.getTime() / 1000)),
  };
}
