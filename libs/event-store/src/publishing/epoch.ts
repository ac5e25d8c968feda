import type { Database, Transaction } from '../database';
import { lockWatermark, type Reader, type Watermark } from '../consuming/watermark';

/** The tables of restores. A backup may be older than they are, so that `mintEpoch` makes its own where it is missing. */
const endedEpochSchema = /* sql */ `
create table if not exists ended_epoch (
  epoch text not null,
  shard smallint not null,
  last_seq bigint not null,
  last_event_id text not null,
  ended_at timestamptz not null default now(),
  primary key (epoch, shard)
)`;

/** For a migration of every service with an event store. */
export const epochSchema = /* sql */ `${endedEpochSchema};
create table epoch_adoption (
  consumer text not null,
  topic text not null,
  shard smallint not null,
  epoch text not null,
  heard_epoch text not null,
  heard_seq bigint not null,
  heard_event_id text not null,
  shared_seq bigint not null,
  shared_event_id text not null,
  adopted_at timestamptz not null default now(),
  primary key (consumer, topic, shard, epoch)
);
`;

/** The last event of an epoch that is part of the log to this day; 0 and empty where there is none. */
export interface EpochEnd {
  readonly seq: bigint;
  readonly eventId: string;
}

/** Nobody appends meanwhile: every append locks a head. */
const END = `
with heads as (select shard, next_seq, last_event_id from shard_head order by shard for update)
insert into ended_epoch (epoch, shard, last_seq, last_event_id)
select l.epoch, h.shard, h.next_seq - 1, h.last_event_id from log_epoch l cross join heads h`;

const MINT = `update log_epoch set epoch = gen_random_uuid()::text returning epoch`;

/**
 * Gives the log a new epoch, after its database was restored from a backup and before anything is appended: sequences may now name
 * other events than the ones consumers know. Where the old epoch ends is kept, so that each consumer can tell what it shares.
 */
export async function mintEpoch(tx: Transaction): Promise<string> {
  await tx.query(endedEpochSchema);
  await tx.query(END);
  const { rows } = await tx.query<{ epoch: string }>(MINT);
  return rows[0]!.epoch;
}

const READ_END = 'select last_seq as seq, last_event_id as "eventId" from ended_epoch where epoch = $1 and shard = $2';

/** Undefined for the epoch in force and for one that this log never had, or had in a history that was given up. */
export async function readEpochEnd(database: Database, epoch: string, shard: number): Promise<EpochEnd | undefined> {
  const { rows } = await database.query<EpochEnd>({ name: 'epoch_end', text: READ_END, values: [epoch, shard] });
  return rows[0];
}

const ADOPT = `update consumer_watermark set epoch = $4, seq = $5, event_id = $6 where consumer = $1 and topic = $2 and shard = $3`;

const RECORD = `
insert into epoch_adoption (consumer, topic, shard, epoch, heard_epoch, heard_seq, heard_event_id, shared_seq, shared_event_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (consumer, topic, shard, epoch) do update set heard_epoch = excluded.heard_epoch, heard_seq = excluded.heard_seq,
  heard_event_id = excluded.heard_event_id, shared_seq = excluded.shared_seq, shared_event_id = excluded.shared_event_id, adopted_at = now()`;

/** Events that were set aside and are in no log any more, or are heard again. */
const UNPARK_BEHIND = 'delete from parked_event where consumer = $1 and topic = $2 and shard = $3 and seq > $4';

export interface Adoption {
  /** As the consumer had it; nothing is adopted when it moved since. */
  readonly heard: Watermark;
  readonly epoch: string;
  /** The last event that both histories have. */
  readonly shared: EpochEnd;
  /** Hear the shard again from its first event instead of from behind the shared one. */
  readonly fromStart: boolean;
}

/**
 * Sets a consumer onto a publisher's new epoch and keeps what it had heard. What it did for events behind the shared one must be
 * reconciled in the same transaction. False when somebody else moved the watermark.
 */
export async function adoptEpoch(
  tx: Transaction,
  reader: Reader,
  { heard, epoch, shared, fromStart }: Adoption,
): Promise<boolean> {
  const { consumer, topic } = reader;
  const locked = await lockWatermark(tx, reader, heard.shard);
  if (locked.epoch !== heard.epoch || locked.seq !== heard.seq) return false;
  const from = fromStart ? { seq: 0n, eventId: '' } : shared;
  await tx.query({
    name: 'epoch_adopt',
    text: ADOPT,
    values: [consumer, topic, heard.shard, epoch, from.seq, from.eventId],
  });
  await tx.query({
    name: 'epoch_adoption_record',
    text: RECORD,
    values: [consumer, topic, heard.shard, epoch, heard.epoch, heard.seq, heard.eventId, shared.seq, shared.eventId],
  });
  await tx.query({ name: 'epoch_unpark', text: UNPARK_BEHIND, values: [consumer, topic, heard.shard, from.seq] });
  return true;
}

const ADOPTED_FROM = `
select shard, heard_epoch as epoch, shared_seq as seq, shared_event_id as "eventId" from epoch_adoption
where consumer = $1 and topic = $2 and shard = $3 and epoch = $4`;

/** Where a consumer stood in the epoch before, when it adopted this one. */
export async function adoptedFrom(
  database: Database,
  reader: Reader,
  shard: number,
  epoch: string,
): Promise<Watermark | undefined> {
  const { rows } = await database.query<Watermark>({
    name: 'epoch_adopted_from',
    text: ADOPTED_FROM,
    values: [reader.consumer, reader.topic, shard, epoch],
  });
  return rows[0];
}
