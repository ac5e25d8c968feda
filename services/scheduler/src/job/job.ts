import type { Environment } from '@usvideo/contracts/books';
import type { NameOf } from '@usvideo/contracts/names';
import type {
  Artifact,
  JobEvent,
  JobLeased,
  JobRefusal as JobRefusals,
  Terms,
  Verdict,
} from '@usvideo/contracts/scheduler';
import { accept, refuse, unreachable, type Decider, type Decision } from '@usvideo/event-store';
import { verdictOf } from './verdict';

/** An attempt that ended for a reason of its own counts against this; a planned hand-back does not. */
export const ATTEMPTS_MAX = 3;

export type { Environment };
export type JobStateName = 'queued' | 'leased' | 'rendering' | 'completed' | 'failed' | 'cancelled';

/** One try at rendering the job; belongs to one lease. */
export interface Attempt {
  readonly attempt: number;
  readonly leaseId: string;
  readonly workerId: string;
  readonly engine: string;
  readonly startedAt: Date;
  readonly endedAt?: Date;
  /** completed, failed, cancelled, or why the job was queued again. */
  readonly outcome?: string;
  /** Whether it is one of the job's `ATTEMPTS_MAX`. */
  readonly counts: boolean;
  /** The outcome that the worker reported after the lease had ended. */
  readonly staleOutcome?: string;
  /** What a hosted engine takes for it; absent: the engine is our own. */
  readonly remoteCostMicros?: number;
}

export interface JobState {
  /** `none` before JobSubmitted. */
  readonly name: JobStateName | 'none';
  readonly environment: Environment;
  readonly terms: Terms;
  readonly apiKeyId: string;
  readonly jobClass: string;
  readonly estimatedCostMicros: bigint;
  readonly deadlineAt: Date;
  /** Oldest first; the last one holds the lease while the job is leased or rendering. */
  readonly attempts: readonly Attempt[];
  readonly verdict?: Verdict;
  readonly artifact?: Artifact;
  readonly error?: { readonly code: string; readonly message: string };
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly renderingStartedAt?: Date;
  readonly endedAt?: Date;
  readonly contentErasedAt?: Date;
}

/** An event of the job with the moment it was recorded. */
export type JobFact = NonNullable<JobEvent['event']> & { readonly at: Date };

/** Every command carries the database's time. */
export type JobCommand = { readonly now: Date } & (
  | {
      readonly type: 'Submit';
      readonly terms: Terms;
      readonly apiKeyId: string;
      readonly estimatedCostMicros: bigint;
      readonly deadlineAt: Date;
      readonly jobClass: string;
    }
  | {
      readonly type: 'Lease';
      readonly leaseId: string;
      readonly workerId: string;
      readonly engine: string;
      readonly remoteCostMicros?: bigint | undefined;
    }
  /** Past the deadline it ends the job as failed instead of starting. */
  | { readonly type: 'StartRendering'; readonly leaseId: string; readonly aspectRatio: string }
  | { readonly type: 'Complete'; readonly leaseId: string; readonly artifact: Artifact }
  | {
      readonly type: 'FailAttempt';
      readonly leaseId: string;
      readonly errorCode: string;
      readonly errorMessage: string;
      readonly retryable: boolean;
    }
  | {
      readonly type: 'LoseLease';
      readonly leaseId: string;
      readonly reason: 'lease_expired' | 'worker_lost' | 'render_timeout';
    }
  | { readonly type: 'HandBack'; readonly leaseId: string }
  | { readonly type: 'ExpireDeadline' }
  | { readonly type: 'Cancel'; readonly apiKeyId: string }
  | { readonly type: 'EraseContent' }
);

export type JobRefusal = NameOf<typeof JobRefusals>;

type Decided = Decision<JobFact, JobRefusal>;

export const NO_JOB: JobState = {
  name: 'none',
  environment: 'live',
  terms: { model: '', mode: '', resolution: '', aspectRatio: '', durationSeconds: 0, seed: 0 },
  apiKeyId: '',
  jobClass: '',
  estimatedCostMicros: 0n,
  attempts: [],
  deadlineAt: new Date(0),
  createdAt: new Date(0),
};

export function isEnded(state: JobState): boolean {
  return state.name === 'completed' || state.name === 'failed' || state.name === 'cancelled';
}

/** The attempt that holds the lease. */
export function heldAttempt(state: JobState): Attempt | undefined {
  return state.name === 'leased' || state.name === 'rendering' ? state.attempts.at(-1) : undefined;
}

