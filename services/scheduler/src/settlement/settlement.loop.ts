import { bookOf } from '@usvideo/contracts/books';
import { LedgerRefusal } from '@usvideo/contracts/ledger';
import { refusalIn } from '@usvideo/contracts/names';
import type { PendingHold } from '@usvideo/contracts/ledger';
import { inSpan, startLoop, type Logger, type Loop, type Running, type SpanOptions } from '@usvideo/runtime';
import { isEnded } from '../job/job';
import type { JobChanges } from '../views/job-changes';
import type { StoredJob } from '../job/job-row';
import type { LedgerPort } from './ledger.client';
import type { UnsettledJob, UnsettledJobs } from './unsettled-jobs.sql';
import { verdictsRefused } from '../metrics';

export interface SettlementOptions {
  readonly jobs: UnsettledJobs;
  readonly ledger: Pick<LedgerPort, 'settle' | 'voidHold' | 'listPendingHolds'>;
  readonly changes: JobChanges;
  readonly logger: Logger;
}

const SETTLE_TIMEOUT_MS = 5_000;
const RESEND_EVERY_MS = 1_000;
const HOLDS_EVERY_MS = 60_000;
/** A hold this old belongs to no submission that is still under way. */
const HOLD_AGE_SECONDS = 10 * 60;
const HOLDS_PER_PAGE = 500;
/** What one run looks at, so that a long queue is no load: the next run goes on where this one ends. */
const PAGES_PER_RUN = 20;

/** Carries verdicts to the ledger: at once when a job ends, and again until the ledger has acknowledged. */
export class Settlement implements Running {
  private readonly sending = new Map<string, Promise<boolean>>();
  private readonly loops: Loop[] = [];
  /** The last hold that was looked at; undefined: begin with the oldest. */
  private justifiedUpTo: string | undefined;

  constructor(private readonly options: SettlementOptions) {}

  start(): this {
    const { logger } = this.options;
    for (const refusal of ['hold_unknown', 'verdict_conflict']) verdictsRefused.inc({ refusal }, 0);
    this.loops.push(
      startLoop({ name: 'settlements', everyMs: RESEND_EVERY_MS, work: () => this.resend(), logger }),
      startLoop({
        name: 'pending-holds',
        everyMs: HOLDS_EVERY_MS,
        work: () => this.justifyHolds(HOLD_AGE_SECONDS),
        logger,
      }),
    );
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await Promise.all(this.sending.values());
    await this.options.jobs.written();
  }

  /** Whether the ledger has acknowledged the job's verdict. Never rejects: the loop sends again. */
  ended({ jobId, accountId, environment, state, traceparent }: StoredJob): Promise<boolean> {
    return isEnded(state)
      ? this.settle({ jobId, accountId, environment, traceparent, verdict: state.verdict! }, { parent: traceparent })
      : Promise.resolve(false);
  }

  /** What is tried again follows from its job and is no part of it any more. */
  private settle(job: UnsettledJob, within: SpanOptions = { root: true, links: [job.traceparent] }): Promise<boolean> {
    const known = this.sending.get(job.jobId);
    if (known) return known;
    const attributes = { 'job.id': job.jobId, 'account.id': job.accountId };
    const sending = inSpan('settle', { service: 'scheduler', attributes, ...within }, () => this.send(job)).finally(
      () => this.sending.delete(job.jobId),
    );
    this.sending.set(job.jobId, sending);
    return sending;
  }

  private async send({ jobId, accountId, environment, verdict }: UnsettledJob): Promise<boolean> {
    const { ledger, jobs, changes, logger } = this.options;
    try {
      const answer = await ledger.settle(
        { accountId: bookOf(accountId, environment), jobId, ...verdict },
        SETTLE_TIMEOUT_MS,
      );
      const refusal = refusalIn(LedgerRefusal, answer);
      // A test job from before the sandbox had holds owes nothing.
      if (refusal !== undefined && !(refusal === 'hold_unknown' && environment === 'test')) {
        verdictsRefused.inc({ refusal });
        logger.error(
          { job_id: jobId, account_id: accountId, refusal, rule: verdict.rule },
          'the ledger refuses a verdict',
        );
        return false;
      }
      await jobs.settled(jobId);
      changes.changed(jobId);
      return true;
    } catch (error) {
      logger.warn({ err: error, job_id: jobId }, 'a job is not settled yet');
      return false;
    }
  }

  private async resend(): Promise<boolean> {
    const due = await this.options.jobs.due();
    const settled = await Promise.all(due.map((job) => this.settle(job)));
    const failed = due.filter((_, index) => !settled[index]).map(({ jobId }) => jobId);
    if (failed.length > 0) await this.options.jobs.defer(failed);
    return due.length > failed.length;
  }

  /** Voids old holds of jobs that do not exist and settles those of jobs that have ended, page after page. */
  async justifyHolds(olderThanSeconds: number): Promise<void> {
    for (let page = 0; page < PAGES_PER_RUN; page++) {
      const holds = await this.options.ledger.listPendingHolds(olderThanSeconds, HOLDS_PER_PAGE, this.justifiedUpTo);
      await this.justify(holds);
      this.justifiedUpTo = holds.length < HOLDS_PER_PAGE ? undefined : holds.at(-1)!.jobId;
      if (this.justifiedUpTo === undefined) return;
    }
  }

  private async justify(holds: readonly PendingHold[]): Promise<void> {
    const { ledger, jobs, logger } = this.options;
    if (holds.length === 0) return;
    const jobIds = holds.map((hold) => hold.jobId);
    const known = await jobs.known(jobIds);
    for (const { jobId, accountId } of holds.filter((hold) => !known.has(hold.jobId))) {
      logger.error({ job_id: jobId, account_id: accountId }, 'a hold without a job is voided');
      await ledger.voidHold({ jobId, accountId }, SETTLE_TIMEOUT_MS);
    }
    await Promise.all((await jobs.ended(jobIds)).map((job) => this.settle(job)));
  }
}
