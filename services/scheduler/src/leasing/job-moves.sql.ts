import type { Transaction } from '@usvideo/event-store';
import type { JobFact } from '../job/job';
import { jobDecider } from '../job/job';
import { moveOf, type JobMove } from './job-move';
import type { LeaseSettings } from './lease';
import { accountKey } from '../limits/virtual-time';
import { remoteOutcomeOf } from './remote-outcome';
import { settleRemote } from './remote-budget.sql';
import type { StoredJob } from '../job/job-row';
import { recordJobs, type JobRecord } from '../job/job-writer.sql';

const LEASE_ROWS = `
update job_queue q
set state = 'leased', worker_id = n.worker_id, attempt = n.attempt, lease_id = n.lease_id, lease_until = n.lease_until,
    rendering = n.render_deadline_at is not null, render_deadline_at = n.render_deadline_at, progress = 0
from unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::timestamptz[], $6::timestamptz[])
  as n (job_id, worker_id, attempt, lease_id, lease_until, render_deadline_at)
where q.job_id = n.job_id
returning q.job_id, q.expected_gpu_ms`;

const QUEUE_ROWS = `
update job_queue
set state = 'queued', worker_id = null, lease_id = null, lease_until = null, rendering = false, render_deadline_at = null, progress = 0
where job_id = any($1::text[])
returning job_id, expected_gpu_ms`;

const DELETE_ROWS = 'delete from job_queue where job_id = any($1::text[]) returning job_id, expected_gpu_ms';

/** The counters of several accounts are locked in the order of their keys, as the claim's blocking pass does. */
const MOVE_SLOTS = `
with moved as (
  select s.account_id, s.environment, n.running, n.departed
  from account_slot s
  join unnest($1::text[], $2::text[], $3::integer[], $4::bigint[]) as n (account_id, environment, running, departed)
    on n.account_id = s.account_id and n.environment = s.environment
  order by s.account_id, s.environment
  for update of s
)
update account_slot s set running = s.running + m.running, departed = s.departed + m.departed
from moved m where s.account_id = m.account_id and s.environment = m.environment`;

/** Who could not use its share meanwhile, held back by its own limit, starts from the clock of the class: it banks nothing. */
const CHARGE_CLASSES = `
with charged as (
  select c.account_id, c.environment, c.job_class, n.gpu_ms, n.dispatched, coalesce(k.virtual_time, 0) as clock, s.weight
  from account_class c
  join unnest($1::text[], $2::text[], $3::text[], $4::double precision[], $5::boolean[]) as n (account_id, environment, job_class, gpu_ms, dispatched)
    on n.account_id = c.account_id and n.environment = c.environment and n.job_class = c.job_class
  join account_slot s on s.account_id = c.account_id and s.environment = c.environment
  left join class_clock k on k.job_class = c.job_class
  order by c.account_id, c.environment, c.job_class
  for update of c
)
update account_class c
set virtual_time = case when n.dispatched then greatest(c.virtual_time, n.clock) else c.virtual_time end + n.gpu_ms / n.weight
from charged n
where c.account_id = n.account_id and c.environment = n.environment and c.job_class = n.job_class`;

interface Moved {
  readonly record: JobRecord;
  readonly move: JobMove;
}

/**
 * Records facts of jobs and moves everything that goes with them: the rows of the queue, the counters of the accounts, their
 * virtual times. The transaction holds the row locks of the jobs. Locks are taken in this order: queue rows, accounts,
 * classes, days of hosted engines, shard heads; nothing may be locked after it.
 */
export async function moveJobs(
  tx: Transaction,
  now: Date,
  records: readonly JobRecord[],
  settings: LeaseSettings,
): Promise<StoredJob[]> {
  const moved = records.map((record) => ({
    record,
    move: moveOf(record.job.state, afterFacts(record.job, record.facts), now, settings),
  }));
  const expectedMs = await moveRows(tx, moved);
  await moveCounters(tx, moved);
  await chargeClasses(tx, moved, expectedMs);
  await settleRemote(
    tx,
    records.flatMap(({ job, facts }) => remoteOutcomeOf(job.state, afterFacts(job, facts)) ?? []),
  );
  return recordJobs(tx, now, records);
}