function decide(state: JobState, command: JobCommand): Decided {
  const at = command.now;
  switch (command.type) {
    case 'Submit': {
      const { terms, apiKeyId, estimatedCostMicros, deadlineAt, jobClass } = command;
      if (state.name !== 'none') return refuse('job_exists');
      return accept({
        $case: 'jobSubmitted',
        at,
        value: { terms, apiKeyId, estimatedCostMicros, deadlineAt, jobClass },
      });
    }
    case 'Lease': {
      const { leaseId, workerId, engine, remoteCostMicros } = command;
      if (state.name !== 'queued') return refuse(isEnded(state) ? 'job_ended' : 'job_not_queued');
      return accept({
        $case: 'jobLeased',
        at,
        value: {
          attempt: state.attempts.length + 1,
          leaseId,
          workerId,
          engine,
          ...(remoteCostMicros !== undefined && { remoteCostMicros }),
        },
      });
    }
    case 'StartRendering':
      return startRendering(state, command);
    case 'Complete':
      return complete(state, command);
    case 'FailAttempt':
      return failAttempt(state, command);
    case 'LoseLease':
      return loseLease(state, command);
    case 'HandBack':
      return handBack(state, command);
    case 'ExpireDeadline':
      if (isEnded(state)) return refuse('job_ended');
      if (state.name === 'rendering' || at < state.deadlineAt) return refuse('deadline_not_reached');
      return accept(deadlineExceeded(state, at));
    case 'Cancel':
      if (state.name === 'cancelled') return accept();
      if (state.name !== 'queued' && state.name !== 'leased') return refuse('job_not_cancellable');
      return accept({
        $case: 'jobCancelled',
        at,
        value: {
          verdict: verdictOf(state, 'cancelled'),
          byOwnKey: command.apiKeyId !== '' && command.apiKeyId === state.apiKeyId,
        },
      });
    case 'EraseContent':
      if (!isEnded(state)) return refuse('job_not_ended');
      return state.contentErasedAt ? accept() : accept({ $case: 'contentErased', at, value: {} });
    default:
      return unreachable(command);
  }
}

type CommandOf<Type extends JobCommand['type']> = Extract<JobCommand, { type: Type }>;

function startRendering(state: JobState, { leaseId, aspectRatio, now }: CommandOf<'StartRendering'>): Decided {
  const held = heldAttempt(state);
  if (held?.leaseId !== leaseId) return refuse(isEnded(state) ? 'job_ended' : 'lease_lost');
  if (state.name === 'rendering') return accept();
  if (now >= state.deadlineAt) return accept(deadlineExceeded(state, now));
  return accept({ $case: 'renderingStarted', at: now, value: { attempt: held.attempt, leaseId, aspectRatio } });
}

function complete(state: JobState, { leaseId, artifact, now }: CommandOf<'Complete'>): Decided {
  const held = heldAttempt(state);
  if (held?.leaseId !== leaseId) return outcomeOfEndedLease(state, leaseId, 'completed', now);
  if (state.name !== 'rendering') return refuse('rendering_not_started');
  return accept({
    $case: 'jobCompleted',
    at: now,
    value: { attempt: held.attempt, leaseId, artifact, verdict: verdictOf(state, 'completed') },
  });
}

function failAttempt(state: JobState, command: CommandOf<'FailAttempt'>): Decided {
  const { leaseId, errorCode, errorMessage, retryable, now } = command;
  const held = heldAttempt(state);
  if (held?.leaseId !== leaseId) return outcomeOfEndedLease(state, leaseId, 'failed', now);
  if (!retryable) return accept(jobFailed(state, held, errorCode, errorMessage, now));
  return accept(tryAgain(state, held, { reason: 'engine_error', errorCode, errorMessage }, now));
}

function loseLease(state: JobState, { leaseId, reason, now }: CommandOf<'LoseLease'>): Decided {
  const held = heldAttempt(state);
  if (held?.leaseId !== leaseId) return refuse(isEnded(state) ? 'job_ended' : 'lease_lost');
  const [errorCode, errorMessage] =
    reason === 'render_timeout'
      ? ['render_timeout', 'The render took longer than it may.']
      : ['engine_error', `The worker was lost during the last of ${ATTEMPTS_MAX} attempts.`];
  return accept(tryAgain(state, held, { reason, errorCode, errorMessage }, now));
}

function handBack(state: JobState, { leaseId, now }: CommandOf<'HandBack'>): Decided {
  const held = heldAttempt(state);
  if (held?.leaseId !== leaseId) return refuse(isEnded(state) ? 'job_ended' : 'lease_lost');
  return accept(requeued(held, 'handed_back', false, now));
}

