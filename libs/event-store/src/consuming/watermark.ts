import type { Database, Transaction } from '../database';
import type { LoggedEvent } from '../log/logged-event';

/** How far a consumer has come in one shard of a topic. */
export interface Watermark {
  readonly shard: number;
  /** Empty until the first event. */
  readonly epoch: string;
  /** 0 until the first event. */
  readonly seq: bigint;
  readonly eventId: string;
}

/** Who reads which topic; every function here is about one such pair. */
export interface Reader {
  readonly consumer: string;
  readonly topic: string;
}

const LOAD = `select shard, epoch, seq, event_id as "eventId" from consumer_watermark where consumer = $1 and topic = $2 order by shard`;

export async function loadWatermarks(database: Database, reader: Reader): Promise<Map<number, Watermark>> {
  const { rows } = await database.query<Watermark>({
    name: 'watermark_load',
    text: LOAD,
    values: [reader.consumer, reader.topic],
  });
  return new Map(rows.map((row) => [row.shard, row]));
}

const LOCK = `
select shard, epoch, seq, event_id as "eventId" from consumer_watermark where consumer = $1 and topic = $2 and shard = $3 for update`;

const BEGIN = `
insert into consumer_watermark (consumer, topic, shard, epoch, seq, event_id) values ($1, $2, $3, '', 0, '')
on conflict (consumer, topic, shard) do nothing`;

/** The first lock of a consumer's transaction; it makes the row when the consumer is new. */
export async function lockWatermark(tx: Transaction, reader: Reader, shard: number): Promise<Watermark> {
  const values = [reader.consumer, reader.topic, shard];
  for (;;) {
    const { rows } = await tx.query<Watermark>({ name: 'watermark_lock', text: LOCK, values });
    if (rows[0]) return rows[0];
    await tx.query({ name: 'watermark_begin', text: BEGIN, values });
  }
}

const ADVANCE = `update consumer_watermark set epoch = $4, seq = $5, event_id = $6 where consumer = $1 and topic = $2 and shard = $3`;

/** Belongs into the transaction of the event's effect. */
export async function advanceWatermark(tx: Transaction, reader: Reader, to: LoggedEvent): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'watermark_advance',
    text: ADVANCE,
    values: [reader.consumer, reader.topic, to.shard, to.epoch, to.seq, to.eventId],
  });
  if (rowCount !== 1)
    throw new Error(
      `the watermark of ${reader.consumer} in ${reader.topic}/${to.shard} was not locked before it moved`,
    );
}

/** Where an arriving event stands to the watermark. */
export type Arrival = 'next' | 'duplicate' | 'gap' | 'new_epoch' | 'broken_chain';

/** `broken_chain`: the sequence fits, but the publisher's history is not the one that was consumed. */
export function arrivalOf(mark: Pick<Watermark, 'epoch' | 'seq' | 'eventId'>, event: LoggedEvent): Arrival {
  if (mark.epoch !== '' && mark.epoch !== event.epoch) return 'new_epoch';
  if (event.seq <= mark.seq) return 'duplicate';
  if (event.seq > mark.seq + 1n) return 'gap';
  return event.previousEventId === mark.eventId ? 'next' : 'broken_chain';
}
