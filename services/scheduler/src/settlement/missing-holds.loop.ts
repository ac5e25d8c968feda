import { startLoop, type Logger, type Loop, type Running } from '@usvideo/runtime';
import { jobsWithoutHold } from '../metrics';
import type { LedgerPort } from './ledger.client';
import type { UnsettledJobs } from './unsettled-jobs.sql';

export interface MissingHoldsOptions {
  readonly jobs: Pick<UnsettledJobs, 'unended' | 'stillUnended'>;
  readonly ledger: Pick<LedgerPort, 'pendingHoldsOf'>;
  readonly logger: Logger;
}

const LOOK_EVERY_MS = 60_000;
const JOBS_PER_PAGE = 500;

/**
 * Every live job has its hold before it exists and until it has ended. One without, as after a restore of the ledger, could not be
 * charged: that is an alarm while there is time to act, and not when its verdict is refused. It is not held again here: the price may
 * be another by now, and whether the job is to go on is for somebody to decide.
 */
export class MissingHolds implements Running {
  private loop: Loop | undefined;
  private lookedUpTo = '';
  private found = 0;

  constructor(private readonly options: MissingHoldsOptions) {}

  start(): this {
    this.loop = startLoop({
      name: 'missing-holds',
      everyMs: LOOK_EVERY_MS,
      work: () => this.look(),
      logger: this.options.logger,
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  /** A page of jobs; true: there are more. */
  async look(): Promise<boolean> {
    const page = await this.options.jobs.unended(this.lookedUpTo, JOBS_PER_PAGE);
    const missing = page.length === 0 ? [] : await this.missingOf(page);
    for (const { jobId, accountId } of missing)
      this.options.logger.error(
        { job_id: jobId, account_id: accountId },
        'a job has no hold in the ledger: it cannot be charged',
      );
    this.found += missing.length;
    this.lookedUpTo = page.length < JOBS_PER_PAGE ? '' : page.at(-1)!.jobId;
    if (this.lookedUpTo !== '') return true;
    jobsWithoutHold.set(this.found);
    this.found = 0;
    return false;
  }

  private async missingOf<Job extends { readonly jobId: string }>(page: readonly Job[]): Promise<Job[]> {
    const asked = new Set(page.map(({ jobId }) => jobId));
    const held = new Set((await this.options.ledger.pendingHoldsOf([...asked])).map(({ jobId }) => jobId));
    // A ledger that does not know the question says nothing about these jobs.
    if (![...held].every((jobId) => asked.has(jobId))) return [];
    const missing = page.filter(({ jobId }) => !held.has(jobId));
    if (missing.length === 0) return [];
    // Those that ended between the two looks have no pending hold any more.
    const unended = await this.options.jobs.stillUnended(missing.map(({ jobId }) => jobId));
    return missing.filter(({ jobId }) => unended.has(jobId));
  }
}
