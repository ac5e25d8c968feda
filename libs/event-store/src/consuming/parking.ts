import type { Database, Transaction } from '../database';
import type { LoggedEvent } from '../log/logged-event';
import type { Reader } from './watermark';

export interface ParkedEvent {
  readonly shard: number;
  readonly seq: bigint;
  readonly streamId: string;
  readonly kind: string;
  readonly reason: string;
  readonly parkedAt: Date;
}

const PARK = `
insert into parked_event (consumer, topic, shard, seq, stream_id, kind, reason) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (consumer, topic, shard, seq) do update set reason = excluded.reason`;

/** Sets an event aside. Later events of its stream have to follow it, or they would be applied out of order. */
export async function parkEvent(tx: Transaction, reader: Reader, event: LoggedEvent, reason: string): Promise<void> {
  await tx.query({
    name: 'event_park',
    text: PARK,
    values: [reader.consumer, reader.topic, event.shard, event.seq, event.streamId, event.kind, reason.slice(0, 1_000)],
  });
}

const PARKED_STREAMS = `select distinct stream_id from parked_event where consumer = $1 and topic = $2 and stream_id = any($3::text[])`;

/** Which of these streams have an event set aside. */
export async function parkedStreams(
  tx: Transaction,
  reader: Reader,
  streamIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await tx.query<{ stream_id: string }>({
    name: 'parked_streams',
    text: PARKED_STREAMS,
    values: [reader.consumer, reader.topic, [...new Set(streamIds)]],
  });
  return new Set(rows.map((row) => row.stream_id));
}

const PARKED_EVENTS = `
select shard, seq, stream_id as "streamId", kind, reason, parked_at as "parkedAt" from parked_event
where consumer = $1 and topic = $2 and ($3::text is null or stream_id = $3) order by shard, seq limit $4`;

/** What is set aside, of one stream or of all, oldest first within a shard. */
export async function parkedEvents(
  database: Database,
  reader: Reader,
  streamId: string | undefined,
  limit: number,
): Promise<ParkedEvent[]> {
  const { rows } = await database.query<ParkedEvent>({
    name: 'parked_events',
    text: PARKED_EVENTS,
    values: [reader.consumer, reader.topic, streamId ?? null, limit],
  });
  return rows;
}

const PARKED_STREAM_IDS = `
select distinct stream_id from parked_event where consumer = $1 and topic = $2 and stream_id > $3 order by stream_id limit $4`;

/** The streams that have something set aside, from behind `after` on. */
export async function parkedStreamIds(
  database: Database,
  reader: Reader,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await database.query<{ stream_id: string }>({
    name: 'parked_stream_ids',
    text: PARKED_STREAM_IDS,
    values: [reader.consumer, reader.topic, after, limit],
  });
  return rows.map((row) => row.stream_id);
}

/** Events set aside by a consumer, over all topics. */
export async function countParked(database: Database, consumer: string): Promise<number> {
  const { rows } = await database.query<{ count: bigint }>({
    name: 'parked_count',
    text: 'select count(*) as count from parked_event where consumer = $1',
    values: [consumer],
  });
  return Number(rows[0]!.count);
}

const UNPARK = `delete from parked_event where consumer = $1 and topic = $2 and shard = $3 and seq = $4`;

/** Belongs into the transaction of the replayed event's effect. */
export async function unparkEvent(tx: Transaction, reader: Reader, shard: number, seq: bigint): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'event_unpark',
    text: UNPARK,
    values: [reader.consumer, reader.topic, shard, seq],
  });
  return rowCount === 1;
}
