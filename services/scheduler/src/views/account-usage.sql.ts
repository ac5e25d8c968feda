import { Inject, Injectable } from '@nestjs/common';
import type { Limits } from '@usvideo/contracts/accounts';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Scope } from './job-views.sql';

export interface LimitsInUse {
  readonly allowed: Limits;
  readonly runningJobs: number;
  readonly queuedJobs: number;
}

/** An account that has submitted nothing has no row yet and is shown the defaults of the columns. */
const READ_LIMITS = `
select coalesce(s.concurrent_jobs, 10) as concurrent_jobs, coalesce(s.queued_jobs, 1000) as queued_jobs,
  coalesce(s.creates_per_minute, 300) as creates_per_minute, coalesce(s.reads_per_minute, 3000) as reads_per_minute,
  coalesce(s.running, 0) as running, greatest(0, coalesce(a.admitted, 0) - coalesce(s.departed, 0)) as waiting
from (select $1::text as account_id, $2::text as environment) n
left join account_slot s using (account_id, environment)
left join admission a using (account_id, environment)`;

/** What accounts may use and do use. */
@Injectable()
export class AccountUsage {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async limits({ accountId, environment }: Scope): Promise<LimitsInUse> {
    const { rows } = await this.database.query<{
      concurrent_jobs: number;
      queued_jobs: number;
      creates_per_minute: number;
      reads_per_minute: number;
      running: number;
      waiting: bigint;
    }>({ name: 'usage_limits', text: READ_LIMITS, values: [accountId, environment] });
    const row = rows[0]!;
    return {
      allowed: {
        concurrentJobs: row.concurrent_jobs,
        queuedJobs: row.queued_jobs,
        createsPerMinute: row.creates_per_minute,
        readsPerMinute: row.reads_per_minute,
      },
      runningJobs: row.running,
      queuedJobs: Number(row.waiting),
    };
  }
}
