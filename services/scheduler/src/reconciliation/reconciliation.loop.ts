import { databaseNow, EventLog, verifyLog, type Database } from '@usvideo/event-store';
import { startDaily, type Logger, type Loop, type Running } from '@usvideo/runtime';
import type { LedgerPort } from '../settlement/ledger.client';
import { reconcile, type ReconciliationReport } from './reconciler.client';
import { keepRun } from './reconciliation-runs.sql';
import { reconciliationDifferences, reconciliationLastRun } from '../metrics';

export interface ReconciliationLoopOptions {
  readonly database: Database;
  readonly ledger: Pick<LedgerPort, 'events'>;
  readonly logger: Logger;
}

/** A hold this old belongs to no submission under way, and a verdict this old was sent many times. */
export const GRACE_MS = 10 * 60_000;
const DIFFERENCES_MAX = 1_000;

/** Compares jobs and money once a day and whenever an operator asks; what it finds is an alarm. */
export class ReconciliationLoop implements Running {
  private loop: Loop | undefined;

  constructor(private readonly options: ReconciliationLoopOptions) {}

  start(): this {
    this.loop = startDaily({ name: 'reconciliation', work: () => this.run(GRACE_MS), logger: this.options.logger });
    return this;
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  /** Reads both logs whole; the log of jobs is checked to be as it was written. */
  async run(graceMs: number): Promise<ReconciliationReport> {
    const { database, ledger, logger } = this.options;
    const startedAt = await databaseNow(database);
    const judgedBefore = new Date(startedAt.getTime() - graceMs);
    const log = await verifyLog(database);
    const report = await reconcile(new EventLog(database), ledger.events, judgedBefore);
    const differences = [
      ...log.differences.map((difference) => `usvideo.jobs.v1, ${difference}`),
      ...report.differences,
    ];
    reconciliationDifferences.set(differences.length);
    reconciliationLastRun.setToCurrentTime();
    for (const difference of differences) logger.error({ difference }, 'jobs and money contradict each other');
    const whole = { ...report, differences: differences.slice(0, DIFFERENCES_MAX) };
    await keepRun(database, startedAt, Math.round(graceMs / 1_000), whole);
    return whole;
  }
}
