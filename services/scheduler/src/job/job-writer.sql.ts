import { JobEvent } from '@usvideo/contracts/scheduler';
import {
  appendEvents,
  EMPTY_HEAD,
  kindOf,
  type NewEvent,
  RowsStatement,
  type StreamHead,
  together,
  type Transaction,
} from '@usvideo/event-store';
import { jobDecider, NO_JOB, type Environment, type JobCommand, type JobFact, type JobRefusal } from './job';
import { FIXED_COLUMNS, MOVING_COLUMNS, storedJob, type JobRow, type StoredJob } from './job-row';

const LOCK_JOBS = 'select * from job where job_id = any($1::text[]) order by job_id for update';

const INSERT_JOBS = new RowsStatement<StoredJob>(
  'job_insert',
  { ...FIXED_COLUMNS, ...MOVING_COLUMNS },
  (names, rows) => `insert into job (${names}) select * from ${rows}`,
);

const UPDATE_JOBS = new RowsStatement<StoredJob>(
  'job_update',
  { job_id: FIXED_COLUMNS.job_id, ...MOVING_COLUMNS },
  (_, rows) => `
update job set ${Object.keys(MOVING_COLUMNS)
    .map((name) => `${name} = n.${name}`)
    .join(', ')}
from ${rows}
where job.job_id = n.job_id`,
);

/** Locks the streams of these jobs in the order of their ids. Jobs that do not exist are absent from the answer. */
export async function lockJobs(tx: Transaction, jobIds: readonly string[]): Promise<Map<string, StoredJob>> {
  const { rows } = await tx.query<JobRow>({ name: 'job_lock', text: LOCK_JOBS, values: [[...jobIds]] });
  return new Map(rows.map((row) => [row.job_id, storedJob(row)]));
}

/** What a command made of a job: the facts to record and the job after them, or the rule that refused it. */
export type Decided =
  | {
      readonly accepted: true;
      readonly facts: readonly JobFact[];
      readonly before: StoredJob;
      readonly after: StoredJob;
    }
  | { readonly accepted: false; readonly refusal: JobRefusal; readonly before: StoredJob };

export function decideJob(job: StoredJob, command: JobCommand): Decided {
  const decision = jobDecider.decide(job.state, command);
  if (!decision.accepted) return { accepted: false, refusal: decision.refusal, before: job };
  const after = { ...job, state: decision.events.reduce(jobDecider.evolve, job.state) };
  return { accepted: true, facts: decision.events, before: job, after };
}

/** A job before its first event. */
export function unsubmittedJob(identity: {
  jobId: string;
  accountId: string;
  environment: Environment;
  traceparent: string;
}): StoredJob {
  return { ...identity, head: EMPTY_HEAD, state: { ...NO_JOB, environment: identity.environment } };
}

export interface JobRecord {
  /** The job as `lockJobs`, or a lock that skips, gave it out; its row lock is held by this transaction. */
  readonly job: StoredJob;
  readonly facts: readonly JobFact[];
  /** W3C trace context of what caused the facts; empty: the job's own. */
  readonly traceparent?: string;
}

/**
 * The one way in which events of jobs are recorded and job rows written. It takes the shard heads, so it must be the last
 * thing in the transaction that locks anything: write `job_queue` and `account_slot` before it. A job may appear only once.
 */
export async function recordJobs(tx: Transaction, now: Date, records: readonly JobRecord[]): Promise<StoredJob[]> {
  const states = records.map(({ job, facts }) => facts.reduce(jobDecider.evolve, job.state));
  const storedJobs = (heads: readonly StreamHead[]) =>
    records.map(({ job }, index): StoredJob => ({ ...job, head: heads[index]!, state: states[index]! }));
  const appends = records.map(({ job, facts, traceparent }) => ({
    streamId: job.jobId,
    accountId: job.accountId,
    environment: job.environment,
    head: job.head,
    events: facts.map((fact) => encoded(fact, traceparent || job.traceparent)),
  }));
  const appended = await appendEvents(tx, now, appends, (heads) => writeRows(tx, records, storedJobs(heads)));
  return storedJobs(appended.map(({ head }) => head));
}

async function writeRows(tx: Transaction, records: readonly JobRecord[], written: readonly StoredJob[]): Promise<void> {
  const created = written.filter((_, index) => records[index]!.job.head.version === 0n);
  const moved = written.filter((_, index) => records[index]!.job.head.version > 0n && records[index]!.facts.length > 0);
  await together([created.length > 0 && INSERT_JOBS.run(tx, created), moved.length > 0 && UPDATE_JOBS.run(tx, moved)]);
}

function encoded(fact: JobFact, traceparent: string): NewEvent {
  const { at: _at, ...event } = fact;
  return { kind: kindOf(fact), payload: JobEvent.encode({ event }).finish(), traceparent };
}
