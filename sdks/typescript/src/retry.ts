import { ConnectionError, type USVideoError } from './errors.ts';

/** Whether a repetition could do harm: `safe` requests may be sent again whenever no answer came. */
export type Repetition = 'safe' | 'only_if_refused';

const FIRST_MS = 500;
const LONGEST_MS = 8_000;
/** A longer wait is the caller's business. */
const LONGEST_ASKED_MS = 60_000;
const STATUSES = [429, 500, 502, 503, 504];

export function mayRepeat(error: USVideoError, repetition: Repetition): boolean {
  if (error.retryAfterMs !== undefined && error.retryAfterMs > LONGEST_ASKED_MS) return false;
  if (error.status === 429) return true;
  if (repetition !== 'safe') return false;
  return (
    error instanceof ConnectionError || STATUSES.includes(error.status ?? 0) || error.code === 'idempotency_in_progress'
  );
}

/**
 * Exponential with full jitter above a half; what the platform asks for is lengthened by at most a tenth, never shortened.
 * @param attempt 1 for the first repetition
 * @param random from 0 to 1
 */
export function delayMs(attempt: number, askedMs: number | undefined, random: number): number {
  if (askedMs !== undefined) return askedMs + Math.ceil(askedMs * 0.1 * random);
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)) * (0.5 + random / 2);
}