function afterFacts(job: StoredJob, facts: readonly JobFact[]): StoredJob['state'] {
  return facts.reduce(jobDecider.evolve, job.state);
}

/** Returns the expected GPU time of the jobs whose rows moved. */
async function moveRows(tx: Transaction, moved: readonly Moved[]): Promise<Map<string, number>> {
  const expectedMs = new Map<string, number>();
  const run = async (name: string, text: string, values: unknown[][]): Promise<void> => {
    if (values[0]!.length === 0) return;
    const { rows } = await tx.query<{ job_id: string; expected_gpu_ms: bigint }>({ name, text, values });
    for (const row of rows) expectedMs.set(row.job_id, Number(row.expected_gpu_ms));
    if (rows.length !== values[0]!.length)
      throw new Error(`${name} moved ${rows.length} of ${values[0]!.length} rows of the queue`);
  };
  const idsOf = (kind: 'queued' | 'gone') =>
    moved.filter(({ move }) => move.queue.kind === kind).map(({ record }) => record.job.jobId);
  const leased = moved.flatMap(({ record, move: { queue } }) =>
    queue.kind === 'leased' ? [{ jobId: record.job.jobId, ...queue }] : [],
  );
  await run('queue_lease', LEASE_ROWS, [
    leased.map((row) => row.jobId),
    leased.map((row) => row.workerId),
    leased.map((row) => row.attempt),
    leased.map((row) => row.leaseId),
    leased.map((row) => row.leaseUntil),
    leased.map((row) => row.renderDeadlineAt ?? null),
  ]);
  await run('queue_requeue', QUEUE_ROWS, [idsOf('queued')]);
  await run('queue_leave', DELETE_ROWS, [idsOf('gone')]);
  return expectedMs;
}

async function moveCounters(tx: Transaction, moved: readonly Moved[]): Promise<void> {
  const sums = new Map<string, { accountId: string; environment: string; running: number; departed: number }>();
  for (const {
    record: { job },
    move,
  } of moved) {
    if (move.running === 0 && move.departed === 0) continue;
    const sum = sums.get(accountKey(job)) ?? {
      accountId: job.accountId,
      environment: job.environment,
      running: 0,
      departed: 0,
    };
    sums.set(accountKey(job), { ...sum, running: sum.running + move.running, departed: sum.departed + move.departed });
  }
  if (sums.size === 0) return;
  const rows = [...sums.values()];
  const result = await tx.query({
    name: 'slot_move',
    text: MOVE_SLOTS,
    values: [
      rows.map((r) => r.accountId),
      rows.map((r) => r.environment),
      rows.map((r) => r.running),
      rows.map((r) => r.departed),
    ],
  });
  if (result.rowCount !== rows.length) throw new Error('an account with jobs has no row in account_slot');
}

async function chargeClasses(
  tx: Transaction,
  moved: readonly Moved[],
  expectedMs: ReadonlyMap<string, number>,
): Promise<void> {
  const sums = new Map<
    string,
    { accountId: string; environment: string; jobClass: string; gpuMs: number; dispatched: boolean }
  >();
  for (const {
    record: { job },
    move: { charge },
  } of moved) {
    if (charge === undefined) continue;
    const key = `${accountKey(job)}/${job.state.jobClass}`;
    const sum = sums.get(key) ?? {
      accountId: job.accountId,
      environment: job.environment,
      jobClass: job.state.jobClass,
      gpuMs: 0,
      dispatched: false,
    };
    const expected = expectedMs.get(job.jobId)!;
    const added = charge.expected === 'add' ? expected : charge.actualMs - expected;
    sums.set(key, { ...sum, gpuMs: sum.gpuMs + added, dispatched: sum.dispatched || charge.expected === 'add' });
  }
  if (sums.size === 0) return;
  const rows = [...sums.values()];
  await tx.query({
    name: 'class_charge',
    text: CHARGE_CLASSES,
    values: [
      rows.map((r) => r.accountId),
      rows.map((r) => r.environment),
      rows.map((r) => r.jobClass),
      rows.map((r) => r.gpuMs),
      rows.map((r) => r.dispatched),
    ],
  });
}
