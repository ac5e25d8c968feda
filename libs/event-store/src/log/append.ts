import { hash as hashOf } from 'node:crypto';
import type { Transaction } from '../database';
import { newId } from '../identifier';
import { RowsStatement } from '../writing/rows-statement';
import { requireWritable } from './schema-level';
import { shardOf } from '../shard';
import { together } from '../writing/transaction';

/** Where a stream stands. A service keeps it in the row that it locks for the stream. */
export interface StreamHead {
  /** 0 for a stream without events. */
  readonly version: bigint;
  /** SHA-256 of the last event, 32 bytes; zeros for a stream without events. */
  readonly hash: Buffer;
}

export const EMPTY_HEAD: StreamHead = { version: 0n, hash: Buffer.alloc(32) };

/** The name of an event's kind in the table and on the wire: `holdPlaced` is `hold_placed`. */
export function kindOf({ $case }: { readonly $case: string }): string {
  return $case.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

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

/** Of one payload: with its headers it fits into the largest message that a broker takes as it comes, 1 MiB. */
export const EVENT_BYTES_MAX = 768 * 1024;

/** An event that no broker would take: recorded, it would stand in the way of its shard for ever. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
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

const LOCK_HEADS = `select shard, next_seq from shard_head where shard = any($1::smallint[]) order by shard for update`;

interface Moved {
  events: bigint;
  lastEventId: string;
}

const MOVE_HEADS = new RowsStatement<[number, Moved]>(
  'shard_head_move',
  {
    shard: ['smallint', ([shard]) => shard],
    events: ['bigint', ([, moved]) => moved.events],
    last_event_id: ['text', ([, moved]) => moved.lastEventId],
  },
  (_, rows) => `
update shard_head h set next_seq = h.next_seq + n.events, last_event_id = n.last_event_id from ${rows} where h.shard = n.shard`,
);

/** Numbered where they are written, so that nothing has to come back while the heads are locked. */
const INSERT_EVENTS = new RowsStatement<EventRow>(
  'event_insert',
  {
    shard: ['smallint', (event) => event.shard],
    place: ['bigint', (event) => event.place],
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
  },
  (_, rows) => `
insert into event (shard, shard_seq, event_id, previous_event_id, stream_id, version, account_id, environment, kind,
                   payload, previous_hash, hash, traceparent, recorded_at)
select n.shard, h.next_seq + n.place, n.event_id, coalesce(n.previous_event_id, h.last_event_id), n.stream_id, n.version, n.account_id, n.environment,
       n.kind, n.payload, n.previous_hash, n.hash, n.traceparent, n.recorded_at
from ${rows} join shard_head h on h.shard = n.shard`,
);

/**
 * Records events of any number of streams. The caller holds the lock of every stream; the shard heads are locked here, in
 * ascending order, and must be the last locks the transaction takes: that makes every shard's sequence gapless in commit order.
 * A stale head trips the unique key on (stream, version).
 * @throws SchemaLevelRefused when an event needs a higher level than the one in force
 * @throws EventTooLarge when a payload is above `EVENT_BYTES_MAX`; nothing is recorded then
 * @param alongside issues writes that need where the streams stand afterwards; they leave in one group with the events and before
 * them, because nobody else records in a shard while its head is locked
 */
export async function appendEvents(
  tx: Transaction,
  now: Date,
  appends: readonly StreamAppend[],
  alongside: (heads: readonly StreamHead[]) => Promise<unknown> = async () => undefined,
): Promise<Appended[]> {
  const shards = [...new Set(appends.filter((a) => a.events.length > 0).map((a) => shardOf(a.accountId)))].sort(
    (a, b) => a - b,
  );
  if (shards.length === 0) return appends.map((a) => ({ head: a.head, events: [] }));
  requirePublishable(appends);
  await requireWritable(tx, levelOf(appends));
  const drafts = await draftAll(appends, now);
  const events = drafts.flatMap((draft) => draft.events);
  const moved = placeInShards(events);
  const [, heads] = await together([
    alongside(drafts.map(({ head }) => head)),
    lockHeads(tx, shards),
    INSERT_EVENTS.write(tx, events),
    MOVE_HEADS.write(tx, [...moved]),
  ]);
  for (const event of events) event.seq = heads.get(event.shard)! + event.place;
  return drafts;
}

function requirePublishable(appends: readonly StreamAppend[]): void {
  for (const { streamId, events } of appends) {
    for (const { kind, payload } of events) {
      if (payload.length > EVENT_BYTES_MAX)
        throw new EventTooLarge(
          `${kind} of ${streamId} has ${payload.length} bytes, and an event has at most ${EVENT_BYTES_MAX}`,
        );
    }
  }
}

function levelOf(appends: readonly StreamAppend[]): number {
  return appends.reduce(
    (highest, { events }) => events.reduce((level, event) => Math.max(level, event.level ?? 1), highest),
    1,
  );
}

/** The next number of each shard. */
async function lockHeads(tx: Transaction, shards: number[]): Promise<Map<number, bigint>> {
  const { rows } = await tx.query<{ shard: number; next_seq: bigint }>({
    name: 'shard_head_lock',
    text: LOCK_HEADS,
    values: [shards],
  });
  return new Map(rows.map((row) => [row.shard, row.next_seq]));
}

/** An event as its row; its number in the shard, which no hash covers, is known last. */
interface EventRow extends RecordedEvent {
  seq: bigint;
  /** Among the shard's events of this append, from 0. */
  place: bigint;
  /** Undefined for the first of them: it follows the last that is there. */
  previousEventId: string | undefined;
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
    const identity = {
      kind,
      payload,
      eventId: newId('evt', now.getTime()),
      streamId,
      version,
      recordedAt: recordedAt ?? now,
    };
    const previousHash = hash;
    hash = eventHash(previousHash, identity);
    return {
      ...identity,
      traceparent,
      shard,
      seq: 0n,
      place: 0n,
      previousEventId: undefined,
      accountId,
      environment,
      previousHash,
      hash,
    };
  });
  return { head: { version, hash }, events: rows };
}

function placeInShards(events: readonly EventRow[]): Map<number, Moved> {
  const moved = new Map<number, Moved>();
  for (const event of events) {
    const before = moved.get(event.shard);
    event.place = before?.events ?? 0n;
    event.previousEventId = before?.lastEventId;
    moved.set(event.shard, { events: event.place + 1n, lastEventId: event.eventId });
  }
  return moved;
}
