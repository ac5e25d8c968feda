import type { Database } from '@usvideo/event-store';

const DEPTHS = `
select job_class, count(*)::integer as jobs,
  extract(epoch from clock_timestamp() - min(available_at))::double precision as oldest_seconds
from job_queue where state = 'queued' and available_at <= clock_timestamp()
group by job_class`;

export interface QueueDepth {
  readonly jobClass: string;
  readonly jobs: number;
  readonly oldestSeconds: number;
}

/** What waits for a worker; jobs that wait for their time are not counted. */
export async function queueDepths(database: Database): Promise<QueueDepth[]> {
  const { rows } = await database.query<{ job_class: string; jobs: number; oldest_seconds: number }>({ name: 'queue_depths', text: DEPTHS });
  return rows.map((row) => ({ jobClass: row.job_class, jobs: row.jobs, oldestSeconds: row.oldest_seconds }));
}
