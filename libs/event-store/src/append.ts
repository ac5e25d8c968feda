import { hash as hashOf } from 'node:crypto';
import type { Transaction } from './database';
import { newId } from './identifier';
import { RowsStatement } from './rows-statement';
import { requireWritable } from './schema-level';
import { shardOf } from './shard';
import { together } from './transaction';

/** Where a stream stands. A service keeps it in the row that it locks for the stream. */
export interface StreamHead {
  /** 0 for a stream without events. */
  readonly version: bigint;
  /** SHA-256 of the last event, 32 bytes; zeros for a stream without events. */
  readonly hash: Buffer;
}

export const EMPTY_HEAD: StreamHead = { version: 0n, hash: Buffer.alloc(32) };

export interface NewEvent {
  /** The name of the oneof case in the payload, for example `hold_placed`. */
  readonly kind: string;
  /** The topic's event message, encoded; stored and published as these bytes. */
  readonly payload: Uint8Array;
  /** W3C trace context of the operation; empty when there is none. */
  readonly traceparent: string;
  /** The schema level from which its kind and all that it says may be written; 1 when it is not given. */
  readonly level?: number | undefined;
}

export interface StreamAppend {
  readonly streamId: string;
  readonly accountId: string;
  /** `live`, `test`, or empty where an event belongs to neither. */
  readonly environment: string;
  readonly head: StreamHead;
  readonly events: readonly NewEvent[];
  /** For a stream whose times must never go back; otherwise the time of the transaction. */
  readonly recordedAt?: Date;
}

export interface RecordedEvent extends NewEvent {
  readonly eventId: string;
  readonly streamId: string;
  readonly version: bigint;
  readonly shard: number;
  readonly seq: bigint;
  readonly recordedAt: Date;
}

export interface Appended {
  readonly head: StreamHead;
  readonly events: readonly RecordedEvent[];
}

interface HashedEvent {
  readonly streamId: string;
  readonly version: bigint;
  readonly eventId: string;
  readonly kind: string;
  readonly recordedAt: Date;
  readonly payload: Uint8Array;
}

/** `sha256(previous ‖ header ‖ payload)`; the header is the identity of the event as one line of text. */
export function eventHash(previous: Uint8Array, event: HashedEvent): Buffer {
  const header = `${event.eventId}\n${event.streamId}\n${event.version}\n${event.kind}\n${event.recordedAt.toISOString()}\n`;
  return hashOf('sha256', Buffer.concat([previous, Buffer.from(header), event.payload]), 'buffer');
}

const LOCK_HEADS = `select shard, next_seq, last_event_id from shard_head where shard = any($1::smallint[]) order by shard for update`;

const MOVE_HEADS = new RowsStatement<[number, ShardHead]>('shard_head_move', {
  shard: ['smallint', ([shard]) => shard],
  next_seq: ['bigint', ([, head]) => head.nextSeq],
  last_event_id: ['text', ([, head]) => head.lastEventId],
}, (_, rows) => `
update shard_head h set next_seq = n.next_seq, last_event_id = n.last_event_id from ${rows} where h.shard = n.shard`);

const INSERT_EVENTS = new RowsStatement<EventRow>('event_insert', {
  shard: ['smallint', (event) => event.shard],
  shard_seq: ['bigint', (event) => event.seq],
  event_id: ['text', (event) => event.eventId],
  previous_event_id: ['text', (event) => event.previousEventId],
  stream_id: ['text', (event) => event.streamId],
  version: ['bigint', (event) => event.version],
  account_id: ['text', (event) => event.accountId],
  environment: ['text', (event) => event.environment],
  kind: ['text', (event) => event.kind],
  payload: ['bytea', (event) => event.payload],
  previous_hash: ['bytea', (event) => event.previousHash],
  hash: ['bytea', (event) => event.hash],
  traceparent: ['text', (event) => event.traceparent],
  recorded_at: ['timestamptz', (event) => event.recordedAt],
}, (names, rows) => `insert into event (${names}) select * from ${rows}`);

/**
 * Records events of any number of streams. The caller holds the lock of every stream; the shard heads are locked here, in
 * ascending order, and must be the last locks the transaction takes: that makes every shard's sequence gapless in commit order.
 * A stale head trips the unique key on (stream, version).
 * @throws SchemaLevelRefused when an event needs a higher level than the one in force
 * @param alongside issues writes that leave in the same group as the events; they touch only rows that are locked already
 */
export async function appendEvents(
  tx: Transaction, now: Date, appends: readonly StreamAppend[], alongside: (appended: readonly Appended[]) => Promise<unknown> = async () => undefined,
): Promise<Appended[]> {
  const shards = [...new Set(appends.filter((a) => a.events.length > 0).map((a) => shardOf(a.accountId)))].sort((a, b) => a - b);
  if (shards.length === 0) return appends.map((a) => ({ head: a.head, events: [] }));
  await requireWritable(tx, levelOf(appends));
  const [heads, drafts] = await Promise.all([lockHeads(tx, shards), draftAll(appends, now)]);
  for (const { events } of drafts) numberEvents(events, heads);
  await together([INSERT_EVENTS.run(tx, drafts.flatMap(({ events }) => events)), MOVE_HEADS.run(tx, [...heads]), alongside(drafts)]);
  return drafts;
}

function levelOf(appends: readonly StreamAppend[]): number {
  return appends.reduce((highest, { events }) => events.reduce((level, event) => Math.max(level, event.level ?? 1), highest), 1);
}

interface ShardHead { nextSeq: bigint; lastEventId: string }

async function lockHeads(tx: Transaction, shards: number[]): Promise<Map<number, ShardHead>> {
  const { rows } = await tx.query<{ shard: number; next_seq: bigint; last_event_id: string }>({
    name: 'shard_head_lock', text: LOCK_HEADS, values: [shards],
  });
  return new Map(rows.map((row) => [row.shard, { nextSeq: row.next_seq, lastEventId: row.last_event_id }]));
}

/** An event as its row; its places in the shard, which no hash covers, are known last. */
interface EventRow extends RecordedEvent {
  seq: bigint;
  previousEventId: string;
  readonly accountId: string;
  readonly environment: string;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

interface Draft extends Appended {
  readonly events: readonly EventRow[];
}

/** The statements that were issued before leave first: the database carries them out while the hashes are made. */
async function draftAll(appends: readonly StreamAppend[], now: Date): Promise<Draft[]> {
  await new Promise(setImmediate);
  return appends.map((append) => draftOf(append, now));
}

function draftOf({ streamId, accountId, environment, head, events, recordedAt }: StreamAppend, now: Date): Draft {
  let { version, hash } = head;
  const shard = shardOf(accountId);
  const rows = events.map(({ kind, payload, traceparent }): EventRow => {
    version += 1n;
    const identity = { kind, payload, eventId: newId('evt', now.getTime()), streamId, version, recordedAt: recordedAt ?? now };
    const previousHash = hash;
    hash = eventHash(previousHash, identity);
    return { ...identity, traceparent, shard, seq: 0n, previousEventId: '', accountId, environment, previousHash, hash };
  });
  return { head: { version, hash }, events: rows };
}

function numberEvents(events: readonly EventRow[], heads: ReadonlyMap<number, ShardHead>): void {
  for (const event of events) {
    const head = heads.get(event.shard);
    if (head === undefined) throw new Error(`shard_head has no row for account ${event.accountId}`);
    event.seq = head.nextSeq;
    event.previousEventId = head.lastEventId;
    head.nextSeq += 1n;
    head.lastEventId = event.eventId;
  }
}
