import type { Content } from '@usvideo/contracts/scheduler';
import { WriterLane, type Database, type Transaction } from '@usvideo/event-store';
import { heldAttempt, type JobFact } from '../job/job';
import type { LeaseSettings } from '../leasing/lease';
import { moveJobs } from '../leasing/job-moves.sql';
import { contentOf, type StoredJob } from '../job/job-row';
import type { Scope } from '../views/job-views.sql';
import { decideJob, lockJobs } from '../job/job-writer.sql';
import { deleteArtifacts } from './artifact-deletions.sql';
import { keepPseudonyms } from './erased-end-users.sql';

/** What the customer orders about a job that exists. */
export type JobOrder = OrderedJob &
  ({ readonly type: 'Cancel'; readonly apiKeyId: string } | { readonly type: 'EraseContent' });

interface OrderedJob {
  readonly scope: Scope;
  readonly jobId: string;
  readonly traceparent: string;
}

export type Ordered =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'refused'; readonly job: StoredJob }
  | {
      readonly kind: 'done';
      readonly job: StoredJob;
      /** False when the job was as ordered before. */
      readonly changed: boolean;
      /** The lease that the order ended. */
      readonly endedLeaseId?: string;
      /** What nothing in the artifact store is needed for any more. */
      readonly artifactKeys: readonly string[];
    };

const ERASE_CONTENT =
  'delete from job_content where job_id = any($1::text[]) returning job_id, account_id, environment, content';

const SHARED_FRAMES = `
select distinct content ->> 'firstFrameKey' as key from job_content where content ->> 'firstFrameKey' = any($1::text[])`;

interface Touched {
  readonly before: StoredJob;
  after: StoredJob;
  readonly facts: JobFact[];
}

export interface JobOrdersOptions {
  readonly database: Database;
  readonly settings: LeaseSettings;
  readonly onCommitted: () => void;
}

/** Cancels jobs and erases what customers wrote, each decided under the row lock of its job. */
export class JobOrders {
  private readonly lane: WriterLane<JobOrder, Ordered>;

  constructor({ database, settings, onCommitted }: JobOrdersOptions) {
    this.lane = new WriterLane({
      database,
      onCommitted,
      keyOf: ({ jobId }) => jobId,
      apply: async (tx, opening, orders) => applyOrders(tx, await opening, orders, settings),
    });
  }

  submit(order: JobOrder): Promise<Ordered> {
    return this.lane.submit(order);
  }

  settled(): Promise<void> {
    return this.lane.settled();
  }
}

async function applyOrders(
  tx: Transaction,
  now: Date,
  orders: readonly JobOrder[],
  settings: LeaseSettings,
): Promise<Ordered[]> {
  const locked = await lockJobs(tx, [...new Set(orders.map((order) => order.jobId))]);
  const touched = new Map<string, Touched>(
    [...locked].map(([jobId, job]) => [jobId, { before: job, after: job, facts: [] }]),
  );
  const outcomes = orders.map((order) => applyOrder(order, touched.get(order.jobId), now));
  const erased = await eraseContent(
    tx,
    orders.filter((order, index) => order.type === 'EraseContent' && outcomes[index]!.kind === 'done'),
  );
  const records = orders.flatMap((order) => {
    const job = touched.get(order.jobId);
    touched.delete(order.jobId);
    return job && job.facts.length > 0 ? [{ job: job.before, facts: job.facts, traceparent: order.traceparent }] : [];
  });
  await moveJobs(tx, now, records, settings);
  const answers = outcomes.map((outcome, index) => {
    const { type, jobId } = orders[index]!;
    if (outcome.kind !== 'done' || type !== 'EraseContent') return outcome;
    return { ...outcome, artifactKeys: [...artifactsOf(outcome.job), ...(erased.get(jobId) ?? [])] };
  });
  await deleteArtifacts(
    tx,
    answers.flatMap((answer) => (answer.kind === 'done' ? answer.artifactKeys : [])),
  );
  return answers;
}

function applyOrder(order: JobOrder, touched: Touched | undefined, now: Date): Ordered {
  const { scope } = order;
  const job = touched?.after;
  if (job?.accountId !== scope.accountId || job.environment !== scope.environment) return { kind: 'not_found' };
  const decided = decideJob(
    job,
    order.type === 'Cancel' ? { type: order.type, apiKeyId: order.apiKeyId, now } : { type: order.type, now },
  );
  if (!decided.accepted) return { kind: 'refused', job };
  touched!.after = decided.after;
  touched!.facts.push(...decided.facts);
  const lease = decided.facts.length > 0 ? heldAttempt(job.state) : undefined;
  return {
    kind: 'done',
    job: decided.after,
    changed: decided.facts.length > 0,
    artifactKeys: [],
    ...(lease && { endedLeaseId: lease.leaseId }),
  };
}

/** Returns the uploaded frames that only these jobs showed. */
async function eraseContent(tx: Transaction, orders: readonly JobOrder[]): Promise<Map<string, string[]>> {
  if (orders.length === 0) return new Map();
  const { rows } = await tx.query<{ job_id: string; account_id: string; environment: string; content: Content }>({
    name: 'content_erase',
    text: ERASE_CONTENT,
    values: [orders.map((order) => order.jobId)],
  });
  await keepPseudonyms(
    tx,
    rows.flatMap(({ job_id: jobId, account_id: accountId, environment, content }) => {
      const { endUser } = contentOf(content);
      return endUser === undefined ? [] : [{ jobId, accountId, environment, endUser }];
    }),
  );
  const frames = rows.flatMap((row) => contentOf(row.content).firstFrameKey ?? []);
  const shared = await tx.query<{ key: string }>({
    name: 'content_shared_frames',
    text: SHARED_FRAMES,
    values: [frames],
  });
  const kept = new Set(shared.rows.map((row) => row.key));
  return new Map(
    rows.map((row) => [
      row.job_id,
      [contentOf(row.content).firstFrameKey ?? ''].filter((key) => key !== '' && !kept.has(key)),
    ]),
  );
}

/** Given again when an erasure is repeated, so that whoever failed to delete them can. */
function artifactsOf({ state: { artifact } }: StoredJob): string[] {
  return [artifact?.videoKey ?? '', artifact?.thumbnailKey ?? ''].filter((key) => key !== '');
}
