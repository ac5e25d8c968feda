import { randomInt } from 'node:crypto';
import type { CreateJob, CreateJobAnswer } from '@usvideo/contracts/scheduler';
import { newId, type WriterLane } from '@usvideo/event-store';
import { currentTraceparent, inSpan, traceIdOf, within, type Logger } from '@usvideo/runtime';
import { planOf } from './create-plan';
import type { QueueKey } from '../job/queue-key';
import { expectedGpuMs, type CatalogueModel } from '../catalogue/models';
import { POSITION_MAX } from '../views/eta';
import type { RateDecision } from '../limits/rate';
import { refusal, type CreateOutcome } from './create-outcome';
import type { CreateRefusal } from './create-outcome';
import type { StoredJob } from '../job/job-row';
import type { JobViews } from '../views/job-views.sql';
import type { Closed, CloseSubmission, Submission } from './submission-closer.sql';
import type { Opened, OpenSubmission } from './submission-opener.sql';
import type { Authorization } from './authorization.saga';
import type { IdempotentReplay } from './idempotent-replay.service';
import type { FleetEstimate } from '../capacity/fleet-estimate.loop';
import type { JobRenderer } from '../views/job-renderer.service';

export interface CreateJobOptions {
  readonly opener: Pick<WriterLane<OpenSubmission, Opened>, 'submit'>;
  readonly closer: Pick<WriterLane<CloseSubmission, Closed>, 'submit'>;
  readonly authorization: Authorization;
  readonly replays: IdempotentReplay;
  readonly views: JobViews;
  readonly renderer: JobRenderer;
  readonly estimate: Pick<FleetEstimate, 'refusesFor' | 'etaSeconds'>;
  readonly models: readonly CatalogueModel[];
  readonly onSubmitted: (queue: QueueKey) => void;
  readonly onVoiding: () => void;
  readonly logger: Logger;
  /** From the first transaction to the last. */
  readonly sagaMs?: number;
}

/** One create on its way through the saga. */
interface Saga {
  readonly submission: Omit<Submission, 'estimatedCostMicros'>;
  readonly opening: OpenSubmission;
  readonly sandboxHttpStatus: number;
  readonly quoteId: string | undefined;
  /** When the fleet may have room again; undefined: it has. */
  readonly fullForMs: number | undefined;
  /** By the process's monotonic clock. */
  readonly deadline: number;
}

/** T2 keeps at least this share of what the saga has left. */
const HOLD_SHARE = 0.7;
const VOID_MS = 2_000;
const RETRY_SOON_MS = 1_000;
const RETRY_SPREAD_MS = 5_000;

/** The submission saga: T1 opens, the ledger holds, T2 submits; everything else goes one way, T3. */
export class SubmissionSaga {
  constructor(private readonly options: CreateJobOptions) {}

  create(call: CreateJob): Promise<CreateJobAnswer> {
    return inSpan(
      'submit job',
      { service: 'scheduler', kind: 'server', attributes: { 'account.id': call.accountId } },
      () => this.run(this.begin(call)),
    );
  }

  private begin(call: CreateJob): Saga {
    const { models, estimate, sagaMs = 5_000 } = this.options;
    const jobId = newId('job');
    const { refusal, sandboxHttpStatus, ...plan } = planOf(call, models, randomInt(2 ** 32));
    const { accountId, apiKeyId, deadlineSeconds, idempotencyKey, requestSha256, quoteId } = call;
    const fullForMs = refusal
      ? undefined
      : estimate.refusesFor({ accountId, jobClass: plan.jobClass, expectedMs: plan.expectedGpuMs });
    return {
      submission: {
        ...plan,
        jobId,
        accountId,
        apiKeyId,
        deadlineSeconds,
        content: call.content!,
        traceparent: currentTraceparent(),
      },
      opening: {
        jobId,
        accountId,
        environment: plan.environment,
        idempotencyKey,
        requestSha256,
        rateSpent: call.rateSpent,
        refusal: refusal ?? (fullForMs === undefined ? undefined : 'capacity_exhausted'),
      },
      sandboxHttpStatus,
      quoteId: quoteId || undefined,
      fullForMs,
      deadline: performance.now() + sagaMs,
    };
  }

  private async run(saga: Saga): Promise<CreateJobAnswer> {
    const opened = this.options.opener.submit(saga.opening);
    const outcome = opened.then((result) => this.proceed(saga, result));
    const answered = await this.options.replays.lead(saga.opening.jobId, outcome);
    if (answered === 'ask again') return this.run(saga);
    return { ...answered, rate: rateState((await opened).rate) };
  }

  private async proceed(saga: Saga, opened: Opened): Promise<CreateOutcome | 'ask again'> {
    switch (opened.kind) {
      case 'refused':
        return this.refused(saga, opened.refusal, opened.rate);
      case 'vanished':
        return 'ask again';
      case 'duplicate':
        return opened.sameRequest
          ? this.options.replays.follow(saga.opening, opened.jobId)
          : refusal('idempotency_key_reused');
      case 'opened':
        return this.authorize(saga, opened);
    }
  }

