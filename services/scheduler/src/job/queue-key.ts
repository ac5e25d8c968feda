import type { Environment } from './job';

/** The unit of fairness: one account's queue of one class. */
export interface QueueKey {
  readonly accountId: string;
  readonly environment: Environment;
  readonly jobClass: string;
}

/** What dispatch offers to whoever ends a lease from outside it, such as cancel. Never throws; an absent worker learns it by its next report. */
export interface LeaseHolders {
  endLease(jobId: string, leaseId: string, reason: 'cancelled' | 'lease_lost'): void;
}
