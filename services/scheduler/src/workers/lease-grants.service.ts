import type { Database } from '@usvideo/event-store';
import { heldAttempt } from '../job/job';
import type { LeaseSettings } from '../leasing/lease';
import type { StoredJob } from '../job/job-row';
import { grantsOf, leasedTo } from '../leasing/leases.sql';
import type { WorkerRegistry } from './worker-registry.service';

/** Tells workers of the leases they were given. A worker that is gone meanwhile hears of them when it is back, or they lapse. */
export class LeaseGrants {
  constructor(
    private readonly database: Database,
    private readonly workers: WorkerRegistry,
    private readonly settings: LeaseSettings,
  ) {}

  /** Leases that their worker knows of already are not granted again. */
  async send(jobs: readonly StoredJob[], resumed = false): Promise<void> {
    const fresh = jobs.filter((job) => this.note(job, resumed));
    if (fresh.length === 0) return;
    const attemptOf = new Map(fresh.map((job) => [job.jobId, heldAttempt(job.state)!]));
    try {
      for (const grant of await grantsOf(this.database, fresh, this.settings))
        this.workers.grant(attemptOf.get(grant.jobId)!.workerId, grant);
    } catch (error) {
      // Forgotten again, so that the next resend grants them.
      for (const { workerId, leaseId } of attemptOf.values()) this.workers.release(workerId, leaseId);
      throw error;
    }
  }

  /** Grants what the database says these workers hold, except for `told`: leases they have told us of. Returns how many there are. */
  async resend(workerIds: readonly string[], told: ReadonlySet<string> = new Set()): Promise<number> {
    const jobs = await leasedTo(this.database, workerIds);
    const isTold = (job: StoredJob) => told.has(heldAttempt(job.state)?.leaseId ?? '');
    for (const job of jobs.filter(isTold)) this.note(job, true);
    await this.send(
      jobs.filter((job) => !isTold(job)),
      true,
    );
    return jobs.length;
  }

  /** The slot is taken from the commit on, also while the content is still being read. */
  private note({ jobId, state, traceparent }: StoredJob, resumed: boolean): boolean {
    const held = heldAttempt(state);
    if (held === undefined) return false;
    const { attempt, leaseId, workerId } = held;
    const {
      environment,
      terms: { model, resolution },
    } = state;
    return this.workers.hold(workerId, {
      jobId,
      leaseId,
      attempt,
      traceparent,
      environment,
      model,
      resolution,
      previousLeaseId: state.attempts.at(-2)?.leaseId,
      resumed,
    });
  }
}
