import { randomBytes } from 'node:crypto';
import { inTransaction, type Database } from '@usvideo/event-store';
import { recordSpan, startLoop, type Logger, type Loop } from '@usvideo/runtime';
import type { LeaseSettings } from '../leasing/lease';
import { clocksAfter, type FreeWorker } from '../limits/virtual-time';
import { claim, type Claimed } from '../leasing/claim.sql';
import { wakeQueues } from './dispatch-wake.sql';
import type { JobChanges } from '../views/job-changes';
import type { StoredJob } from '../job/job-row';
import { slotsTaken } from '../leasing/leases.sql';
import { eligibleExist, moveClocks, queuesWithWork } from './queue-activity.sql';
import { ownWorkers, remoteWorkers, type RemoteEngines } from '../catalogue/remote-engines';
import { fullClasses } from '../capacity/fleet-presence.sql';
import type { LeaseGrants } from '../workers/lease-grants.service';
import type { WorkerRegistry } from '../workers/worker-registry.service';
import { leasesGranted, queueWait } from '../metrics';

export interface DispatchLoopOptions {
  readonly database: Database;
  readonly workers: WorkerRegistry;
  readonly grants: LeaseGrants;
  readonly changes: JobChanges;
  readonly settings: LeaseSettings;
  /** Absent: hosted engines get nothing. */
  readonly remote?: RemoteEngines;
  readonly logger: Logger;
}

/** While slots are free the queue is looked at this often even if nobody says that there is work. */
const FLOOR_MS = 250;
const LOCK_NOT_AVAILABLE = '55P03';
const NOTHING: Claimed = { leased: [], emptied: [], more: false };

/** Gives queued jobs to the free slots of the workers connected here. Without a free slot it asks the database nothing. */
export class DispatchLoop {
  private loop: Loop | undefined;
  /** Workers that may hold leases which they were not told of: a claim ended without a clear outcome, or a grant could not be made. */
  private readonly unsure = new Set<string>();

  constructor(private readonly options: DispatchLoopOptions) {}

  start(): Loop {
    this.loop = startLoop({
      name: 'dispatch',
      everyMs: FLOOR_MS,
      work: () => this.pass(),
      logger: this.options.logger,
      backOffMaxMs: 2_000,
    });
    return this.loop;
  }

  /** Given classes, only if a worker connected here could take a job of one of them. */
  nudge(jobClasses?: readonly string[]): void {
    if (
      jobClasses !== undefined &&
      !this.options.workers.free().some((worker) => worker.jobClasses.some((served) => jobClasses.includes(served)))
    )
      return;
    this.loop?.nudge();
  }

  /** Returns whether there may be more to give out at once. */
  async pass(): Promise<boolean> {
    const { workers, remote } = this.options;
    const free = workers.free();
    if (free.length === 0) return false;
    if (this.unsure.size > 0) await this.resend();
    if (await this.passFor(ownWorkers(remote?.models ?? [], free))) return true;
    return remote !== undefined && this.overflow(remote, free);
  }

  /** To hosted engines goes what is meant for them, and what finds no free slot of our own. */
  private async overflow(remote: RemoteEngines, free: readonly FreeWorker[]): Promise<boolean> {
    const hosted = free.filter((worker) => worker.remote);
    if (hosted.length === 0 || remote.dailyBudgetMicros === 0n) return false;
    const full = await fullClasses(this.options.database, [...new Set(hosted.flatMap((worker) => worker.jobClasses))]);
    return this.passFor(remoteWorkers(remote.models, hosted, full), remote);
  }

  private async passFor(workers: readonly FreeWorker[], remote?: RemoteEngines): Promise<boolean> {
    if (workers.length === 0) return false;
    if (!(await eligibleExist(this.options.database, [...new Set(workers.flatMap((worker) => worker.jobClasses))])))
      return false;
    const first = await this.claimFor(workers, false, remote);
    if (first.more || first.leased.length > 0 || first.emptied.length > 0) return true;
    return (await this.claimFor(workers, true, remote)).leased.length > 0;
  }

  private async resend(): Promise<void> {
    const workerIds = [...this.unsure];
    await this.options.grants.resend(workerIds);
    for (const workerId of workerIds) this.unsure.delete(workerId);
  }

  private async claimFor(
    workers: readonly FreeWorker[],
    patient: boolean,
    remote: RemoteEngines | undefined,
  ): Promise<Claimed> {
    try {
      const claimed = await this.commitClaim(workers, patient, remote);
      this.observe(claimed);
      await this.options.grants.send(claimed.leased.map(({ job }) => job));
      await moveClocks(this.options.database, clocksAfter(claimed.leased));
      // A submission that came while its queue was put to sleep saw it awake; this sees the submission.
      const woken = await queuesWithWork(this.options.database, claimed.emptied);
      if (woken.length > 0) await wakeQueues(this.options.database, woken);
      return claimed;
    } catch (error) {
      if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return NOTHING;
      for (const { workerId } of workers) this.unsure.add(workerId);
      throw error;
    }
  }

  private commitClaim(
    workers: readonly FreeWorker[],
    patient: boolean,
    remote: RemoteEngines | undefined,
  ): Promise<Claimed> {
    const { database, settings } = this.options;
    return inTransaction(database, async (tx, now) => {
      const taken = await slotsTaken(
        tx,
        workers.map((worker) => worker.workerId),
      );
      const free = workers.map((worker) => ({
        ...worker,
        freeSlots: Math.min(
          worker.freeSlots,
          this.options.workers.slotsOf(worker.workerId) - (taken.get(worker.workerId) ?? 0),
        ),
      }));
      const request = { workers: free.filter((worker) => worker.freeSlots > 0), patient, settings, newLeaseId, remote };
      return claim(tx, now, request);
    });
  }

  private observe(claimed: Claimed): void {
    for (const { job } of claimed.leased) {
      leasesGranted.inc({ class: job.state.jobClass });
      if (job.state.attempts.length === 1) queueWait.observe({ class: job.state.jobClass }, waitedSeconds(job));
      recordWait(job);
    }
    this.options.changes.changed(...claimed.leased.map(({ job }) => job.jobId));
  }
}

/** Nobody is in the middle of waiting, so its span is written when it is over. */
function recordWait({ jobId, state, traceparent }: StoredJob): void {
  const lease = state.attempts.at(-1)!;
  recordSpan('queue wait', {
    service: 'scheduler',
    parent: traceparent,
    startedAt: state.attempts.at(-2)?.endedAt ?? state.createdAt,
    endedAt: lease.startedAt,
    attributes: {
      'job.id': jobId,
      'job.attempt': lease.attempt,
      'job.class': state.jobClass,
      'gen_ai.request.model': state.terms.model,
    },
  });
}

function waitedSeconds(job: StoredJob): number {
  return (job.state.startedAt!.getTime() - job.state.createdAt.getTime()) / 1_000;
}

/** Random, so that whoever was not given the lease cannot report for it. */
function newLeaseId(): string {
  return `lease_${randomBytes(16).toString('hex')}`;
}
