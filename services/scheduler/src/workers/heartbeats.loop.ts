import type { LeaseProgress } from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { startLoop, type Logger, type Loop } from '@usvideo/runtime';
import type { LeaseSettings } from '../leasing/lease';
import type { JobChanges } from '../views/job-changes';
import { extendGrace } from '../leasing/lease-grace.sql';
import { renewLeases, type Beat } from '../leasing/leases.sql';
import type { WorkerRegistry } from './worker-registry.service';

const WRITE_EVERY_MS = 1_000;

export interface HeartbeatsOptions {
  readonly database: Database;
  readonly workers: WorkerRegistry;
  readonly changes: JobChanges;
  readonly settings: LeaseSettings;
  readonly logger: Logger;
}

/** Progress reaches watchers at once; the rows of the leases are written together, once a second. */
export class Heartbeats {
  /** Since a write that failed: what could not be written must not count as silence. */
  private wasAway = false;
  private newest = new Map<string, Beat & { readonly reject: Reject }>();

  constructor(private readonly options: HeartbeatsOptions) {}

  start(): Loop {
    return startLoop({
      name: 'heartbeats',
      everyMs: Math.min(WRITE_EVERY_MS, this.options.settings.leaseMs / 4),
      work: () => this.write(),
      logger: this.options.logger,
      backOffMaxMs: 2_000,
    });
  }

  /** `reject` is called when the lease turns out to be over. */
  beat(workerId: string, leases: readonly LeaseProgress[], reject: Reject): void {
    for (const { jobId, leaseId, progress } of leases) {
      const percent = this.options.workers.progressed(workerId, leaseId, progress);
      if (percent !== undefined) this.options.changes.progressed(jobId, percent);
      this.newest.set(leaseId, { jobId, leaseId, progress: percent ?? 0, reject });
    }
  }

  async write(): Promise<void> {
    const beats = this.newest;
    if (beats.size === 0) return;
    this.newest = new Map();
    try {
      if (this.wasAway) await extendGrace(this.options.database, this.options.settings.leaseMs);
      this.wasAway = false;
      for (const ended of await renewLeases(this.options.database, [...beats.values()], this.options.settings)) {
        beats.get(ended.leaseId)!.reject(ended.jobId, ended.leaseId, ended.reason);
      }
    } catch (error) {
      this.wasAway = true;
      // A heartbeat that came meanwhile is newer than those that could not be written.
      this.newest = new Map([...beats, ...this.newest]);
      throw error;
    }
  }
}

export type Reject = (jobId: string, leaseId: string, reason: 'cancelled' | 'lease_lost') => void;
