import { bookOf } from '@usvideo/contracts/books';
import { endOf, endsOf, type JobHistory } from './job-history.ts';
import type { Evidence, Proof } from './proofs.ts';

/** Every 202 is one job, and every job is one 202. */
export function endedOnceProof({ load, histories }: Evidence): Proof {
  const faults: string[] = [];
  const accepted = load.accepted;
  const known = new Map<string, string>();
  for (const { key, jobIds, refusal, expected } of accepted) {
    if (jobIds.size > 1) faults.push(`${key} was accepted as ${jobIds.size} jobs: ${[...jobIds].join(', ')}`);
    if (refusal !== undefined || expected !== 'accepted')
      faults.push(`${key} was accepted and refused (${refusal ?? expected})`);
    for (const jobId of jobIds) known.set(jobId, key);
  }
  for (const [jobId, key] of known) {
    const history = histories.get(jobId);
    if (history === undefined) faults.push(`${key} was answered 202 with ${jobId}, which is not in the log`);
    else if (history.events[0]?.$case !== 'jobSubmitted') faults.push(`${jobId} does not begin with its submission`);
    const ends = history === undefined ? [] : endsOf(history);
    if (history !== undefined && ends.length !== 1) faults.push(`${jobId} ended ${ends.length} times`);
  }
  for (const jobId of histories.keys())
    if (!known.has(jobId)) faults.push(`${jobId} exists and no customer was told so`);
  return { name: 'every accepted job is in the log and ended exactly once', checked: known.size, of: 'jobs', faults };
}

/** A refusal leaves no job, no money set aside and no key. */
export async function refusedProof({ disturbed, load, histories }: Evidence): Promise<Proof> {
  const faults: string[] = [];
  const refused = load.wishes.filter(({ expected }) => expected !== 'accepted');
  for (const { key, expected, refusal, jobIds } of refused)
    if (jobIds.size > 0 || refusal !== expected)
      faults.push(`${key} was to be refused as ${expected} and got ${refusal ?? 'a job'}`);
  for (const { key, expected, refusal } of load.wishes)
    if (expected === 'accepted' && refusal !== undefined) faults.push(`${key} was refused: ${refusal}`);
  const keys = refused.map(({ key }) => key);
  const kept = await disturbed.sql<{ key: string }>(
    'scheduler',
    'select key from idempotency_key where key = any($1)',
    [keys],
  );
  for (const { key } of kept) faults.push(`${key} was refused and its key is kept`);
  const open = await disturbed.sql<{ job_id: string; state: string }>(
    'scheduler',
    "select job_id, state from submission where state in ('authorizing', 'voiding')",
  );
  for (const { job_id: jobId, state } of open) faults.push(`the submission of ${jobId} is still ${state}`);
  const held = await disturbed.sql<{ job_id: string; state: string }>(
    'ledger',
    "select job_id, state from hold where state <> 'released' and account_id = any($1)",
    [load.accountIds],
  );
  for (const { job_id: jobId, state } of held)
    if (!histories.has(jobId)) faults.push(`the hold of ${jobId}, which does not exist, is ${state}`);
  const counted = new Set(
    load.accepted.map(({ key, account, environment }) => `${account.accountId}/${environment}/${key}`),
  );
  const idempotent = await disturbed.sql<{ account_id: string; environment: string; key: string; job_id: string }>(
    'scheduler',
    'select account_id, environment, key, job_id from idempotency_key where account_id = any($1)',
    [load.accountIds],
  );
  for (const { account_id: accountId, environment, key, job_id: jobId } of idempotent) {
    if (!counted.delete(`${accountId}/${environment}/${key}`))
      faults.push(`the key ${key} is kept for ${jobId} and was never accepted`);
  }
  for (const key of counted) faults.push(`${key} was accepted and its key is not kept`);
  return { name: 'every refused request left nothing', checked: refused.length, of: 'refusals', faults };
}

