import type { LeaseGranted } from '@usvideo/contracts/scheduler';
import type { Database, Transaction } from '@usvideo/event-store';
import { heldAttempt } from '../job/job';
import type { LeaseSettings } from './lease';
import { graceIsOver } from './lease-grace.sql';
import { contentOf, storedJob, type JobRow, type StoredJob } from '../job/job-row';

const SLOTS_TAKEN = `
select worker_id, count(*)::integer as taken from job_queue
where state = 'leased' and worker_id = any($1::text[]) group by worker_id`;

/** How many leases each of these workers holds, whichever replica granted them. */
export async function slotsTaken(tx: Transaction, workerIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ worker_id: string; taken: number }>({
    name: 'worker_slots_taken',
    text: SLOTS_TAKEN,
    values: [workerIds],
  });
  return new Map(rows.map((row) => [row.worker_id, row.taken]));
}

const LEASED_TO = `
select j.* from job_queue q join job j using (job_id)
where q.worker_id = any($1::text[]) and q.state = 'leased'`;

/** The jobs that these workers hold leases of. */
export async function leasedTo(database: Database, workerIds: readonly string[]): Promise<StoredJob[]> {
  const { rows } = await database.query<JobRow>({ name: 'worker_leases', text: LEASED_TO, values: [workerIds] });
  return rows.map(storedJob);
}

const CONTENT = 'select job_id, content from job_content where job_id = any($1::text[])';

/** What a worker needs to render these leased jobs, but for the trace. */
export async function grantsOf(
  database: Database,
  jobs: readonly StoredJob[],
  settings: LeaseSettings,
): Promise<LeaseGranted[]> {
  const { rows } = await database.query<{ job_id: string; content: unknown }>({
    name: 'lease_content',
    text: CONTENT,
    values: [jobs.map((job) => job.jobId)],
  });
  const contents = new Map(rows.map((row) => [row.job_id, contentOf(row.content)]));
  return jobs.flatMap((job): LeaseGranted[] => {
    const held = heldAttempt(job.state);
    const content = contents.get(job.jobId);
    if (held === undefined || content === undefined) return [];
    return [
      {
        jobId: job.jobId,
        accountId: job.accountId,
        environment: job.environment,
        attempt: held.attempt,
        leaseId: held.leaseId,
        terms: job.state.terms,
        content,
        traceparent: job.traceparent,
        renderTimeoutMs: settings.renderTimeoutMs,
      },
    ];
  });
}

export interface Beat {
  readonly jobId: string;
  readonly leaseId: string;
  readonly progress: number;
}

/** Rows that somebody else changes at this moment are left to the next heartbeat; nothing here ever waits. */
const RENEW = `
with held as (
  select q.job_id, n.progress from job_queue q
  join unnest($1::text[], $2::text[], $3::integer[]) as n (job_id, lease_id, progress) on n.job_id = q.job_id and n.lease_id = q.lease_id
  where q.state = 'leased'
  order by q.job_id
  for update of q skip locked
)
update job_queue q
set lease_until = clock_timestamp() + make_interval(secs => $4::double precision / 1000), progress = greatest(q.progress, h.progress)
from held h where q.job_id = h.job_id`;

const ENDED = `
select n.job_id, n.lease_id, j.state
from unnest($1::text[], $2::text[]) as n (job_id, lease_id)
left join job j on j.job_id = n.job_id
where not exists (select from job_queue q where q.job_id = n.job_id and q.lease_id = n.lease_id and q.state = 'leased')`;

export interface EndedLease {
  readonly jobId: string;
  readonly leaseId: string;
  readonly reason: 'cancelled' | 'lease_lost';
}

/** Prolongs leases and returns those that are over. */
export async function renewLeases(
  database: Database,
  beats: readonly Beat[],
  { leaseMs }: LeaseSettings,
): Promise<EndedLease[]> {
  const jobIds = beats.map((beat) => beat.jobId);
  const leaseIds = beats.map((beat) => beat.leaseId);
  const renewed = await database.query({
    name: 'lease_renew',
    text: RENEW,
    values: [jobIds, leaseIds, beats.map((beat) => beat.progress), leaseMs],
  });
  if (renewed.rowCount === beats.length) return [];
  const { rows } = await database.query<{ job_id: string; lease_id: string; state: string | null }>({
    name: 'lease_ended',
    text: ENDED,
    values: [jobIds, leaseIds],
  });
  return rows.map((row) => ({
    jobId: row.job_id,
    leaseId: row.lease_id,
    reason: row.state === 'cancelled' ? 'cancelled' : 'lease_lost',
  }));
}

const LAPSED = `
select job_id, lease_id, worker_id, job_class, render_deadline_at is not null and render_deadline_at <= clock_timestamp() as timed_out
from job_queue
where state = 'leased' and ((lease_until <= clock_timestamp() and ${graceIsOver()}) or render_deadline_at <= clock_timestamp())
order by lease_until
limit 200`;

export interface LapsedLease {
  readonly jobId: string;
  readonly leaseId: string;
  readonly workerId: string;
  readonly jobClass: string;
  readonly reason: 'lease_expired' | 'render_timeout';
}

/** Leases that were not prolonged in time, and renders that take too long. A hint: the report that ends them looks again under the lock. */
export async function lapsedLeases(database: Database): Promise<LapsedLease[]> {
  const { rows } = await database.query<{
    job_id: string;
    lease_id: string;
    worker_id: string;
    job_class: string;
    timed_out: boolean;
  }>({ name: 'lease_lapsed', text: LAPSED });
  return rows.map((row) => ({
    jobId: row.job_id,
    leaseId: row.lease_id,
    workerId: row.worker_id,
    jobClass: row.job_class,
    reason: row.timed_out ? 'render_timeout' : 'lease_expired',
  }));
}

const OVERDUE = `
select job_id from job_queue where not rendering and deadline_at <= clock_timestamp() order by deadline_at limit 200`;

/** Jobs whose deadline passed before their render began. */
export async function overdueJobs(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ job_id: string }>({ name: 'job_overdue', text: OVERDUE });
  return rows.map((row) => row.job_id);
}
