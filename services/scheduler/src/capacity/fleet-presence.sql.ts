import type { Capabilities } from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';

/** A worker that takes leases of these classes. */
export interface PresentWorker {
  readonly workerId: string;
  readonly jobClasses: readonly string[];
  readonly slots: number;
  readonly engine: string;
  readonly node: string;
  /** False: it finishes what it has. */
  readonly takesWork: boolean;
  readonly remote: boolean;
  readonly capabilities: Capabilities | undefined;
}

const ANNOUNCE = `
insert into worker_presence (worker_id, job_class, slots, engine, node, takes_work, remote, capabilities, seen_at)
select n.*, clock_timestamp()
from unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::jsonb[])
  as n (worker_id, job_class, slots, engine, node, takes_work, remote, capabilities)
order by 1, 2
on conflict (worker_id, job_class) do update set slots = excluded.slots, engine = excluded.engine, node = excluded.node, takes_work = excluded.takes_work,
  remote = excluded.remote, capabilities = excluded.capabilities, seen_at = excluded.seen_at`;

const FORGET = `delete from worker_presence where seen_at < clock_timestamp() - interval '1 minute'`;

/** Says that these workers are here. */
export async function announceWorkers(database: Database, workers: readonly PresentWorker[]): Promise<void> {
  const rows = workers.flatMap(({ jobClasses, ...worker }) =>
    [...new Set(jobClasses)].map((jobClass) => ({ ...worker, jobClass })),
  );
  if (rows.length > 0) {
    await database.query({
      name: 'presence_announce',
      text: ANNOUNCE,
      values: [
        rows.map((row) => row.workerId),
        rows.map((row) => row.jobClass),
        rows.map((row) => row.slots),
        rows.map((row) => row.engine),
        rows.map((row) => row.node),
        rows.map((row) => row.takesWork),
        rows.map((row) => row.remote),
        rows.map((row) => JSON.stringify(row.capabilities ?? {})),
      ],
    });
  }
  await database.query({ name: 'presence_forget', text: FORGET });
}

/** A worker of several classes counts in each of them. Whoever was not seen for five seconds is not here. */
const SLOTS = `
select job_class, sum(slots)::integer as slots from worker_presence where seen_at > clock_timestamp() - interval '5 seconds' and takes_work group by job_class`;

export async function healthySlots(database: Database): Promise<Map<string, number>> {
  const { rows } = await database.query<{ job_class: string; slots: number }>({ name: 'presence_slots', text: SLOTS });
  return new Map(rows.map((row) => [row.job_class, row.slots]));
}

/** The newest announcement is a second old; whoever leases next sees to it that no slot is taken twice. */
const FULL = `
with own as (
  select worker_id, job_class, slots from worker_presence
  where job_class = any($1::text[]) and takes_work and not remote and seen_at > clock_timestamp() - interval '5 seconds'
)
select c.job_class from unnest($1::text[]) as c (job_class)
where coalesce((select sum(o.slots) from own o where o.job_class = c.job_class), 0)
  <= (select count(*) from job_queue q where q.state = 'leased' and q.worker_id in (select o.worker_id from own o where o.job_class = c.job_class))`;

/** Those of these classes of which no slot of our own is free. */
export async function fullClasses(database: Database, jobClasses: readonly string[]): Promise<Set<string>> {
  const { rows } = await database.query<{ job_class: string }>({
    name: 'presence_full',
    text: FULL,
    values: [jobClasses],
  });
  return new Set(rows.map((row) => row.job_class));
}

/** What was rendered in one class since the last time. */
export interface Rendered {
  readonly renders: number;
  readonly expectedMs: number;
  readonly actualMs: number;
}

/** The last fifty renders make up about two thirds of the figure. */
const ADD_PACE = `
insert into class_pace as p (job_class, renders, expected_ms, actual_ms)
select * from unnest($1::text[], $2::bigint[], $3::double precision[], $4::double precision[]) order by 1
on conflict (job_class) do update set renders = p.renders + excluded.renders,
  expected_ms = p.expected_ms * power(0.98, least(excluded.renders, 1000)) + excluded.expected_ms,
  actual_ms = p.actual_ms * power(0.98, least(excluded.renders, 1000)) + excluded.actual_ms`;

export async function addRendered(database: Database, rendered: ReadonlyMap<string, Rendered>): Promise<void> {
  if (rendered.size === 0) return;
  const values = [...rendered.values()];
  await database.query({
    name: 'pace_add',
    text: ADD_PACE,
    values: [
      [...rendered.keys()],
      values.map((each) => each.renders),
      values.map((each) => each.expectedMs),
      values.map((each) => each.actualMs),
    ],
  });
}

const PACES =
  'select job_class, actual_ms / expected_ms as pace from class_pace where expected_ms > 0 and actual_ms > 0';

/** GPU time really taken per expected GPU time, of each class that has rendered. */
export async function paces(database: Database): Promise<Map<string, number>> {
  const { rows } = await database.query<{ job_class: string; pace: number }>({ name: 'pace_read', text: PACES });
  return new Map(rows.map((row) => [row.job_class, row.pace]));
}
