import type { Content, Terms } from '@usvideo/contracts/scheduler';
import { RowsStatement, type Columns, type Transaction } from '@usvideo/event-store';
import type { Environment } from '../job/job';
import { decideJob, recordJobs, unsubmittedJob, type JobRecord } from '../job/job-writer.sql';
import { storedContent, type StoredJob } from '../job/job-row';
import { forgetArtifacts } from '../orders/artifact-deletions.sql';

/** Everything T2 writes. */
export interface Submission {
  readonly jobId: string;
  readonly accountId: string;
  readonly environment: Environment;
  readonly apiKeyId: string;
  readonly terms: Terms;
  readonly content: Content;
  readonly jobClass: string;
  readonly expectedGpuMs: number;
  readonly estimatedCostMicros: bigint;
  readonly deadlineSeconds: number;
  /** Seconds for which the job is not to be dispatched. */
  readonly holdSeconds: number;
  readonly traceparent: string;
}

/** T2 makes a job of an authorized submission; T3 gives everything back. One of the two wins. */
export type CloseSubmission =
  | { readonly type: 'Submit'; readonly submission: Submission }
  /** `askLedger` false: no hold can exist or come to exist, so none needs to be voided. */
  | { readonly type: 'Void'; readonly jobId: string; readonly askLedger: boolean };

export type Closed =
  | { readonly kind: 'submitted'; /** Absent when it was submitted before. */ readonly job?: StoredJob }
  | { readonly kind: 'voided' };

/**
 * "Is true" keeps PostgreSQL from the index of unfinished submissions: small as it seems to the planner, it holds all that were
 * finished since the last vacuum, and a batch would read them all.
 */
const SUBMIT = `update submission set state = 'submitted' where job_id = any($1::text[]) and (state = 'authorizing') is true returning job_id`;

const VOID = `
update submission s set state = case when n.ask_ledger then 'voiding' else 'voided' end
from unnest($1::text[], $2::boolean[]) as n (job_id, ask_ledger)
where s.job_id = n.job_id and (s.state = 'authorizing') is true
returning s.job_id, s.account_id, s.environment, s.idempotency_key`;

const READ_STATES = 'select job_id, state from submission where job_id = any($1::text[])';

const GIVE_BACK = `
with released as (
  delete from idempotency_key k using unnest($1::text[], $2::text[], $3::text[], $4::text[]) as n (account_id, environment, key, job_id)
  where k.account_id = n.account_id and k.environment = n.environment and k.key = n.key and k.job_id = n.job_id
), reserved as (
  select a.account_id, a.environment, n.jobs
  from admission a
  join (select account_id, environment, count(*) as jobs from unnest($1::text[], $2::text[]) as u (account_id, environment) group by 1, 2) n
    using (account_id, environment)
  order by 1, 2
  for update of a
)
update admission a set admitted = a.admitted - r.jobs
from reserved r where a.account_id = r.account_id and a.environment = r.environment`;

/** A submission at the time that it becomes a job. */
interface Submitted {
  readonly submission: Submission;
  readonly now: Date;
}

const IDENTITY = {
  job_id: ['text', ({ submission }) => submission.jobId],
  account_id: ['text', ({ submission }) => submission.accountId],
  environment: ['text', ({ submission }) => submission.environment],
} satisfies Columns<Submitted>;

const INSERT_CONTENT = new RowsStatement<Submitted>(
  'content_insert',
  {
    ...IDENTITY,
    created_at: ['timestamptz', ({ now }) => now],
    end_user: ['text', ({ submission }) => submission.content.endUser],
    content: ['jsonb', ({ submission }) => storedContent(submission.content)],
  },
  (names, rows) => `insert into job_content (${names}) select * from ${rows}`,
);

const INSERT_QUEUE = new RowsStatement<Submitted>(
  'queue_insert',
  {
    ...IDENTITY,
    job_class: ['text', ({ submission }) => submission.jobClass],
    state: ['text', () => 'queued'],
    available_at: ['timestamptz', ({ submission, now }) => new Date(now.getTime() + submission.holdSeconds * 1_000)],
    deadline_at: ['timestamptz', deadlineAt],
    expected_gpu_ms: ['bigint', ({ submission }) => BigInt(submission.expectedGpuMs)],
  },
  (names, rows) => `insert into job_queue (${names}) select * from ${rows}`,
);

