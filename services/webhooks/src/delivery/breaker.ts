/** What is known of a server, of one account's use of it. */
export interface Breaker {
  readonly countedSince: Date | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Set while it is in trouble: since when. */
  readonly brokenSince: Date | undefined;
  /** Until then it is left alone; after it one probe at a time is made. */
  readonly openUntil: Date | undefined;
  readonly probesFailed: number;
}

export const CLOSED: Breaker = {
  countedSince: undefined,
  succeeded: 0,
  failed: 0,
  brokenSince: undefined,
  openUntil: undefined,
  probesFailed: 0,
};

const WINDOW_MS = 5 * 60_000;
const SAMPLES_MIN = 10;
const FAILED_SHARE = 0.7;
const OPEN_FIRST_MS = 30_000;
const OPEN_MAX_MS = 15 * 60_000;

/** How long what waits for a server in trouble is kept waiting before it has failed. */
export const PARKED_MAX_MS = 72 * 3_600_000;

/** Takes an endpoint out of use, with notice. */
export interface EndpointSwitch {
  disable(endpointId: string, reason: 'gone' | 'unreachable'): Promise<void>;
}

/** Says something about the server as a whole, not about one path of it: no answer, too busy, or broken inside. */
export function isTrouble({ error, httpStatus }: { readonly error: string; readonly httpStatus: number }): boolean {
  return httpStatus === 0
    ? error === 'timeout' || error === 'connection_failed'
    : httpStatus === 429 || httpStatus >= 500;
}

/** The breaker after one more attempt; a success closes it whatever came before. */
export function breakerAfter(breaker: Breaker, trouble: boolean, now: Date): Breaker {
  if (breaker.brokenSince !== undefined) {
    if (!trouble) return CLOSED;
    // Attempts that were under way when it opened are no probes.
    if (breaker.openUntil !== undefined && now < breaker.openUntil) return breaker;
    const probesFailed = breaker.probesFailed + 1;
    return { ...breaker, probesFailed, openUntil: new Date(now.getTime() + openMs(probesFailed)) };
  }
  const counting =
    breaker.countedSince !== undefined && now.getTime() - breaker.countedSince.getTime() < WINDOW_MS
      ? breaker
      : { ...CLOSED, countedSince: now };
  const counted = {
    ...counting,
    succeeded: counting.succeeded + (trouble ? 0 : 1),
    failed: counting.failed + (trouble ? 1 : 0),
  };
  const samples = counted.succeeded + counted.failed;
  if (samples < SAMPLES_MIN || counted.failed < samples * FAILED_SHARE) return counted;
  return { ...counted, brokenSince: now, openUntil: new Date(now.getTime() + openMs(0)), probesFailed: 0 };
}

/** Twice as long after each failed probe. */
function openMs(probesFailed: number): number {
  return Math.min(OPEN_FIRST_MS * 2 ** Math.min(probesFailed, 10), OPEN_MAX_MS);
}
