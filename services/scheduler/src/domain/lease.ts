/** Tries at rendering one job before it fails. */
export const ATTEMPTS_MAX = 3;

export interface LeaseSettings {
  /** How long a lease lives after a heartbeat. */
  readonly leaseMs: number;
  /** The longest a render may take from its start, heartbeats or not. */
  readonly renderTimeoutMs: number;
}

/** Three heartbeats fit in a lease, so that two may be lost. */
export function heartbeatMs(settings: LeaseSettings): number {
  return Math.floor(settings.leaseMs / 3);
}

/** Why an attempt ended without a video. */
export type AttemptLoss = 'lease_expired' | 'engine_error' | 'worker_lost' | 'handed_back' | 'render_timeout';

/** A planned hand-back is nobody's failure. */
export function counts(loss: AttemptLoss): boolean {
  return loss !== 'handed_back';
}

export interface LostAttempt {
  readonly loss: AttemptLoss;
  /** Attempts that counted before this one. */
  readonly lostBefore: number;
  readonly deadlineAt: Date;
  readonly now: Date;
}

export type AfterLoss =
  | { readonly next: 'requeue' }
  | { readonly next: 'fail'; readonly errorCode: string; readonly errorMessage: string };

/** What becomes of a job whose attempt was lost: it waits again at the head of its account, or it fails for good. */
export function afterLoss(lost: LostAttempt): AfterLoss {
  if (counts(lost.loss) && lost.lostBefore + 1 >= ATTEMPTS_MAX) {
    if (lost.loss === 'render_timeout') return fail('render_timeout', 'The render took longer than it may, in each of its attempts.');
    return fail('engine_error', `The video could not be rendered in ${ATTEMPTS_MAX} attempts.`);
  }
  if (lost.deadlineAt <= lost.now) return deadlineExceeded;
  return { next: 'requeue' };
}

function fail(errorCode: string, errorMessage: string): AfterLoss & { next: 'fail' } {
  return { next: 'fail', errorCode, errorMessage };
}

export const deadlineExceeded = fail('deadline_exceeded', 'Rendering did not start before the deadline of the job.');
