import { endsOf } from './job-history.ts';
import type { Evidence, Proof } from './proofs.ts';
import type { ReceivedWebhook } from './webhook-record.ts';

const NAMES: Readonly<Record<string, string>> = {
  jobCompleted: 'video.completed',
  jobFailed: 'video.failed',
  jobCancelled: 'video.cancelled',
};

/** Whoever asked for a webhook got it, about the end that the log has, under one id and with the same bytes each time. */
export function webhookProof({ disturbed, load, histories }: Evidence): Proof {
  const faults: string[] = [];
  const byJob = Map.groupBy(disturbed.webhooks.received, ({ jobId }) => jobId);
  const endOf = (jobId: string) =>
    endsOf(histories.get(jobId) ?? { jobId, accountId: '', environment: '', events: [], eventIds: [] })[0];
  // Who takes its own job back is not told of it.
  const isTold = (jobId: string) => {
    const end = endOf(jobId);
    return end?.$case !== 'jobCancelled' || !end.value.byOwnKey;
  };
  const owed = load.accepted
    .filter(({ hasWebhook }) => hasWebhook)
    .map(({ jobIds: [jobId] }) => jobId!)
    .filter(isTold);
  for (const jobId of owed) faults.push(...judge(jobId, byJob.get(jobId) ?? [], endOf(jobId)?.$case));
  const expected = new Set(owed);
  for (const jobId of byJob.keys())
    if (!expected.has(jobId)) faults.push(`a webhook about ${jobId} was sent, and nobody asked for one`);
  return {
    name: `every webhook owed was delivered under one id (${disturbed.webhooks.received.length} requests)`,
    checked: owed.length,
    of: 'webhooks',
    faults,
  };
}

function* judge(jobId: string, received: readonly ReceivedWebhook[], end: string | undefined): Generator<string> {
  if (received.length === 0) yield `the webhook about ${jobId} never came`;
  const different = (values: readonly string[]) => new Set(values).size;
  if (different(received.map(({ webhookId }) => webhookId)) > 1)
    yield `the webhook about ${jobId} came under several ids`;
  if (different(received.map(({ bodySha256 }) => bodySha256)) > 1)
    yield `the webhook about ${jobId} came with different bodies`;
  for (const { event } of received)
    if (end === undefined || event !== NAMES[end])
      yield `the webhook about ${jobId} says ${event}, the job ended as ${end}`;
}

interface FeedRow {
  account_id: string;
  environment: string;
  seq: string;
  event_id: string;
  job_id: string;
  event: string;
}

/** The feed has one row for each end, without a gap. */
export async function feedProof({ disturbed, load, histories }: Evidence): Promise<Proof> {
  const rows = await disturbed.sql<FeedRow>(
    'webhooks',
    'select account_id, environment, seq, event_id, job_id, event from feed_event where account_id = any($1) order by account_id, environment, seq',
    [load.accountIds],
  );
  const faults: string[] = [];
  for (const [owner, of] of Map.groupBy(rows, ({ account_id: id, environment }) => `${id}/${environment}`)) {
    of.forEach(({ seq }, index) => {
      if (Number(seq) !== index + 1) faults.push(`the feed of ${owner} has ${seq} where ${index + 1} belongs`);
    });
  }
  const inFeed = Map.groupBy(
    rows.filter(({ event }) => event !== 'video.processing'),
    ({ job_id: jobId }) => jobId,
  );
  for (const jobId of histories.keys())
    if (inFeed.get(jobId)?.length !== 1)
      faults.push(`the feed has ${inFeed.get(jobId)?.length ?? 0} events about ${jobId}`);
  return { name: 'the feed has every end once, without a gap', checked: rows.length, of: 'events', faults };
}
