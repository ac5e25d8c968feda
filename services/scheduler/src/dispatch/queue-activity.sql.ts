import type { Database } from '@usvideo/event-store';
import type { QueueKey } from '../job/queue-key';
import type { Environment } from '../job/job';

const MOVE_CLOCKS = `
insert into class_clock as k (job_class, virtual_time)
select * from unnest($1::text[], $2::double precision[]) order by 1
on conflict (job_class) do update set virtual_time = excluded.virtual_time where k.virtual_time < excluded.virtual_time`;

/** After the claim's commit and outside of it: claims would queue for these few rows. A crash in between loses a moment of fairness. */
export async function moveClocks(database: Database, clocks: ReadonlyMap<string, number>): Promise<void> {
  if (clocks.size === 0) return;
  await database.query({ name: 'clock_move', text: MOVE_CLOCKS, values: [[...clocks.keys()], [...clocks.values()]] });
}

const WITH_WORK = `
select n.account_id, n.environment, n.job_class
from unnest($1::text[], $2::text[], $3::text[]) as n (account_id, environment, job_class)
where exists (
  select from job_queue q
  where q.account_id = n.account_id and q.environment = n.environment and q.job_class = n.job_class
    and q.state = 'queued' and q.available_at <= clock_timestamp())`;

/** Which of these queues have a job that may run. */
export async function queuesWithWork(database: Database, keys: readonly QueueKey[]): Promise<QueueKey[]> {
  if (keys.length === 0) return [];
  const { rows } = await database.query<KeyRow>({
    name: 'queue_with_work',
    text: WITH_WORK,
    values: [keys.map((key) => key.accountId), keys.map((key) => key.environment), keys.map((key) => key.jobClass)],
  });
  return rows.map(queueKey);
}

/**
 * Walks the queues along their index, one step per queue however long it is. The idle ones, nearly always none, are picked before
 * their jobs are looked for: PostgreSQL would look for those of every queue, and without statistics in the index of the class.
 */
const ASLEEP = `
with recursive line as (
  (select account_id, environment, job_class from job_queue where state = 'queued' order by account_id, environment, job_class limit 1)
  union all
  select n.* from line l cross join lateral (
    select q.account_id, q.environment, q.job_class from job_queue q
    where q.state = 'queued' and (q.account_id, q.environment, q.job_class) > (l.account_id, l.environment, l.job_class)
    order by q.account_id, q.environment, q.job_class limit 1) n
), idle as materialized (
  select account_id, environment, job_class from line left join account_class c using (account_id, environment, job_class) where c.active is not true
)
select i.account_id, i.environment, i.job_class from idle i
where exists (
  select from job_queue q
  where q.account_id = i.account_id and q.environment = i.environment and q.job_class = i.job_class
    and q.state = 'queued' and q.available_at <= clock_timestamp())`;

/** Queues that have a job to run and would not be dispatched: their wake-up was lost, or the job had to wait for its time. */
export async function sleepingQueues(database: Database): Promise<QueueKey[]> {
  const { rows } = await database.query<KeyRow>({ name: 'queue_asleep', text: ASLEEP });
  return rows.map(queueKey);
}

const HELD = `
select exists (
  select from account_class c
  join account_slot s on s.account_id = c.account_id and s.environment = c.environment
  where c.job_class = any($1::text[]) and c.active and not s.suspended and s.running < s.concurrent_jobs) as held`;

/** Whether accounts that may run jobs of these classes exist; after a claim that found none, others hold their rows. */
export async function eligibleExist(database: Database, jobClasses: readonly string[]): Promise<boolean> {
  const { rows } = await database.query<{ held: boolean }>({
    name: 'claim_eligible',
    text: HELD,
    values: [jobClasses],
  });
  return rows[0]!.held;
}

interface KeyRow {
  account_id: string;
  environment: Environment;
  job_class: string;
}

function queueKey(row: KeyRow): QueueKey {
  return { accountId: row.account_id, environment: row.environment, jobClass: row.job_class };
}
