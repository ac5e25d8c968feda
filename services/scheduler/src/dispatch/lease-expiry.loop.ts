import type { Database } from '@usvideo/event-store';
import type { LeaseSettings } from '../leasing/lease';
import { extendGrace } from '../leasing/lease-grace.sql';
import type { JobReports } from '../leasing/job-reports.sql';
import { lapsedLeases } from '../leasing/leases.sql';

/** What one look at the table returns at most. */
const FULL = 200;

export interface LeaseExpiryOptions {
  readonly database: Database;
  readonly settings: Pick<LeaseSettings, 'leaseMs'>;
  readonly reports: Pick<JobReports, 'submit'>;
}

/**
 * Takes leases from workers that were silent. While this process was not there or stood still, or could not reach the database,
 * nobody's heartbeat could be written: then the workers get the time of one lease to come back, and every replica waits for it.
 */
export class LeaseExpiry {
  private lookedAtMs = -Infinity;

  constructor(private readonly options: LeaseExpiryOptions) {}

  /** True: there may be more. */
  async sweep(): Promise<boolean> {
    try {
      return await this.look();
    } catch (error) {
      // A database that refuses at once is as far away as one that stands still.
      this.lookedAtMs = -Infinity;
      throw error;
    }
  }

  private async look(): Promise<boolean> {
    const { database, reports, settings } = this.options;
    if (this.wasAway()) await extendGrace(database, settings.leaseMs);
    this.lookedAtMs = performance.now();
    const lapsed = await lapsedLeases(database);
    // An answer that took so long may have been given the moment the database was back.
    if (this.wasAway()) return true;
    this.lookedAtMs = performance.now();
    await Promise.all(
      lapsed.map(({ jobId, leaseId, reason }) => reports.submit({ type: 'LoseLease', jobId, leaseId, reason })),
    );
    return lapsed.length >= FULL;
  }

  private wasAway(): boolean {
    return performance.now() - this.lookedAtMs > this.options.settings.leaseMs / 2;
  }
}
