import type { Database, Transaction } from '@usvideo/event-store';

/** An event whose body is to be fetched, claimed by whoever holds `checkAt`. */
export interface Intent {
  readonly eventId: string;
  readonly checkAt: Date;
  readonly event: string;
  readonly accountId: string;
  readonly environment: string;
  readonly jobId: string;
  readonly jobVersion: bigint;
  readonly recordedAt: Date;
  readonly traceparent: string;
}

const CLAIM = `
update feed_intent i set check_at = $2
from feed_event e
where e.event_id = i.event_id
  and i.event_id in (select event_id from feed_intent where check_at <= $1 order by check_at limit $3 for update skip locked)
returning i.event_id, i.check_at, e.event, e.account_id, e.environment, e.job_id, e.job_version, e.recorded_at, e.traceparent`;

const POSTPONE = 'update feed_intent set check_at = $3 where event_id = any($1) and check_at = $2';

const TAKE = 'delete from feed_intent where event_id = $1 and check_at = $2';

const FILL = 'update feed_event set body = $2 where event_id = $1';

interface IntentRow {
  event_id: string; check_at: Date; event: string; account_id: string; environment: string;
  job_id: string; job_version: bigint; recorded_at: Date; traceparent: string;
}

/** Claims what is due until `claimedUntil`; after that anybody may claim it again. */
export async function claimIntents(database: Database, now: Date, claimedUntil: Date, limit: number): Promise<Intent[]> {
  const { rows } = await database.query<IntentRow>({ name: 'intent_claim', text: CLAIM, values: [now, claimedUntil, limit] });
  return rows.map((row) => ({
    eventId: row.event_id, checkAt: row.check_at, event: row.event, accountId: row.account_id, environment: row.environment,
    jobId: row.job_id, jobVersion: row.job_version, recordedAt: row.recorded_at, traceparent: row.traceparent,
  }));
}

/** Gives claimed intents back, to be looked at again at `checkAt`. They were claimed together. */
export async function postponeIntents(database: Database, intents: readonly Intent[], checkAt: Date): Promise<void> {
  if (intents.length === 0) return;
  await database.query({ name: 'intent_postpone', text: POSTPONE, values: [intents.map((intent) => intent.eventId), intents[0]!.checkAt, checkAt] });
}

/** Stores the body for good and ends the intent; false when the claim is outdated and somebody else is at it. */
export async function fillBody(tx: Transaction, intent: Intent, body: Buffer): Promise<boolean> {
  const taken = await tx.query({ name: 'intent_take', text: TAKE, values: [intent.eventId, intent.checkAt] });
  if (taken.rowCount === 0) return false;
  await tx.query({ name: 'feed_fill', text: FILL, values: [intent.eventId, body] });
  return true;
}