/** A report after the lease has ended: the same report again answers the same, another outcome is recorded once, applied never. */
function outcomeOfEndedLease(state: JobState, leaseId: string, outcome: 'completed' | 'failed', at: Date): Decided {
  const attempt = state.attempts.find((candidate) => candidate.leaseId === leaseId);
  const reported = attempt?.outcome === 'engine_error' ? 'failed' : attempt?.outcome;
  if (reported === outcome) return accept();
  if (attempt === undefined || attempt.staleOutcome !== undefined) return refuse('lease_lost');
  return accept({ $case: 'staleOutcomeRecorded', at, value: { attempt: attempt.attempt, leaseId, outcome } });
}

interface AttemptEnd {
  readonly reason: string;
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** Queued again, unless that was the last attempt or the deadline has passed. */
function tryAgain(state: JobState, held: Attempt, end: AttemptEnd, at: Date): JobFact {
  const counted = state.attempts.filter((attempt) => attempt.counts).length;
  if (counted >= ATTEMPTS_MAX) return jobFailed(state, held, end.errorCode, end.errorMessage, at);
  if (at >= state.deadlineAt) return deadlineExceeded(state, at);
  return requeued(held, end.reason, true, at);
}

function requeued({ attempt, leaseId }: Attempt, reason: string, counts: boolean, at: Date): JobFact {
  return { $case: 'jobRequeued', at, value: { attempt, leaseId, reason, counts } };
}

function jobFailed(
  state: JobState,
  held: Attempt | undefined,
  errorCode: string,
  errorMessage: string,
  at: Date,
): JobFact {
  const verdict = verdictOf(state, errorCode);
  return {
    $case: 'jobFailed',
    at,
    value: { attempt: held?.attempt ?? 0, leaseId: held?.leaseId ?? '', errorCode, errorMessage, verdict },
  };
}

function deadlineExceeded(state: JobState, at: Date): JobFact {
  return jobFailed(
    state,
    heldAttempt(state),
    'deadline_exceeded',
    'The job could not start rendering before its deadline.',
    at,
  );
}

function evolve(state: JobState, fact: JobFact): JobState {
  const { at } = fact;
  switch (fact.$case) {
    case 'jobSubmitted': {
      const { apiKeyId, estimatedCostMicros, jobClass } = fact.value;
      return {
        ...state,
        name: 'queued',
        terms: fact.value.terms!,
        apiKeyId,
        estimatedCostMicros,
        jobClass,
        deadlineAt: fact.value.deadlineAt!,
        createdAt: at,
      };
    }
    case 'jobLeased': {
      const attempt = attemptOf(fact.value, at);
      return { ...state, name: 'leased', attempts: [...state.attempts, attempt], startedAt: state.startedAt ?? at };
    }
    case 'renderingStarted':
      return {
        ...state,
        name: 'rendering',
        terms: { ...state.terms, aspectRatio: fact.value.aspectRatio || state.terms.aspectRatio },
        renderingStartedAt: at,
      };
    case 'jobRequeued':
      return { ...state, name: 'queued', attempts: endAttempt(state, at, fact.value.reason, fact.value.counts) };
    case 'jobCompleted':
      return {
        ...state,
        name: 'completed',
        attempts: endAttempt(state, at, 'completed'),
        artifact: fact.value.artifact!,
        verdict: fact.value.verdict!,
        endedAt: at,
      };
    case 'jobFailed': {
      const error = { code: fact.value.errorCode, message: fact.value.errorMessage };
      return {
        ...state,
        name: 'failed',
        attempts: endAttempt(state, at, 'failed'),
        error,
        verdict: fact.value.verdict!,
        endedAt: at,
      };
    }
    case 'jobCancelled':
      return {
        ...state,
        name: 'cancelled',
        attempts: endAttempt(state, at, 'cancelled'),
        verdict: fact.value.verdict!,
        endedAt: at,
      };
    case 'staleOutcomeRecorded':
      return {
        ...state,
        attempts: state.attempts.map((attempt) =>
          attempt.leaseId === fact.value.leaseId ? { ...attempt, staleOutcome: fact.value.outcome } : attempt,
        ),
      };
    case 'contentErased':
      return { ...state, contentErasedAt: at };
    default:
      return unreachable(fact);
  }
}

function attemptOf({ remoteCostMicros, ...lease }: JobLeased, startedAt: Date): Attempt {
  const cost = remoteCostMicros === undefined ? {} : { remoteCostMicros: Number(remoteCostMicros) };
  return { ...lease, startedAt, counts: true, ...cost };
}

function endAttempt(state: JobState, endedAt: Date, outcome: string, counts = true): Attempt[] {
  const held = heldAttempt(state);
  return state.attempts.map((attempt) => (attempt === held ? { ...attempt, endedAt, outcome, counts } : attempt));
}

export const jobDecider: Decider<JobState, JobCommand, JobFact, JobRefusal> = { decide, evolve };
