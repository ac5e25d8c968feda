import { ConnectionError, USVideoError } from '../../typescript/src/index.ts';

/** What scripts can tell apart; the README's table is compared with this one by a test. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  key: 3,
  refused: 4,
  payment: 5,
  busy: 6,
  noVideo: 7,
  unreachable: 8,
  interrupted: 130,
} as const;

/** What was asked for makes no sense; the message says what would. */
export class UsageError extends Error {}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (!(error instanceof USVideoError)) return EXIT.unexpected;
  const { code, status = 0 } = error;
  if (code === 'aborted') return EXIT.interrupted;
  if (code === 'invalid_configuration' || status === 401 || status === 403) return EXIT.key;
  if (status === 402) return EXIT.payment;
  if (status === 429 || status >= 500) return EXIT.busy;
  if (code === 'video_not_completed') return EXIT.noVideo;
  if (error instanceof ConnectionError) return EXIT.unreachable;
  return status >= 400 || code === 'job_not_ended' || code === 'video_expired' ? EXIT.refused : EXIT.unexpected;
}
