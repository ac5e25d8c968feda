import { Capabilities } from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';

/** One row a worker, and only of those that still come or came within the week. */
const NOTE_FAILURES = `
insert into worker_failure (worker_id, job_id, error_code, error_message, failed_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) order by 1
on conflict (worker_id) do update set job_id = excluded.job_id, error_code = excluded.error_code, error_message = excluded.error_message,
  failed_at = excluded.failed_at where worker_failure.failed_at <= excluded.failed_at`;
const FORGET_FAILURES = `delete from worker_failure where failed_at < clock_timestamp() - interval '7 days'`;

/** An attempt of a worker that failed, or during which it fell silent. */
export interface WorkerFailure {
  readonly jobId: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly failedAt: Date;
}

/** Keeps the last failure of each of these workers. */
export async function noteFailures(database: Database, failures: ReadonlyMap<string, WorkerFailure>): Promise<void> {
  const noted = [...failures.values()];
  await database.query({
    name: 'failure_note',
    text: NOTE_FAILURES,
    values: [
      [...failures.keys()],
      noted.map(({ jobId }) => jobId),
      noted.map(({ errorCode }) => errorCode),
      noted.map(({ errorMessage }) => errorMessage),
      noted.map(({ failedAt }) => failedAt),
    ],
  });
  await database.query({ name: 'failure_forget', text: FORGET_FAILURES });
}

/** Every worker that some replica has heard of within the minute. */
const FLEET = `
with here as (
  select p.worker_id, min(p.engine) as engine, min(p.node) as node, array_agg(p.job_class order by p.job_class) as job_classes,
    max(p.slots) as slots, bool_or(p.remote) as remote, (array_agg(p.capabilities))[1] as capabilities,
    (select count(*)::integer from job_queue q where q.worker_id = p.worker_id and q.state = 'leased') as leased,
    max(p.seen_at) as seen_at, max(p.seen_at) > clock_timestamp() - interval '5 seconds' as connected
  from worker_presence p group by p.worker_id
  having p.worker_id > $1 order by p.worker_id limit $2
)
select here.*, f.job_id as failed_job_id, f.error_code, f.error_message, f.failed_at
from here left join worker_failure f using (worker_id) order by worker_id`;

export interface FleetWorker {
  readonly workerId: string;
  readonly engine: string;
  readonly node: string;
  readonly jobClasses: readonly string[];
  readonly slots: number;
  readonly leased: number;
  readonly seenAt: Date;
  readonly connected: boolean;
  readonly remote: boolean;
  readonly capabilities: Capabilities;
  readonly lastFailure: WorkerFailure | undefined;
}

/** By id; one more than `limit` when there are more. */
export async function listFleet(database: Database, afterWorkerId: string, limit: number): Promise<FleetWorker[]> {
  const { rows } = await database.query<{
    worker_id: string;
    engine: string;
    node: string;
    job_classes: string[];
    slots: number;
    leased: number;
    seen_at: Date;
    connected: boolean;
    remote: boolean;
    capabilities: Partial<Capabilities>;
    failed_job_id: string | null;
    error_code: string;
    error_message: string;
    failed_at: Date;
  }>({ name: 'fleet_list', text: FLEET, values: [afterWorkerId, limit + 1] });
  return rows.map((row) => ({
    workerId: row.worker_id,
    engine: row.engine,
    node: row.node,
    jobClasses: row.job_classes,
    slots: row.slots,
    leased: row.leased,
    seenAt: row.seen_at,
    connected: row.connected,
    remote: row.remote,
    capabilities: Capabilities.fromPartial(row.capabilities),
    lastFailure:
      row.failed_job_id === null
        ? undefined
        : {
            jobId: row.failed_job_id,
            errorCode: row.error_code,
            errorMessage: row.error_message,
            failedAt: row.failed_at,
          },
  }));
}
