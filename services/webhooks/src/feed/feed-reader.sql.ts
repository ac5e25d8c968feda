import { Inject, Injectable } from '@nestjs/common';
import type { FeedEvent, ReadFeedResponse } from '@usvideo/contracts/webhooks';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

export interface FeedPosition {
  readonly accountId: string;
  readonly environment: string;
  /** Exclusive; 0: from the oldest that is kept. */
  readonly after: bigint;
}

const PAGE_BYTES_MAX = 1024 * 1024;
/** What an event weighs beside its body. */
const ENVELOPE_BYTES = 512;

/** Up to the first event whose body is still to be fetched: what follows it would be read before it. */
const PAGE = `
with page as (
  select e.seq, octet_length(e.body) as bytes, i.event_id is not null as waits
  from feed_event e left join feed_intent i on i.event_id = e.event_id
  where e.account_id = $1 and e.environment = $2 and e.seq > $3 order by e.seq limit $4 + 1
), measured as (
  select seq, bool_or(waits) over (order by seq) as behind, row_number() over (order by seq) as place,
         sum(coalesce(bytes, 0) + ${ENVELOPE_BYTES}) over (order by seq) as total
  from page
)
select e.seq, e.event_id, e.event, e.job_id, e.recorded_at, e.body, (select count(*) from measured where not behind)::int as readable
from measured m join feed_event e on e.account_id = $1 and e.environment = $2 and e.seq = m.seq
where not m.behind and m.place <= $4 and (m.total <= ${PAGE_BYTES_MAX} or m.place = 1)
order by e.seq`;

const BOUNDS = `
select next_seq - 1 as newest, coalesce((select min(seq) from feed_event e where e.account_id = $1 and e.environment = $2), next_seq) as oldest
from feed_head where account_id = $1 and environment = $2`;

const NEWEST_READABLE = `
select h.next_seq - 1 as head, (
  select min(e.seq) from feed_intent i join feed_event e on e.event_id = i.event_id where i.account_id = $1 and i.environment = $2) as waiting
from feed_head h where h.account_id = $1 and h.environment = $2`;

interface FeedRow {
  seq: bigint;
  event_id: string;
  event: string;
  job_id: string;
  recorded_at: Date;
  body: Buffer | null;
  readable: number;
}

/** The public events of an account and environment, in their order and without a gap. */
@Injectable()
export class FeedReader {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async page(position: FeedPosition, limit: number): Promise<ReadFeedResponse> {
    const { accountId, after, environment } = position;
    const bounds = await this.bounds(position);
    if (after > bounds.newest) return { ...NOTHING, newest: bounds.newest, unknown: true };
    if (after > 0n && after < bounds.oldest - 1n) return { ...NOTHING, newest: bounds.newest, expired: true };
    const { rows } = await this.database.query<FeedRow>({
      name: 'feed_page',
      text: PAGE,
      values: [accountId, environment, after, limit],
    });
    return {
      ...NOTHING,
      newest: bounds.newest,
      events: rows.map(readEvent),
      more: (rows[0]?.readable ?? 0) > rows.length,
    };
  }

  /** Where whoever wants new events only begins. */
  async newest({ accountId, environment }: Omit<FeedPosition, 'after'>): Promise<bigint> {
    const {
      rows: [row],
    } = await this.database.query<{ head: bigint; waiting: bigint | null }>({
      name: 'feed_newest',
      text: NEWEST_READABLE,
      values: [accountId, environment],
    });
    if (row === undefined) return 0n;
    return row.waiting === null ? row.head : row.waiting - 1n;
  }

  private async bounds({ accountId, environment }: FeedPosition): Promise<{ newest: bigint; oldest: bigint }> {
    const { rows } = await this.database.query<{ newest: bigint; oldest: bigint }>({
      name: 'feed_bounds',
      text: BOUNDS,
      values: [accountId, environment],
    });
    return rows[0] ?? { newest: 0n, oldest: 1n };
  }
}

const NOTHING: ReadFeedResponse = { events: [], more: false, expired: false, unknown: false, newest: 0n };

function readEvent(row: FeedRow): FeedEvent {
  return {
    seq: row.seq,
    eventId: row.event_id,
    event: row.event,
    jobId: row.job_id,
    recordedAt: row.recorded_at,
    body: row.body ?? Buffer.alloc(0),
  };
}
