import { eventHash } from './append';
import type { Database } from '../database';
import { EVENT_GUARDS, missingGuards } from './guards';
import { shardOf, SHARDS } from '../shard';

export interface LogVerification {
  readonly eventsChecked: bigint;
  /** One sentence for each difference found, bounded; empty when the log is whole. */
  readonly differences: string[];
}

const PAGE_MAX = 500;
const DIFFERENCES_MAX = 1_000;
const NO_HASH = Buffer.alloc(32);

interface CheckedRow {
  shard_seq: bigint;
  event_id: string;
  previous_event_id: string;
  stream_id: string;
  version: bigint;
  account_id: string;
  kind: string;
  payload: Buffer;
  previous_hash: Buffer;
  hash: Buffer;
  recorded_at: Date;
  finer: boolean;
  before_hash: Buffer | null;
  before_seq: bigint | null;
}

const PAGE = `
select e.shard_seq, e.event_id, e.previous_event_id, e.stream_id, e.version, e.account_id, e.kind, e.payload, e.previous_hash, e.hash, e.recorded_at,
       e.recorded_at <> date_trunc('milliseconds', e.recorded_at) as finer,
       before.hash as before_hash, before.shard_seq as before_seq
from (select * from event where shard = $1 and shard_seq > $2 order by shard_seq limit $3) e
left join event before on before.stream_id = e.stream_id and before.version = e.version - 1
order by e.shard_seq`;

const HEAD = `
select h.next_seq, h.last_event_id, coalesce(e.shard_seq, 0) as last_seq, coalesce(e.event_id, '') as last_in_log
from shard_head h left join lateral (select shard_seq, event_id from event where shard = h.shard order by shard_seq desc limit 1) e on true
where h.shard = $1`;

const OUTSIDE = `
select 'shard ' || shard || ': has events, and there is no such shard' as sentence from event
where shard < 0 or shard >= ${SHARDS} group by shard order by shard limit 100`;

/**
 * Reads the whole log, a page at a time, and says where it is not what `appendEvents` wrote: sequences without holes per shard,
 * versions without holes per stream, both linked to what came before, and every hash that of its event; and whether the database
 * would still refuse to change it. Safe beside writers.
 */
export async function verifyLog(database: Database): Promise<LogVerification> {
  const differences: string[] = [];
  let eventsChecked = 0n;
  for (let shard = 0; shard < SHARDS; shard++) {
    for await (const difference of differencesOf(database, shard, () => {
      eventsChecked += 1n;
    })) {
      if (differences.length < DIFFERENCES_MAX) differences.push(difference);
    }
  }
  const { rows } = await database.query<{ sentence: string }>({ name: 'log_verify_outside', text: OUTSIDE });
  differences.push(...rows.map((row) => row.sentence), ...(await missingGuards(database, EVENT_GUARDS)));
  return { eventsChecked, differences };
}

async function* differencesOf(database: Database, shard: number, onEvent: () => void): AsyncGenerator<string> {
  let last = { shard_seq: 0n, event_id: '' };
  for (;;) {
    const { rows } = await database.query<CheckedRow>({
      name: 'log_verify_page',
      text: PAGE,
      values: [shard, last.shard_seq, PAGE_MAX],
    });
    for (const row of rows) {
      onEvent();
      yield* inShard(shard, last, row);
      yield* inStream(shard, row);
      last = row;
    }
    if (rows.length < PAGE_MAX) break;
  }
  yield* atHead(database, shard);
}

function* inShard(shard: number, last: { shard_seq: bigint; event_id: string }, row: CheckedRow): Generator<string> {
  if (row.shard_seq !== last.shard_seq + 1n)
    yield `shard ${shard}: sequence ${row.shard_seq} follows ${last.shard_seq}`;
  if (row.previous_event_id !== last.event_id)
    yield `shard ${shard}, sequence ${row.shard_seq}: does not name the event before it`;
}

function* inStream(shard: number, row: CheckedRow): Generator<string> {
  const at = `shard ${shard}, sequence ${row.shard_seq}, ${row.stream_id} version ${row.version}`;
  if (shardOf(row.account_id) !== shard) yield `${at}: account ${row.account_id} belongs to another shard`;
  if (row.version > 1n && row.before_hash === null) yield `${at}: version ${row.version - 1n} is missing`;
  if (row.before_seq !== null && row.before_seq >= row.shard_seq)
    yield `${at}: the version before it comes later in the shard`;
  if (!row.previous_hash.equals(row.before_hash ?? NO_HASH)) yield `${at}: is not chained to the version before it`;
  // Times are written and hashed in milliseconds; nothing would cover a finer part.
  if (row.finer) yield `${at}: its time is finer than what is written`;
  const event = {
    streamId: row.stream_id,
    version: row.version,
    eventId: row.event_id,
    kind: row.kind,
    recordedAt: row.recorded_at,
    payload: row.payload,
  };
  if (!eventHash(row.previous_hash, event).equals(row.hash)) yield `${at}: its hash is not that of its content`;
}

/** Head and last event are read in one snapshot, because writers go on. A cut tail shows here. */
async function* atHead(database: Database, shard: number): AsyncGenerator<string> {
  const { rows } = await database.query<{
    next_seq: bigint;
    last_event_id: string;
    last_seq: bigint;
    last_in_log: string;
  }>({
    name: 'log_verify_head',
    text: HEAD,
    values: [shard],
  });
  const head = rows[0];
  if (head === undefined) yield `shard ${shard}: has no head`;
  else if (head.next_seq !== head.last_seq + 1n)
    yield `shard ${shard}: the head expects ${head.next_seq}, the last event has ${head.last_seq}`;
  else if (head.last_event_id !== head.last_in_log)
    yield `shard ${shard}: the head names event ${head.last_event_id}, the last one is ${head.last_in_log}`;
}
