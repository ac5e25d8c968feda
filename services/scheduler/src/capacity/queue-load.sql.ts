import type { Database } from '@usvideo/event-store';
import type { Environment } from '../job/job';

/** What one account has waiting in one class; jobs that wait for their time are left out. */
export interface QueueLoad {
  readonly jobClass: string;
  readonly accountId: string;
  readonly environment: Environment;
  readonly jobs: number;
  readonly oldestSeconds: number;
  readonly gpuMs: number;
  readonly weight: number;
  /** Its queue is frozen. */
  readonly suspended: boolean;
  readonly concurrentJobs: number;
  /** Jobs of all its classes that are leased. */
  readonly running: number;
  /** Of its share of the class, in expected GPU milliseconds over weight. */
  readonly virtualTimeMs: number;
}

const LOADS = `
with waiting as (
  select job_class, account_id, environment, count(*)::integer as jobs, sum(expected_gpu_ms)::double precision as gpu_ms,
    extract(epoch from clock_timestamp() - min(available_at))::double precision as oldest_seconds
  from job_queue where state = 'queued' and available_at <= clock_timestamp()
  group by 1, 2, 3
)
select w.job_class, w.account_id, w.environment, w.jobs, w.oldest_seconds, w.gpu_ms, s.weight, s.suspended, s.concurrent_jobs, s.running,
  coalesce(c.virtual_time, 0) as virtual_time
from waiting w join account_slot s using (account_id, environment) left join account_class c using (account_id, environment, job_class)`;

/** One look at the whole queue. */
export async function queueLoads(database: Database): Promise<QueueLoad[]> {
  const { rows } = await database.query<{
    job_class: string;
    account_id: string;
    environment: Environment;
    jobs: number;
    oldest_seconds: number;
    gpu_ms: number;
    weight: number;
    suspended: boolean;
    concurrent_jobs: number;
    running: number;
    virtual_time: number;
  }>({ name: 'queue_loads', text: LOADS });
  return rows.map((row) => ({
    jobClass: row.job_class,
    accountId: row.account_id,
    environment: row.environment,
    jobs: row.jobs,
    oldestSeconds: row.oldest_seconds,
    gpuMs: row.gpu_ms,
    weight: row.weight,
    suspended: row.suspended,
    concurrentJobs: row.concurrent_jobs,
    running: row.running,
    virtualTimeMs: row.virtual_time,
  }));
}

const LEASED = `select job_class, count(*)::integer as jobs from job_queue where state = 'leased' group by 1`;

/** How many jobs of each class workers have. */
export async function leasedJobs(database: Database): Promise<Map<string, number>> {
  const { rows } = await database.query<{ job_class: string; jobs: number }>({ name: 'leased_jobs', text: LEASED });
  return new Map(rows.map((row) => [row.job_class, row.jobs]));
}

const WEIGHTS = `select account_id, weight from account_slot where environment = 'live' and weight <> 1`;

/** The accounts whose share is not the standard one. */
export async function unusualWeights(database: Database): Promise<Map<string, number>> {
  const { rows } = await database.query<{ account_id: string; weight: number }>({
    name: 'account_weights',
    text: WEIGHTS,
  });
  return new Map(rows.map((row) => [row.account_id, row.weight]));
}
