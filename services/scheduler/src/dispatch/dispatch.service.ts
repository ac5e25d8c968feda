import { inTransaction, type Database } from '@usvideo/event-store';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import type { LeaseHolders } from '../job/queue-key';
import type { LeaseSettings } from '../leasing/lease';
import { addAccountRows, setLimits, type LimitsChange } from '../limits/account-limits.sql';
import { DispatchWake } from './dispatch-wake.sql';
import type { JobChanges } from '../views/job-changes';
import { JobReports, type ChangingOutcome, type JobReport } from '../leasing/job-reports.sql';
import type { StoredJob } from '../job/job-row';
import type { RemoteEngines } from '../catalogue/remote-engines';
import { listenForWakes } from './wake-listener.client';
import { DispatchLoop } from './dispatch.loop';
import { startUpkeep } from './dispatch-upkeep.loop';
import { Heartbeats } from '../workers/heartbeats.loop';
import { FailedAttempts } from '../workers/failed-attempts.loop';
import { LeaseGrants } from '../workers/lease-grants.service';
import { startCordons } from '../workers/cordons.loop';
import { WorkerRegistry } from '../workers/worker-registry.service';
import { WorkerSession, type WorkerStream } from '../workers/worker-session.stream';
import { jobsEnded, leaseExpiries } from '../metrics';

export interface DispatchOptions {
  readonly database: Database;
  /** For the one connection that listens. */
  readonly databaseUrl: string;
  readonly settings: LeaseSettings;
  readonly changes: JobChanges;
  readonly remote?: RemoteEngines;
  readonly logger: Logger;
  /** Called after the commit that ended a job: its money is to be settled. */
  readonly onEnded: (job: StoredJob) => void;
  /** Called after every commit that recorded events. */
  readonly onCommitted: () => void;
}

/** Everything between a queued job and a worker: who is next, who holds it, and what becomes of it when the worker does not report. */
export class Dispatch implements LeaseHolders {
  readonly workers = new WorkerRegistry();
  readonly wake: DispatchWake;
  readonly reports: JobReports;
  private readonly grants: LeaseGrants;
  private readonly heartbeats: Heartbeats;
  private readonly failed: FailedAttempts;
  private readonly loop: DispatchLoop;
  private readonly lifecycle: Lifecycle;

  constructor(private readonly options: DispatchOptions) {
    const { database, settings, logger, changes } = options;
    this.lifecycle = new Lifecycle(logger);
    this.wake = new DispatchWake({
      database,
      onAwake: (jobClasses) => this.loop.nudge(jobClasses),
      onError: (error) => logger.warn({ err: error }, 'queues stay asleep until the sweep'),
    });
    this.grants = new LeaseGrants(database, this.workers, settings);
    this.heartbeats = new Heartbeats({ database, workers: this.workers, changes, settings, logger });
    this.failed = new FailedAttempts(database, logger);
    this.reports = new JobReports({
      database,
      settings,
      onChanged: (report, job) => this.changed(report, job),
      onCommitted: options.onCommitted,
    });
    this.loop = new DispatchLoop({ ...options, workers: this.workers, grants: this.grants });
  }

  start(): this {
    const { database, databaseUrl, settings, logger } = this.options;
    const add = (name: string, running: { stop(): Promise<void> }) => this.lifecycle.add(name, () => running.stop());
    // Stopped from the last to the first: what a step gives rise to is waited for by those above it.
    this.lifecycle.add('wakes', () => this.wake.settled());
    this.lifecycle.add('reports', () => this.reports.settled());
    add('heartbeats', this.heartbeats.start());
    add('failed attempts', this.failed.start());
    const { reports, wake } = this;
    add('upkeep', startUpkeep({ database, settings, logger, reports, wake, remote: this.options.remote }));
    add('cordons', startCordons({ database, workers: this.workers, reports: this.reports, holders: this, logger }));
    add('dispatch loop', this.loop.start());
    add('wake listener', listenForWakes({ databaseUrl, onWake: (jobClass) => this.loop.nudge([jobClass]), logger }));
    this.lifecycle.add('workers', async () => this.workers.dismiss());
    return this;
  }

  /** Takes over the stream of a worker. */
  welcome(stream: WorkerStream): void {
    const { settings, logger } = this.options;
    const { workers, grants, heartbeats, reports } = this;
    void new WorkerSession(stream, {
      workers,
      grants,
      heartbeats,
      reports,
      settings,
      logger,
      onFree: () => this.loop.nudge(),
    });
  }

  /** Looks for work at once, for example because a limit was raised. */
  nudge(): void {
    this.loop.nudge();
  }

  /** New limits are in force for the next claim; a limit that was raised is used at once. */
  async takeLimits(change: LimitsChange): Promise<void> {
    await inTransaction(this.options.database, async (tx) => {
      await addAccountRows(tx, change.accountId);
      await setLimits(tx, change);
    });
    this.loop.nudge();
  }

  endLease(jobId: string, leaseId: string, reason: 'cancelled' | 'lease_lost'): void {
    this.workers.endLease(jobId, leaseId, reason);
    this.options.changes.forgetProgress(jobId);
    this.loop.nudge();
  }

  /** Stops giving out and taking back; reports that have begun are committed. */
  stop(): Promise<void> {
    return this.lifecycle.stop();
  }

  private changed(report: JobReport, { job, ended }: ChangingOutcome): void {
    const { changes, onEnded } = this.options;
    const {
      accountId,
      environment,
      state: { jobClass },
    } = job;
    if (report.type === 'FailAttempt' || report.type === 'LoseLease') this.failed.note(report, job);
    if (report.type === 'LoseLease') {
      leaseExpiries.inc({ class: jobClass });
      this.endLease(job.jobId, report.leaseId, 'lease_lost');
    }
    if (report.type === 'ExpireDeadline') this.endHeldLease(job);
    if (job.state.name === 'queued') {
      changes.forgetProgress(job.jobId);
      this.wake.wake({ accountId, environment, jobClass });
    }
    if (ended) {
      changes.forgetProgress(job.jobId);
      jobsEnded.inc({ status: job.state.name, model: job.state.terms.model, environment });
      onEnded(job);
    }
    changes.changed(job.jobId);
  }

  private endHeldLease(job: StoredJob): void {
    const last = job.state.attempts.at(-1);
    if (last !== undefined) this.endLease(job.jobId, last.leaseId, 'lease_lost');
  }
}
