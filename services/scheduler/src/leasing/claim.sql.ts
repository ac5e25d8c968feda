import type { Transaction } from '@usvideo/event-store';
import type { Environment } from '../job/job';
import { CLAIM_MAX, type LeaseSettings } from './lease';
import {
  assignFairly,
  type Assignment,
  type Contender,
  type FreeWorker,
  type WaitingJob,
} from '../limits/virtual-time';
import { moveJobs } from './job-moves.sql';
import { storedJob, type JobRow, type StoredJob } from '../job/job-row';
import { decideJob, type JobRecord } from '../job/job-writer.sql';
import type { RemoteEngines } from '../catalogue/remote-engines';
import { payRemote } from './remote-budget.sql';

const ELIGIBLE = `
  select c.account_id, c.environment, c.job_class, c.virtual_time, s.weight, s.concurrent_jobs - s.running as room
  from account_class c
  join account_slot s on s.account_id = c.account_id and s.environment = c.environment
  where c.job_class = k.job_class and c.active and not s.suspended and s.running < s.concurrent_jobs
  order by c.virtual_time, c.account_id, c.environment
  limit $2`;

const LOCK_FREE_ACCOUNTS = `
select e.* from unnest($1::text[]) as k (job_class)
cross join lateral (${ELIGIBLE} for update of c, s skip locked) e`;

/** Waits for accounts that others hold, in the order of their keys as everybody who waits does. */
const LOCK_HELD_ACCOUNTS = `
with eligible as materialized (
  select e.* from unnest($1::text[]) as k (job_class) cross join lateral (${ELIGIBLE}) e
), slots as materialized (
  select s.account_id, s.environment from account_slot s
  where (s.account_id, s.environment) in (select account_id, environment from eligible)
  order by s.account_id, s.environment
  for update of s
)
select c.account_id, c.environment, c.job_class, c.virtual_time, s.weight, s.concurrent_jobs - s.running as room
from slots join account_slot s using (account_id, environment)
join eligible e using (account_id, environment)
join account_class c using (account_id, environment, job_class)
where c.active and not s.suspended and s.running < s.concurrent_jobs
order by c.account_id, c.environment, c.job_class
for update of c, s`;

/**
 * A statement after the one that locked the accounts, and so on a newer snapshot: within one statement the jobs would be read
 * as they were before the locks were held, and a job leased meanwhile would be leased twice.
 */
const WAITING_JOBS = `
select q.job_id, q.expected_gpu_ms, l.line
from unnest($1::text[], $2::text[], $3::text[], $4::integer[]) with ordinality as l (account_id, environment, job_class, room, line)
cross join lateral (
  select q.job_id, q.expected_gpu_ms, q.queue_order
  from job_queue q
  where q.account_id = l.account_id and q.environment = l.environment and q.job_class = l.job_class
    and q.state = 'queued' and q.available_at <= clock_timestamp()
  order by q.queue_order
  limit least(l.room, $5)
) q
order by l.line, q.queue_order`;

/** A job that a cancel holds is skipped: it locks job before account, we account before job. */
const LOCK_CHOSEN = `
select j.* from job j join job_queue q using (job_id)
where j.job_id = any($1::text[]) and j.state = 'queued' and q.state = 'queued'
order by j.job_id
for update of j, q skip locked`;

const DEACTIVATE = `
update account_class c set active = false
from unnest($1::text[], $2::text[], $3::text[]) as n (account_id, environment, job_class)
where c.account_id = n.account_id and c.environment = n.environment and c.job_class = n.job_class`;

export type Queue = Contender<WaitingJob> & { readonly environment: Environment };

export interface Leased {
  readonly job: StoredJob;
  readonly worker: FreeWorker;
  /** The virtual time of its queue before this claim. */
  readonly virtualTime: number;
}

export interface Claimed {
  readonly leased: readonly Leased[];
  /** Queues that had nothing to run and are asleep since this claim; to be looked at once more after its commit. */
  readonly emptied: readonly Queue[];
  /** Whether there may be more to claim at once. */
  readonly more: boolean;
}

export interface ClaimRequest {
  readonly workers: readonly FreeWorker[];
  /** Wait, for at most 50 ms, for accounts that other claims hold. */
  readonly patient: boolean;
  readonly settings: LeaseSettings;
  readonly newLeaseId: () => string;
  /** The workers are hosted engines: what they get is paid for. */
  readonly remote?: RemoteEngines | undefined;
}