/** What customers were told about cancels and payments is what the logs say. */
export async function answersProof({ disturbed, load, histories }: Evidence): Promise<Proof> {
  const faults: string[] = [...load.asking.surprises];
  let checked = 0;
  for (const {
    jobIds: [jobId],
    cancel,
  } of load.accepted) {
    if (cancel === undefined) continue;
    checked += 1;
    const history = histories.get(jobId!);
    const end = history === undefined ? undefined : endOf(history);
    if ((cancel === 200) !== (end === 'jobCancelled'))
      faults.push(`the cancel of ${jobId} was answered ${cancel} and the job ended as ${end}`);
  }
  const cancelledByNobody = [...histories.values()].filter((history) => endOf(history) === 'jobCancelled').length;
  const asked = load.accepted.filter(({ cancel }) => cancel === 200).length;
  if (cancelledByNobody !== asked)
    faults.push(`${cancelledByNobody} jobs are cancelled and ${asked} cancels were answered 200`);
  const paid = await disturbed.sql<{ account_id: string; payment_ref: string; amount: string }>(
    'ledger',
    'select account_id, payment_ref, amount_micros as amount from payment where account_id = any($1)',
    [load.accountIds],
  );
  const acknowledged = new Map(load.payments);
  for (const { account_id: accountId, payment_ref: ref, amount } of paid) {
    const told = acknowledged.get(`${accountId}/${ref}`);
    acknowledged.delete(`${accountId}/${ref}`);
    if (told === undefined || Math.round(told.amountUsd * 1e6) !== Number(amount))
      faults.push(`the payment ${ref} of ${amount} was acknowledged as ${told?.amountUsd ?? 'nothing'}`);
  }
  for (const key of acknowledged.keys()) faults.push(`the payment ${key} was acknowledged and is not in the ledger`);
  return {
    name: 'every 2xx is in the log, every 4xx changed nothing',
    checked: checked + load.payments.size,
    of: 'cancels and payments',
    faults,
  };
}

interface HoldRow {
  job_id: string;
  account_id: string;
  state: string;
  captured: string;
  released: string;
  rule: string | null;
}

/** Of live jobs in their account's money, of test jobs in its play money. */
export async function verdictProof({ disturbed, load, histories }: Evidence): Promise<Proof> {
  const rows = await disturbed.sql<HoldRow>(
    'ledger',
    'select job_id, account_id, state, captured_micros as captured, released_micros as released from hold where account_id = any($1)',
    [load.accountIds.flatMap((id) => [bookOf(id, 'live'), bookOf(id, 'test')])],
  );
  const holds = new Map(rows.map((row) => [row.job_id, row]));
  const faults: string[] = [];
  for (const history of histories.values()) {
    const [end] = endsOf(history);
    const hold = holds.get(history.jobId);
    if (end === undefined || !('verdict' in end.value) || end.value.verdict === undefined)
      faults.push(`${history.jobId} has no verdict`);
    else if (hold === undefined) faults.push(`${history.jobId} has no hold`);
    else {
      const { chargedMicros, releasedMicros } = end.value.verdict;
      if (hold.account_id !== bookOf(history.accountId, history.environment))
        faults.push(`${history.jobId} is held in the money of ${hold.account_id}`);
      if (
        String(chargedMicros) !== hold.captured ||
        String(releasedMicros) !== hold.released ||
        hold.state === 'pending'
      ) {
        faults.push(
          `${history.jobId}: verdict charges ${chargedMicros} and releases ${releasedMicros}, the hold is ${hold.state} with ${hold.captured} and ${hold.released}`,
        );
      }
      if (chargedMicros > 0n !== (end.$case === 'jobCompleted'))
        faults.push(`${history.jobId} ended as ${end.$case} and is charged ${chargedMicros}`);
    }
  }
  return { name: 'verdict = posting for every job', checked: histories.size, of: 'jobs', faults };
}

/** Whatever is recorded of an attempt names the lease that was in force. */
export function leaseProof({ histories }: Evidence): Proof {
  const faults = [...histories.values()].flatMap((history) => [...staleFacts(history)]);
  const stale = [...histories.values()].flatMap(({ events }) =>
    events.filter(({ $case }) => $case === 'staleOutcomeRecorded'),
  );
  return {
    name: `no stale worker changed a job (${stale.length} stale outcomes refused)`,
    checked: histories.size,
    of: 'jobs',
    faults,
  };
}

function* staleFacts({ jobId, events }: JobHistory): Generator<string> {
  let lease = '';
  for (const event of events) {
    if (event.$case === 'jobLeased') {
      if (lease !== '') yield `${jobId} was leased again as ${event.value.leaseId} while ${lease} was in force`;
      lease = event.value.leaseId;
    } else if (
      event.$case === 'renderingStarted' ||
      event.$case === 'jobRequeued' ||
      event.$case === 'jobCompleted' ||
      (event.$case === 'jobFailed' && event.value.leaseId !== '')
    ) {
      if (event.value.leaseId !== lease)
        yield `${jobId}: ${event.$case} names ${event.value.leaseId} while ${lease || 'no lease'} was in force`;
      if (event.$case !== 'renderingStarted') lease = '';
    }
  }
}
