import type { Database } from '@usvideo/event-store';
import { traceIdOf } from '@usvideo/runtime';
import type { Environment, JobStateName } from '../job/job';
import type { QueuedJob } from './eta';
import type { JobView, PublicStatus } from './job-object';
import type { JobChanges } from './job-changes';
import { contentOf, storedJob, type JobRow } from '../job/job-row';

interface ViewRow extends JobRow {
  content: unknown;
  progress: number | null;
  queue_state: string | null;
  expected_gpu_ms: bigint | null;
  concurrent_jobs: number | null;
  running: number | null;
  position: bigint | null;
  up_to_ms: number | null;
}

/** Tells when a queued job will have been rendered; undefined when nobody can. */
export interface Estimate {
  etaSeconds(account: { readonly accountId: string; readonly jobClass: string }, job: QueuedJob): number | undefined;
}

/**
 * A job with what belongs to it. The place in the queue is counted for jobs that never left it, to 1,000: the work of who stands further
 * back is told from how far back that is, so that no reading costs more however long the queue is.
 */
const VIEW = `
select j.*, c.content, q.progress, q.state as queue_state, q.expected_gpu_ms, s.concurrent_jobs, s.running, line.position,
  line.up_to_ms * case when line.position < 1000 then 1 else (q.queue_order - head.queue_order + 1)::double precision / (q.queue_order - line.counted_from + 1) end as up_to_ms
from job j
left join job_content c on c.job_id = j.job_id
left join job_queue q on q.job_id = j.job_id
left join lateral (
  select nullif(count(*), 0) as position, sum(counted.expected_gpu_ms)::double precision as up_to_ms, min(counted.queue_order) as counted_from
  from (
    select before.expected_gpu_ms, before.queue_order from job_queue before
    where q.state = 'queued' and j.started_at is null and before.account_id = q.account_id and before.environment = q.environment and before.job_class = q.job_class
      and before.state = 'queued' and before.queue_order <= q.queue_order
    order by before.queue_order desc limit 1000
  ) counted
) line on true
left join lateral (
  select first.queue_order from job_queue first
  where line.position = 1000 and first.account_id = q.account_id and first.environment = q.environment and first.job_class = q.job_class and first.state = 'queued'
  order by first.queue_order limit 1
) head on true
left join account_slot s on s.account_id = j.account_id and s.environment = j.environment`;

export interface Scope {
  readonly accountId: string;
  readonly environment: Environment;
}

export interface ListFilter extends Scope {
  readonly limit: number;
  readonly offset: number;
  readonly startingAfter: string;
  /** Empty: all. */
  readonly statuses: readonly PublicStatus[];
  readonly createdAfter: Date | undefined;
  readonly createdBefore: Date | undefined;
  readonly endUser: string;
}