/** Locks accounts by virtual time, leases their jobs to free workers and records it, all in the given transaction. */
export async function claim(tx: Transaction, now: Date, request: ClaimRequest): Promise<Claimed> {
  const slots = Math.min(
    CLAIM_MAX,
    request.workers.reduce((sum, worker) => sum + worker.freeSlots, 0),
  );
  const accounts = await lockAccounts(tx, request, slots);
  if (accounts.length === 0) return { leased: [], emptied: [], more: false };
  const queues = await waitingJobs(tx, accounts, slots);
  const chosen = assignFairly(queues, request.workers).slice(0, CLAIM_MAX);
  const emptied = queues.filter((queue) => queue.jobs.length === 0);
  if (emptied.length > 0) await tx.query({ name: 'class_deactivate', text: DEACTIVATE, values: keyArrays(emptied) });
  const { leased, skipped, unpaid } = await leaseJobs(tx, now, chosen, request);
  // What the day's budget does not pay for waits for another day, or for an engine of our own.
  const more = skipped > 0 || emptied.length > 0 || chosen.length >= slots;
  return { leased, emptied, more: more && unpaid === 0 };
}

interface AccountRow {
  account_id: string;
  environment: Environment;
  job_class: string;
  virtual_time: number;
  weight: number;
  room: number;
}

async function lockAccounts(tx: Transaction, { workers, patient }: ClaimRequest, limit: number): Promise<AccountRow[]> {
  const jobClasses = [...new Set(workers.flatMap((worker) => worker.jobClasses))].sort();
  if (limit <= 0 || jobClasses.length === 0) return [];
  if (!patient) {
    return (
      await tx.query<AccountRow>({ name: 'claim_lock_free', text: LOCK_FREE_ACCOUNTS, values: [jobClasses, limit] })
    ).rows;
  }
  await tx.query("set local lock_timeout = '50ms'");
  const { rows } = await tx.query<AccountRow>({
    name: 'claim_lock_held',
    text: LOCK_HELD_ACCOUNTS,
    values: [jobClasses, limit],
  });
  await tx.query('set local lock_timeout to default');
  return rows;
}

async function waitingJobs(tx: Transaction, accounts: readonly AccountRow[], slots: number): Promise<Queue[]> {
  const { rows } = await tx.query<{ job_id: string; expected_gpu_ms: bigint; line: bigint }>({
    name: 'claim_jobs',
    text: WAITING_JOBS,
    values: [
      accounts.map((row) => row.account_id),
      accounts.map((row) => row.environment),
      accounts.map((row) => row.job_class),
      accounts.map((row) => row.room),
      slots,
    ],
  });
  const jobs = accounts.map((): WaitingJob[] => []);
  for (const row of rows)
    jobs[Number(row.line) - 1]!.push({ jobId: row.job_id, expectedGpuMs: Number(row.expected_gpu_ms) });
  return accounts.map((row, index) => ({
    accountId: row.account_id,
    environment: row.environment,
    jobClass: row.job_class,
    virtualTime: row.virtual_time,
    weight: row.weight,
    room: row.room,
    jobs: jobs[index]!,
  }));
}

async function leaseJobs(
  tx: Transaction,
  now: Date,
  chosen: readonly Assignment<WaitingJob>[],
  { newLeaseId, settings, remote }: ClaimRequest,
) {
  if (chosen.length === 0) return { leased: [], skipped: 0, unpaid: 0 };
  const { rows } = await tx.query<JobRow>({
    name: 'claim_lock_jobs',
    text: LOCK_CHOSEN,
    values: [chosen.map((one) => one.job.jobId)],
  });
  const assignmentOf = new Map(chosen.map((one) => [one.job.jobId, one]));
  const locked = rows.map(storedJob);
  const paid = remote && (await payRemote(tx, now, locked, remote));
  const affordable = locked.filter(({ jobId }) => paid?.has(jobId) ?? true);
  const records = affordable.map((job): JobRecord => {
    const { worker } = assignmentOf.get(job.jobId)!;
    const decided = decideJob(job, {
      type: 'Lease',
      now,
      leaseId: newLeaseId(),
      workerId: worker.workerId,
      engine: worker.engine,
      remoteCostMicros: paid?.get(job.jobId),
    });
    if (!decided.accepted) throw new Error(`the queued job ${job.jobId} cannot be leased: ${decided.refusal}`);
    return { job: decided.before, facts: decided.facts };
  });
  const leased = (await moveJobs(tx, now, records, settings)).map((job): Leased => {
    const { worker, contender } = assignmentOf.get(job.jobId)!;
    return { job, worker, virtualTime: contender.virtualTime };
  });
  return { leased, skipped: chosen.length - rows.length, unpaid: locked.length - affordable.length };
}

function keyArrays(queues: readonly Queue[]): unknown[][] {
  return [
    queues.map((queue) => queue.accountId),
    queues.map((queue) => queue.environment),
    queues.map((queue) => queue.jobClass),
  ];
}
