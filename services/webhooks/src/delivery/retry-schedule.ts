/** Waits after the end of the first, second and third attempt; the fourth is the last. */
const WAITS_MS = [30_000, 120_000, 480_000] as const;

export const ATTEMPTS_MAX = WAITS_MS.length + 1;

/** `Retry-After` may make a wait at most this many times as long. */
const RETRY_AFTER_FACTOR_MAX = 2;

/** One attempt as it ended. `httpStatus` 0: no answer came, `error` says why. */
export interface EndedAttempt {
  /** Counted from 1. */
  readonly attempt: number;
  readonly endedAt: Date;
  readonly httpStatus: number;
  readonly error: string;
  readonly retryAfter: string | undefined;
}

export type AttemptResult =
  | { readonly status: 'delivered' }
  | { readonly status: 'failed' }
  | { readonly status: 'pending'; readonly nextAttemptAt: Date };

/** What becomes of a delivery after an attempt: only 2xx delivers, 410 ends it, anything else waits for its next turn. */
export function judgeAttempt(ended: EndedAttempt): AttemptResult {
  const { attempt, error, httpStatus } = ended;
  if (error === '' && httpStatus >= 200 && httpStatus < 300) return { status: 'delivered' };
  if (httpStatus === 410 || attempt >= ATTEMPTS_MAX) return { status: 'failed' };
  const base = WAITS_MS[attempt - 1]!;
  const wait = Math.max(base, Math.min(askedWaitMs(ended), base * RETRY_AFTER_FACTOR_MAX));
  return { status: 'pending', nextAttemptAt: new Date(ended.endedAt.getTime() + wait) };
}

/** Only 429 and 503 say when to come back: as seconds or as an HTTP date. */
function askedWaitMs({ endedAt, httpStatus, retryAfter }: EndedAttempt): number {
  if (retryAfter === undefined || (httpStatus !== 429 && httpStatus !== 503)) return 0;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter) * 1_000;
  const until = Date.parse(retryAfter);
  return Number.isNaN(until) ? 0 : until - endedAt.getTime();
}
