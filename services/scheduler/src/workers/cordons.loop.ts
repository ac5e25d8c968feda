import type { Database } from '@usvideo/event-store';
import { startLoop, type Logger, type Loop } from '@usvideo/runtime';
import type { LeaseHolders } from '../job/queue-key';
import type { JobReports } from '../leasing/job-reports.sql';
import { listCordons } from './cordons.sql';
import type { WorkerRegistry } from './worker-registry.service';

export interface CordonsOptions {
  readonly database: Database;
  readonly workers: WorkerRegistry;
  readonly reports: Pick<JobReports, 'submit'>;
  readonly holders: LeaseHolders;
  readonly logger: Logger;
}

const EVERY_MS = 1_000;

/** Obeys the operators' cordons within a second, on every replica for the workers connected to it. */
export function startCordons({ database, workers, reports, holders, logger }: CordonsOptions): Loop {
  return startLoop({
    name: 'cordons',
    everyMs: EVERY_MS,
    logger,
    work: async () => {
      workers.cordon(await listCordons(database));
      await Promise.all(
        workers.toHandBack().map(async ({ jobId, leaseId }) => {
          const { refusal } = await reports.submit({ type: 'HandBack', jobId, leaseId });
          if (refusal === '') logger.info({ job_id: jobId }, 'a job is taken back from a worker that is drained');
          holders.endLease(jobId, leaseId, 'lease_lost');
        }),
      );
    },
  });
}
