import { heldAttempt, isEnded, type JobState } from '../job/job';
import { leaseUntil, renderDeadlineAt, type LeaseSettings } from './lease';

/** What the queue's row of a job becomes. */
export type QueueChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'queued' }
  | {
      readonly kind: 'leased';
      readonly workerId: string;
      readonly attempt: number;
      readonly leaseId: string;
      readonly leaseUntil: Date;
      readonly renderDeadlineAt?: Date;
    };

/** How a change of state moves the row in the queue, the counters of the account and the account's virtual time. */
export interface JobMove {
  readonly queue: QueueChange;
  readonly running: number;
  /** Jobs that left the line; one that returns to it counts back. */
  readonly departed: number;
  /** GPU time charged by this move beside, or instead of, what was expected; undefined: nothing is charged. */
  readonly charge?: { readonly expected: 'add' | 'take back'; readonly actualMs: number };
}

/** What happens to queue, counters and virtual time when a job goes from one state to the next at `now`. */
export function moveOf(before: JobState, after: JobState, now: Date, settings: LeaseSettings): JobMove {
  const leased = before.name === 'leased' || before.name === 'rendering';
  if (isEnded(after)) {
    if (isEnded(before)) return { queue: { kind: 'none' }, running: 0, departed: 0 };
    if (!leased) return { queue: { kind: 'gone' }, running: 0, departed: 1 };
    return {
      queue: { kind: 'gone' },
      running: -1,
      departed: 0,
      charge: { expected: 'take back', actualMs: renderedMs(before, now) },
    };
  }
  if (after.name === 'queued') {
    // A lost attempt was no service to the account: what it cost is given back.
    return leased
      ? { queue: { kind: 'queued' }, running: -1, departed: -1, charge: { expected: 'take back', actualMs: 0 } }
      : { queue: { kind: 'none' }, running: 0, departed: 0 };
  }
  if (after.name === before.name) return { queue: { kind: 'none' }, running: 0, departed: 0 };
  const lease = leaseOf(after, now, settings);
  return leased
    ? { queue: lease, running: 0, departed: 0 }
    : { queue: lease, running: 1, departed: 1, charge: { expected: 'add', actualMs: 0 } };
}

function leaseOf(after: JobState, now: Date, settings: LeaseSettings): QueueChange {
  const { workerId, attempt, leaseId } = heldAttempt(after)!;
  const lease = { kind: 'leased', workerId, attempt, leaseId, leaseUntil: leaseUntil(now, settings) } as const;
  return after.name === 'rendering' ? { ...lease, renderDeadlineAt: renderDeadlineAt(now, settings) } : lease;
}

function renderedMs(before: JobState, now: Date): number {
  if (before.name !== 'rendering' || before.renderingStartedAt === undefined) return 0;
  return Math.max(0, now.getTime() - before.renderingStartedAt.getTime());
}
