import type { Database } from '@usvideo/event-store';
import { startLoop, type Logger, type Running } from '@usvideo/runtime';
import type { RemoteEngines } from '../catalogue/remote-engines';
import type { LeaseSettings } from '../leasing/lease';
import { LeaseExpiry } from './lease-expiry.loop';
import { repairDrift } from './counter-drift.sql';
import type { DispatchWake } from './dispatch-wake.sql';
import type { JobReports } from '../leasing/job-reports.sql';
import { overdueJobs } from '../leasing/leases.sql';
import { remoteDayOf } from '../leasing/remote-budget.sql';
import { remoteDay } from '../metrics';
import { sleepingQueues } from './queue-activity.sql';

const SWEEP_EVERY_MS = 1_000;
const DRIFT_EVERY_MS = 30_000;
const REMOTE_DAY_EVERY_MS = 5_000;
/** What one look at the tables returns at most. */
const FULL = 200;

export interface UpkeepOptions {
  readonly database: Database;
  readonly settings: LeaseSettings;
  readonly logger: Logger;
  readonly reports: JobReports;
  readonly wake: DispatchWake;
  readonly remote: RemoteEngines | undefined;
}

/** What must happen although nobody reports it: leases lapse, deadlines pass, wake-ups get lost, counters drift. Any number of replicas may do it. */
export function startUpkeep(options: UpkeepOptions): Running {
  const { database, settings, logger, wake } = options;
  const expiry = new LeaseExpiry(options);
  const loops = [
    startLoop({
      name: 'lease-expiry',
      everyMs: Math.min(SWEEP_EVERY_MS, settings.leaseMs / 4),
      work: () => expiry.sweep(),
      logger,
    }),
    startLoop({ name: 'deadlines', everyMs: SWEEP_EVERY_MS, work: () => endOverdue(options), logger }),
    startLoop({
      name: 'sleeping-queues',
      everyMs: SWEEP_EVERY_MS,
      work: async () => wake.wake(...(await sleepingQueues(database))),
      logger,
    }),
    startLoop({ name: 'remote-day', everyMs: REMOTE_DAY_EVERY_MS, work: () => showRemoteDay(options), logger }),
    startLoop({ name: 'counter-drift', everyMs: DRIFT_EVERY_MS, work: () => repairDrift(database, logger), logger }),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

async function showRemoteDay({ database, remote }: UpkeepOptions): Promise<void> {
  const { spentMicros, chargedMicros } = await remoteDayOf(database);
  const usd = (micros: bigint) => Number(micros) / 1_000_000;
  remoteDay.set({ figure: 'budget' }, usd(remote?.dailyBudgetMicros ?? 0n));
  remoteDay.set({ figure: 'spent' }, usd(spentMicros));
  remoteDay.set({ figure: 'sold for' }, usd(chargedMicros));
}

async function endOverdue({ database, reports }: UpkeepOptions): Promise<boolean> {
  const overdue = await overdueJobs(database);
  await Promise.all(overdue.map((jobId) => reports.submit({ type: 'ExpireDeadline', jobId })));
  return overdue.length >= FULL;
}