/** Closes a batch. It may come twice; what was closed before answers as it was closed. */
export async function closeSubmissions(
  tx: Transaction,
  now: Date,
  commands: readonly CloseSubmission[],
): Promise<Closed[]> {
  const submissions = commands.flatMap((command) => (command.type === 'Submit' ? [command.submission] : []));
  const voids = commands.flatMap((command) => (command.type === 'Void' ? [command] : []));
  const won = await casSubmitted(tx, submissions);
  if (voids.length > 0) await voidAuthorizing(tx, voids);
  const jobs = await writeJobs(
    tx,
    now,
    submissions.filter(({ jobId }) => won.has(jobId)),
  );
  const undecided = commands.filter((command) => command.type === 'Void' || !won.has(command.submission.jobId));
  const states = await readStates(tx, undecided.map(jobIdOf));
  return commands.map((command): Closed => {
    const job = command.type === 'Submit' ? jobs.get(command.submission.jobId) : undefined;
    if (job) return { kind: 'submitted', job };
    return states.get(jobIdOf(command)) === 'submitted' ? { kind: 'submitted' } : { kind: 'voided' };
  });
}

function jobIdOf(command: CloseSubmission): string {
  return command.type === 'Submit' ? command.submission.jobId : command.jobId;
}

async function casSubmitted(tx: Transaction, submissions: readonly Submission[]): Promise<Set<string>> {
  if (submissions.length === 0) return new Set();
  const { rows } = await tx.query<{ job_id: string }>({
    name: 'submission_submit',
    text: SUBMIT,
    values: [submissions.map(({ jobId }) => jobId)],
  });
  return new Set(rows.map((row) => row.job_id));
}

async function readStates(tx: Transaction, jobIds: readonly string[]): Promise<Map<string, string>> {
  if (jobIds.length === 0) return new Map();
  const { rows } = await tx.query<{ job_id: string; state: string }>({
    name: 'submission_states',
    text: READ_STATES,
    values: [jobIds],
  });
  return new Map(rows.map((row) => [row.job_id, row.state]));
}

async function voidAuthorizing(
  tx: Transaction,
  voids: readonly { jobId: string; askLedger: boolean }[],
): Promise<void> {
  const { rows } = await tx.query<{
    job_id: string;
    account_id: string;
    environment: string;
    idempotency_key: string | null;
  }>({
    name: 'submission_void',
    text: VOID,
    values: [voids.map(({ jobId }) => jobId), voids.map(({ askLedger }) => askLedger)],
  });
  if (rows.length === 0) return;
  await tx.query({
    name: 'submission_give_back',
    text: GIVE_BACK,
    values: [
      rows.map((row) => row.account_id),
      rows.map((row) => row.environment),
      rows.map((row) => row.idempotency_key),
      rows.map((row) => row.job_id),
    ],
  });
}

async function writeJobs(
  tx: Transaction,
  now: Date,
  submissions: readonly Submission[],
): Promise<Map<string, StoredJob>> {
  if (submissions.length === 0) return new Map();
  const submitted = submissions.map((submission) => ({ submission, now }));
  const frames = submissions.flatMap(({ content }) => content.firstFrameKey ?? []);
  // Issued in this order, in which also their locks are taken: the shard heads, in recordJobs, come last.
  const [, , , written] = await Promise.all([
    INSERT_CONTENT.run(tx, submitted),
    INSERT_QUEUE.run(tx, submitted),
    forgetArtifacts(tx, frames),
    recordJobs(tx, now, submitted.map(submittedJob)),
  ]);
  return new Map(written.map((job) => [job.jobId, job]));
}

function deadlineAt({ submission, now }: Submitted): Date {
  return new Date(now.getTime() + submission.deadlineSeconds * 1_000);
}

function submittedJob(submitted: Submitted): JobRecord {
  const { submission, now } = submitted;
  const job = unsubmittedJob(submission);
  const decided = decideJob(job, { type: 'Submit', now, deadlineAt: deadlineAt(submitted), ...submission });
  if (!decided.accepted) throw new Error(`job ${submission.jobId}: ${decided.refusal}`);
  return { job, facts: decided.facts };
}