const STATES_OF: Readonly<Record<PublicStatus, readonly JobStateName[]>> = {
  pending: ['queued'],
  processing: ['queued', 'leased', 'rendering'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

/** A job as stored, for the caller that decides what may be shown. */
export interface OwnedView extends JobView {
  readonly accountId: string;
  readonly version: bigint;
}

export class JobViews {
  constructor(
    private readonly database: Database,
    private readonly changes: JobChanges,
    private readonly estimate: Estimate,
  ) {}

  /** Undefined for a job of somebody else. */
  async one(scope: Scope, jobId: string): Promise<OwnedView | undefined> {
    const { rows } = await this.database.query<ViewRow>({
      name: 'view_one',
      text: `${VIEW} where j.job_id = $1 and j.account_id = $2 and j.environment = $3`,
      values: [jobId, scope.accountId, scope.environment],
    });
    return rows[0] && this.view(rows[0]);
  }

  async many(jobIds: readonly string[]): Promise<OwnedView[]> {
    const { rows } = await this.database.query<ViewRow>({
      name: 'view_many',
      text: `${VIEW} where j.job_id = any($1::text[])`,
      values: [[...jobIds]],
    });
    return rows.map((row) => this.view(row));
  }

  /** Newest first, ties by id; one more than the limit when there are more. */
  async list(filter: ListFilter): Promise<OwnedView[]> {
    const { name, page, values } = pageOf(filter);
    const { rows } = await this.database.query<ViewRow>({
      name: `view_list_${name}`,
      text: `${VIEW} where j.job_id in (${page}) order by j.created_at desc, j.job_id desc`,
      values: [...values, filter.limit + 1, filter.offset],
    });
    return rows.map((row) => this.view(row));
  }

  async exists({ accountId, environment }: Scope, jobId: string): Promise<boolean> {
    const { rows } = await this.database.query({
      name: 'view_exists',
      text: 'select 1 from job where job_id = $1 and account_id = $2 and environment = $3',
      values: [jobId, accountId, environment],
    });
    return rows.length > 0;
  }

  private view(row: ViewRow): OwnedView {
    const job = storedJob(row);
    return {
      jobId: job.jobId,
      accountId: job.accountId,
      version: job.head.version,
      state: job.state,
      settled: row.settled_at !== null,
      refundedMicros: row.refunded_micros,
      content: row.content === null ? undefined : contentOf(row.content),
      progress: this.changes.progressOf(job.jobId) ?? row.progress ?? 0,
      queue:
        row.position === null
          ? undefined
          : {
              position: Number(row.position),
              etaSeconds: this.estimate.etaSeconds(
                { accountId: job.accountId, jobClass: job.state.jobClass },
                {
                  expectedMs: Number(row.expected_gpu_ms),
                  upToMs: row.up_to_ms!,
                  concurrentJobs: row.concurrent_jobs ?? 0,
                  running: row.running ?? 0,
                },
              ),
            },
      traceId: traceIdOf(job.traceparent),
    };
  }
}

/** Each set of filters is a statement of its own, so that each is planned for itself and walks one index from the place reached. */
export function pageOf(filter: ListFilter): { name: string; page: string; values: unknown[] } {
  const values: unknown[] = [filter.accountId, filter.environment];
  // What an end user has is found by the content; both rows carry the owner and the time.
  const of = filter.endUser === '' ? 'j' : 'u';
  const where = [`${of}.account_id = $1`, `${of}.environment = $2`];
  let name = '';
  const add = (part: string, condition: (parameter: string) => string, value: unknown): void => {
    values.push(value);
    where.push(condition(`$${values.length}`));
    name += part;
  };
  if (filter.statuses.length > 0) {
    add(
      's',
      (p) => `j.state = any(${p}::text[])`,
      filter.statuses.flatMap((status) => STATES_OF[status]),
    );
    // Queued is pending before the first lease and processing after a lost one.
    const pending = filter.statuses.includes('pending');
    if (pending !== filter.statuses.includes('processing'))
      add(pending ? 'p' : 'r', (p) => `(j.state <> 'queued' or (j.started_at is null) = ${p}::boolean)`, pending);
  }
  if (filter.createdAfter) add('a', (p) => `${of}.created_at > ${p}::timestamptz`, filter.createdAfter);
  if (filter.createdBefore) add('b', (p) => `${of}.created_at < ${p}::timestamptz`, filter.createdBefore);
  if (filter.endUser !== '') add('u', (p) => `u.end_user = ${p}`, filter.endUser);
  // Two scalars: a row that comes from one subquery is no place in an index.
  if (filter.startingAfter !== '') {
    const [created, jobId] = ['created_at', 'job_id'].map(
      (column) => (p: string) =>
        `(select ${column} from job where job_id = ${p} and account_id = $1 and environment = $2)`,
    );
    add('c', (p) => `(${of}.created_at, ${of}.job_id) < (${created!(p)}, ${jobId!(p)})`, filter.startingAfter);
  }
  const from =
    of === 'j'
      ? 'job j'
      : filter.statuses.length > 0
        ? 'job_content u join job j on j.job_id = u.job_id'
        : 'job_content u';
  const page = `
select ${of}.job_id from ${from}
where ${where.join(' and ')}
order by ${of}.created_at desc, ${of}.job_id desc limit $${values.length + 1} offset $${values.length + 2}`;
  return { name: name || 'all', page, values };
}
