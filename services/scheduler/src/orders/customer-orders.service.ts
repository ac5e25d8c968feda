import { currentTraceparent, within, type Logger } from '@usvideo/runtime';
import type { LeaseHolders } from '../job/queue-key';
import type { JobChanges } from '../views/job-changes';
import type { JobOrders, Ordered } from './job-orders.sql';
import type { StoredJob } from '../job/job-row';
import type { Scope } from '../views/job-views.sql';
import { jobsEnded } from '../metrics';

export interface CustomerOrdersOptions {
  readonly orders: JobOrders;
  readonly holders: LeaseHolders;
  readonly changes: JobChanges;
  /** Settles an ended job; resolves when the ledger has acknowledged, or with false when it did not. */
  readonly settle: (job: StoredJob) => Promise<boolean>;
  readonly logger: Logger;
  readonly settleWithinMs?: number;
}

/** Carries out what customers order about their jobs, with everything that follows from it. */
export class CustomerOrders {
  constructor(private readonly options: CustomerOrdersOptions) {}

  /** The hold is released before the answer, unless the ledger is away. */
  async cancel(scope: Scope, jobId: string, apiKeyId: string): Promise<Ordered> {
    const { orders, holders, changes, settle, settleWithinMs = 2_000, logger } = this.options;
    const outcome = await orders.submit({ type: 'Cancel', apiKeyId, scope, jobId, traceparent: currentTraceparent() });
    if (outcome.kind !== 'done') return outcome;
    if (outcome.endedLeaseId) holders.endLease(jobId, outcome.endedLeaseId, 'cancelled');
    if (outcome.changed)
      jobsEnded.inc({ status: 'cancelled', model: outcome.job.state.terms.model, environment: scope.environment });
    changes.changed(jobId);
    await within(settleWithinMs, settle(outcome.job)).catch((error: unknown) => {
      logger.warn({ err: error, job_id: jobId }, 'a cancelled job is answered before it is settled');
    });
    return outcome;
  }

  async eraseContent(scope: Scope, jobId: string): Promise<Ordered> {
    const outcome = await this.options.orders.submit({
      type: 'EraseContent',
      scope,
      jobId,
      traceparent: currentTraceparent(),
    });
    if (outcome.kind === 'done') this.options.changes.changed(jobId);
    return outcome;
  }
}