  private refused(saga: Saga, reason: CreateRefusal, rate: RateDecision): CreateOutcome {
    switch (reason) {
      case 'rate_limit_exceeded':
        return refusal(reason, { retryAfterMs: rate.retryAfterMs });
      case 'sandbox_refusal':
        return refusal(reason, { sandboxHttpStatus: saga.sandboxHttpStatus, retryAfterMs: RETRY_SOON_MS });
      // Spread, so that those refused together do not come back together.
      case 'capacity_exhausted':
        return refusal(reason, { retryAfterMs: saga.fullForMs! + randomInt(RETRY_SPREAD_MS) });
      // A place is free when the next job of the account starts; how long one of its jobs takes is the best guess.
      case 'queue_limit_exceeded':
        return refusal(reason, { retryAfterMs: saga.submission.expectedGpuMs });
      default:
        return refusal(reason);
    }
  }

  private async authorize(saga: Saga, opened: Opened & { kind: 'opened' }): Promise<CreateOutcome> {
    const authorized = await this.options.authorization.ask(
      { ...saga.submission, quoteId: saga.quoteId },
      left(saga) * HOLD_SHARE,
    );
    switch (authorized.kind) {
      case 'authorized':
        return this.submit(saga, opened, authorized.amountMicros);
      case 'refused': {
        const given = await this.giveBack(saga, false);
        return given?.kind === 'voided' ? refusal(authorized.refusal, authorized.amounts) : unavailable();
      }
      case 'unknown':
        await this.giveBack(saga, true);
        return unavailable();
    }
  }

  private async submit(
    saga: Saga,
    opened: Opened & { kind: 'opened' },
    estimatedCostMicros: bigint,
  ): Promise<CreateOutcome> {
    const submission = { ...saga.submission, estimatedCostMicros };
    // Also a submission that comes too late for its answer gives dispatch work.
    const submitted = this.options.closer.submit({ type: 'Submit', submission }).then((closed) => {
      if (closed.kind === 'submitted') this.options.onSubmitted(submission);
      return closed;
    });
    const closed = await within(Math.max(0, left(saga)), submitted).catch((error: unknown) => {
      this.options.logger.warn({ err: error, job_id: submission.jobId }, 'a submission did not end in time');
      return this.giveBack(saga, true);
    });
    if (closed?.kind !== 'submitted') return unavailable();
    const jobJson = closed.job ? this.newJobJson(saga, opened, closed.job) : await this.storedJobJson(submission);
    return { ...refusal(undefined), jobJson, jobId: submission.jobId };
  }

  /** T3. Undefined when nobody knows whether it was done: the sweep of unfinished submissions does it then. */
  private async giveBack(saga: Saga, askLedger: boolean): Promise<Closed | undefined> {
    try {
      const closed = await within(
        VOID_MS,
        this.options.closer.submit({ type: 'Void', jobId: saga.submission.jobId, askLedger }),
      );
      if (askLedger) this.options.onVoiding();
      return closed;
    } catch (error) {
      this.options.logger.warn({ err: error, job_id: saga.submission.jobId }, 'a submission is left to the sweep');
      return undefined;
    }
  }

  private newJobJson(saga: Saga, opened: Opened & { kind: 'opened' }, job: StoredJob): string {
    const { jobId, state, traceparent } = job;
    const { waiting, concurrentJobs, running } = opened;
    const expectedMs = expectedGpuMs(this.options.models, state.terms);
    // The queue is taken to hold jobs like this one: reading it would cost every create what only the curious need.
    const eta = this.options.estimate.etaSeconds(
      { accountId: job.accountId, jobClass: state.jobClass },
      { expectedMs, upToMs: waiting * expectedMs, concurrentJobs, running },
    );
    const queue = { position: Math.min(waiting, POSITION_MAX), etaSeconds: eta };
    return this.options.renderer.json({
      jobId,
      state,
      content: saga.submission.content,
      settled: false,
      refundedMicros: 0n,
      progress: 0,
      queue,
      traceId: traceIdOf(traceparent),
    });
  }

  private async storedJobJson(submission: Submission): Promise<string> {
    return this.options.renderer.json((await this.options.views.one(submission, submission.jobId))!);
  }
}

function left(saga: Saga): number {
  return saga.deadline - performance.now();
}

function unavailable(): CreateOutcome {
  return refusal('service_unavailable', { retryAfterMs: RETRY_SOON_MS });
}

/** An outcome without a job; without a refusal it is the acceptance. */

export function rateState({ limit, remaining, resetAt }: RateDecision): {
  limit: number;
  remaining: number;
  resetAt: Date;
} {
  return { limit, remaining, resetAt };
}
