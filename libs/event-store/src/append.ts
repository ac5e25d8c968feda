import { createHash } from 'node:crypto';
import type { Transaction } from './database';
import { newId } from './identifier';
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
  return createHash('sha256').update(previous).update(header).update(event.payload).digest();
}

const LOCK_HEADS = `select shard, next_seq, last_event_id from shard_head where shard = any($1::smallint[]) order by shard for update`;

const MOVE_HEADS = `
update shard_head h set next_seq = n.next_seq, last_event_id = n.last_event_id
from unnest($1::smallint[], $2::bigint[], $3::text[]) as n (shard, next_seq, last_event_id)
where h.shard = n.shard`;

const INSERT_EVENTS = `
insert into event (shard, shard_seq, event_id, previous_event_id, stream_id, version, account_id, environment, kind,
                   payload, previous_hash, hash, traceparent, recorded_at)
select * from unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                     $9::text[], $10::bytea[], $11::bytea[], $12::bytea[], $13::text[], $14::timestamptz[])`;

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
  const rows: unknown[][] = Array.from({ length: 14 }, () => []);
  const appended = drafts.map((draft) => numberEvents(draft, heads.get(shardOf(draft.append.accountId)), rows));
  const moved = [...heads.entries()];
  await together([
    tx.query({ name: 'event_insert', text: INSERT_EVENTS, values: rows }),
    tx.query({
      name: 'shard_head_move', text: MOVE_HEADS,
      values: [moved.map(([shard]) => shard), moved.map(([, head]) => head.nextSeq), moved.map(([, head]) => head.lastEventId)],
    }),
    alongside(appended),
  ]);
  return appended;
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

/** An append with everything but its places in the shard, which no hash covers. */
interface Draft {
  readonly append: StreamAppend;
  readonly head: StreamHead;
  readonly events: readonly (Omit<RecordedEvent, 'seq'> & { readonly previousHash: Buffer; readonly hash: Buffer })[];
}

/** The statements that were issued before leave first: the database carries them out while the hashes are made. */
async function draftAll(appends: readonly StreamAppend[], now: Date): Promise<Draft[]> {
  await new Promise(setImmediate);
  return appends.map((append) => draftOf(append, now));
}

function draftOf(append: StreamAppend, now: Date): Draft {
  let { version, hash } = append.head;
  const shard = shardOf(append.accountId);
  const recordedAt = append.recordedAt ?? now;
  const events = append.events.map((event) => {
    version += 1n;
    const identified = { ...event, eventId: newId('evt', now.getTime()), streamId: append.streamId, version, shard, recordedAt };
    const previousHash = hash;
    hash = eventHash(previousHash, identified);
    return { ...identified, previousHash, hash };
  });
  return { append, head: { version, hash }, events };
}

function numberEvents({ append, head, events }: Draft, shardHead: ShardHead | undefined, rows: unknown[][]): Appended {
  if (events.length === 0) return { head, events: [] };
  if (shardHead === undefined) throw new Error(`shard_head has no row for account ${append.accountId}`);
  const recorded = events.map(({ previousHash, hash, ...event }): RecordedEvent => {
    const seq = shardHead.nextSeq;
    const row = [event.shard, seq, event.eventId, shardHead.lastEventId, event.streamId, event.version, append.accountId, append.environment,
      event.kind, Buffer.from(event.payload), previousHash, hash, event.traceparent, event.recordedAt];
    row.forEach((value, column) => rows[column]!.push(value));
    shardHead.nextSeq += 1n;
    shardHead.lastEventId = event.eventId;
    return { ...event, seq };
  });
  return { head, events: recorded };
}
