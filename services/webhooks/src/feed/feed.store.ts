import type { LoggedEvent, Transaction } from '@usvideo/event-store';
import { currentTraceparent, traceIdOf } from '@usvideo/runtime';
import type { PublicEvent } from './public-event';

const NEXT_SEQ = `
insert into feed_head (account_id, environment, next_seq) values ($1, $2, 2)
on conflict (account_id, environment) do update set next_seq = feed_head.next_seq + 1
returning next_seq - 1 as seq`;

const INSERT_EVENT = `
insert into feed_event (account_id, environment, seq, event_id, event, job_id, job_version, recorded_at, traceparent)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

const INSERT_INTENT =
  'insert into feed_intent (event_id, check_at, shard, shard_seq, account_id, environment, tells_url) values ($1, $2, $3, $4, $5, $6, $7)';

const FORGET_INTENTS = 'delete from feed_intent where shard = $1 and shard_seq > $2';

/** A public event and the intent to fetch its body. The head's row lock makes the account's sequence gap-free in commit order. */
export async function recordFeedEvent(
  tx: Transaction,
  event: LoggedEvent,
  { name, tellsUrl }: PublicEvent,
): Promise<void> {
  const { accountId, environment, eventId, recordedAt, shard, seq, streamId, version } = event;
  // What follows belongs to the consumption of the event, unless that is a retry with a trace of its own.
  const traceparent = traceIdOf() === traceIdOf(event.traceparent) ? currentTraceparent() : event.traceparent;
  const { rows } = await tx.query<{ seq: bigint }>({
    name: 'feed_next_seq',
    text: NEXT_SEQ,
    values: [accountId, environment],
  });
  await tx.query({
    name: 'feed_insert',
    text: INSERT_EVENT,
    values: [accountId, environment, rows[0]!.seq, eventId, name, streamId, version, recordedAt, traceparent],
  });
  await tx.query({
    name: 'feed_intent_insert',
    text: INSERT_INTENT,
    values: [eventId, recordedAt, shard, seq, accountId, environment, tellsUrl],
  });
}

/** What is told of something else than a job, complete from the start. */
export interface OwnEvent {
  readonly accountId: string;
  readonly environment: string;
  readonly eventId: string;
  readonly event: string;
  readonly recordedAt: Date;
  readonly traceparent: string;
  readonly body: Buffer;
}

const INSERT_OWN = `
insert into feed_event (account_id, environment, seq, event_id, event, job_id, job_version, recorded_at, traceparent, body)
values ($1, $2, $3, $4, $5, '', 0, $6, $7, $8)`;

export async function recordOwnEvent(
  tx: Transaction,
  { accountId, body, environment, event, eventId, recordedAt, traceparent }: OwnEvent,
): Promise<void> {
  const { rows } = await tx.query<{ seq: bigint }>({
    name: 'feed_next_seq',
    text: NEXT_SEQ,
    values: [accountId, environment],
  });
  await tx.query({
    name: 'feed_insert_own',
    text: INSERT_OWN,
    values: [accountId, environment, rows[0]!.seq, eventId, event, recordedAt, traceparent, body],
  });
  await announceGrowth(tx, [{ accountId, environment }]);
}

export const FEED_CHANNEL = 'feed_grown';

/** Tells all replicas whose feed can be read further. Only a hint: a listener that is away reads the feed when it is back. */
export async function announceGrowth(
  database: Pick<Transaction, 'query'>,
  owners: readonly { readonly accountId: string; readonly environment: string }[],
): Promise<void> {
  const names = [...new Set(owners.map(({ accountId, environment }) => `${accountId} ${environment}`))];
  if (names.length === 0) return;
  await database.query({
    name: 'feed_notify',
    text: `select pg_notify('${FEED_CHANNEL}', owner) from unnest($1::text[]) as owner`,
    values: [names],
  });
}

/**
 * The scheduler was restored from a backup and knows nothing of these events: what a customer was not told of yet cannot be fetched
 * any more. Rows of the feed and deliveries stay: bodies are stored, and their sequence has no gaps.
 */
export async function forgetLostEvents(tx: Transaction, shard: number, sharedSeq: bigint): Promise<void> {
  await tx.query({ name: 'feed_intents_forget', text: FORGET_INTENTS, values: [shard, sharedSeq] });
}

const ERASE_BODIES = 'update feed_event set body = null where job_id = $1';

/** Whoever is fetching a body of this job holds an outdated claim and must fetch it again, without the content. */
const OUTDATE_CLAIMS = `
update feed_intent i set check_at = $2 from feed_event e where e.event_id = i.event_id and e.job_id = $1`;

/** A URL and an answer may hold what the customer wrote; what is still to be sent has no content left to send. */
const ERASE_DELIVERIES = `
update delivery set url = null, isolation_key = '', status = case status when 'pending' then 'superseded' else status end,
                    next_attempt_at = null, lease_id = null, lease_until = null, ended_at = coalesce(ended_at, $2)
where job_id = $1`;

const ERASE_ATTEMPTS = `
update delivery_attempt a set response_excerpt = '', address = '' from delivery d where d.delivery_id = a.delivery_id and d.job_id = $1`;

export async function eraseJob(tx: Transaction, jobId: string, now: Date): Promise<void> {
  await tx.query({ name: 'erase_claims', text: OUTDATE_CLAIMS, values: [jobId, now] });
  await tx.query({ name: 'erase_bodies', text: ERASE_BODIES, values: [jobId] });
  await tx.query({ name: 'erase_deliveries', text: ERASE_DELIVERIES, values: [jobId, now] });
  await tx.query({ name: 'erase_attempts', text: ERASE_ATTEMPTS, values: [jobId] });
}
