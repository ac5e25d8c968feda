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
  readonly tellsUrl: boolean;
}

/**
 * Whoever has something due, from behind a place in the circle of accounts on: one step of the index each, so that an account with a
 * hundred thousand intents costs no more than one with a single one. Within the batch everybody's first comes before anybody's second.
 */
const DUE = `
with recursive owner as (
  (select account_id, environment from feed_intent where (account_id, environment) > ($1, $2) order by account_id, environment limit 1)
  union all
  select after.account_id, after.environment from owner cross join lateral (
    select i.account_id, i.environment from feed_intent i where (i.account_id, i.environment) > (owner.account_id, owner.environment)
    order by i.account_id, i.environment limit 1
  ) as after
), turn as (select account_id, environment from owner limit $3)
select turn.account_id, turn.environment, due.event_id from turn left join lateral (
  select event_id, check_at, row_number() over (order by check_at) as place from (
    select event_id, check_at from feed_intent i
    where i.account_id = turn.account_id and i.environment = turn.environment and check_at <= $4 order by check_at limit $5
  ) as oldest
) as due on true order by due.place, due.check_at`;

const CLAIM = `
update feed_intent i set check_at = $2
from feed_event e
where e.event_id = i.event_id
  and i.event_id in (select event_id from feed_intent where event_id = any($3) and check_at <= $1 for update skip locked)
returning i.event_id, i.check_at, e.event, e.account_id, e.environment, e.job_id, e.job_version, e.recorded_at, e.traceparent, i.tells_url`;

const POSTPONE = 'update feed_intent set check_at = $3 where event_id = any($1) and check_at = $2';

const TAKE = 'delete from feed_intent where event_id = $1 and check_at = $2';

const FILL = 'update feed_event set body = $2 where event_id = $1';

interface IntentRow {
  event_id: string;
  check_at: Date;
  event: string;
  account_id: string;
  environment: string;
  job_id: string;
  job_version: bigint;
  recorded_at: Date;
  traceparent: string;
  tells_url: boolean;
}

interface DueRow {
  account_id: string;
  environment: string;
  event_id: string | null;
}

const OWNERS_MAX = 256;
const START: Turn = { accountId: '', environment: '' };

/** Whose turn was last. */
export interface Turn {
  readonly accountId: string;
  readonly environment: string;
}

export interface IntentClaim {
  readonly intents: readonly Intent[];
  /** Where the next claim goes on. */
  readonly turn: Turn;
  /** There may be more to claim right now. */
  readonly more: boolean;
}

/** Claims what is due until `claimedUntil`, shared among accounts; after that anybody may claim it again. */
export async function claimIntents(
  database: Database,
  now: Date,
  claimedUntil: Date,
  limit: number,
  turn: Turn = START,
): Promise<IntentClaim> {
  const { rows: due } = await database.query<DueRow>({
    name: 'intent_due',
    text: DUE,
    values: [turn.accountId, turn.environment, OWNERS_MAX, now, limit],
  });
  const owners = [...new Set(due.map((row) => `${row.account_id} ${row.environment}`))].sort();
  const last = owners.length < OWNERS_MAX ? START : turnOf(owners.at(-1)!);
  const wanted = due.flatMap((row) => row.event_id ?? []).slice(0, limit);
  const intents = wanted.length === 0 ? [] : await claimed(database, now, claimedUntil, wanted);
  return { intents, turn: last, more: wanted.length === limit || last !== START };
}

async function claimed(
  database: Database,
  now: Date,
  claimedUntil: Date,
  wanted: readonly string[],
): Promise<Intent[]> {
  const { rows } = await database.query<IntentRow>({
    name: 'intent_claim',
    text: CLAIM,
    values: [now, claimedUntil, wanted],
  });
  const place = new Map(wanted.map((eventId, index) => [eventId, index]));
  return rows.map(readIntent).sort((a, b) => place.get(a.eventId)! - place.get(b.eventId)!);
}

function turnOf(owner: string): Turn {
  const [accountId, environment] = owner.split(' ') as [string, string];
  return { accountId, environment };
}

function readIntent(row: IntentRow): Intent {
  return {
    eventId: row.event_id,
    checkAt: row.check_at,
    event: row.event,
    accountId: row.account_id,
    environment: row.environment,
    jobId: row.job_id,
    jobVersion: row.job_version,
    recordedAt: row.recorded_at,
    traceparent: row.traceparent,
    tellsUrl: row.tells_url,
  };
}

/** Gives claimed intents back, to be looked at again at `checkAt`. They were claimed together. */
export async function postponeIntents(database: Database, intents: readonly Intent[], checkAt: Date): Promise<void> {
  if (intents.length === 0) return;
  await database.query({
    name: 'intent_postpone',
    text: POSTPONE,
    values: [intents.map((intent) => intent.eventId), intents[0]!.checkAt, checkAt],
  });
}

/** Stores the body for good and ends the intent; false when the claim is outdated and somebody else is at it. */
export async function fillBody(tx: Transaction, intent: Intent, body: Buffer): Promise<boolean> {
  const taken = await tx.query({ name: 'intent_take', text: TAKE, values: [intent.eventId, intent.checkAt] });
  if (taken.rowCount === 0) return false;
  await tx.query({ name: 'feed_fill', text: FILL, values: [intent.eventId, body] });
  return true;
}
