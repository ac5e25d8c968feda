import type { LoggedEvent } from '../log/logged-event';
import type { Database } from '../database';
import { readEpochEnd, type EpochEnd } from './epoch';

export interface LogPage {
  readonly epoch: string;
  /** In order of shard and sequence. */
  readonly events: LoggedEvent[];
  /** Shards that may have more behind the page. */
  readonly more: ReadonlySet<number>;
}

/** A publisher's events as others read them, in process or over gRPC. */
export interface LogReader {
  /** At most `limit` events of each shard, and at most `PAGE_BYTES_MAX` unless one alone has more, from behind its position. */
  page(positions: ReadonlyMap<number, bigint>, limit: number): Promise<LogPage>;
}

/** What a consumer asks its publisher's log, so that it can go on when that was restored from a backup. */
export interface RestorableLog extends LogReader {
  /** Where an epoch that a restore ended has its last event in a shard; undefined when the log does not know the epoch as ended. */
  endOf(epoch: string, shard: number): Promise<EpochEnd | undefined>;
}

interface EventRow {
  epoch: string;
  shard: number | null;
  shard_seq: bigint;
  event_id: string;
  previous_event_id: string;
  stream_id: string;
  version: bigint;
  account_id: string;
  environment: string;
  kind: string;
  payload: Buffer;
  traceparent: string;
  recorded_at: Date;
  more: boolean;
}

/** Of one shard's page; what sixteen of them take together is bounded, too. */
export const PAGE_BYTES_MAX = 1024 * 1024;

/** What an event weighs beside its payload: ids, kind, trace. */
const ENVELOPE_BYTES = 512;

/**
 * The left join answers the epoch also when there is nothing to read: that is how a restore is noticed. Lengths are read without the
 * payloads, so that only what is returned is fetched.
 */
const READ_AFTER = `
select l.epoch, e.shard, e.shard_seq, e.event_id, e.previous_event_id, e.stream_id, e.version, e.account_id, e.environment,
       e.kind, e.payload, e.traceparent, e.recorded_at, e.more
from log_epoch l left join (
  unnest($1::smallint[], $2::bigint[]) as position (shard, seq) cross join lateral (
    select sized.*, sized.found = $3 or sized.total_bytes > $4 as more from (
      select event.*, count(*) over () as found, sum(octet_length(payload) + ${ENVELOPE_BYTES}) over () as total_bytes,
             sum(octet_length(payload) + ${ENVELOPE_BYTES}) over (order by shard_seq) as bytes, row_number() over (order by shard_seq) as place
      from (select * from event where event.shard = position.shard and event.shard_seq > position.seq order by event.shard_seq limit $3) as event
    ) as sized where sized.bytes <= $4 or sized.place = 1
  ) e) on true
order by e.shard, e.shard_seq`;

/** Reads a service's own event table. */
export class EventLog implements RestorableLog {
  constructor(private readonly database: Database) {}

  async epoch(): Promise<string> {
    return (await this.page(new Map(), 0)).epoch;
  }

  endOf(epoch: string, shard: number): Promise<EpochEnd | undefined> {
    return readEpochEnd(this.database, epoch, shard);
  }

  async read(shard: number, afterSeq: bigint, limit: number): Promise<LoggedEvent[]> {
    return (await this.page(new Map([[shard, afterSeq]]), limit)).events;
  }

  /** At most `limit` events of each shard, from behind its position, with one statement. */
  async readAfter(positions: ReadonlyMap<number, bigint>, limit: number): Promise<LoggedEvent[]> {
    return (await this.page(positions, limit)).events;
  }

  /** What `readAfter` answers together with the epoch, both of one snapshot. */
  async page(positions: ReadonlyMap<number, bigint>, limit: number): Promise<LogPage> {
    const { rows } = await this.database.query<EventRow>({
      name: 'event_read_after',
      text: READ_AFTER,
      values: [[...positions.keys()], [...positions.values()], limit, PAGE_BYTES_MAX],
    });
    const found = rows.filter((row) => row.shard !== null);
    return {
      epoch: rows[0]!.epoch,
      events: found.map(toLoggedEvent),
      more: new Set(found.filter((row) => row.more).map((row) => row.shard!)),
    };
  }
}

function toLoggedEvent(row: EventRow): LoggedEvent {
  return {
    epoch: row.epoch,
    shard: row.shard!,
    seq: row.shard_seq,
    eventId: row.event_id,
    previousEventId: row.previous_event_id,
    streamId: row.stream_id,
    version: row.version,
    accountId: row.account_id,
    environment: row.environment,
    kind: row.kind,
    payload: row.payload,
    traceparent: row.traceparent,
    recordedAt: row.recorded_at,
  };
}
