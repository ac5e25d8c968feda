import { Inject, Injectable } from '@nestjs/common';
import { inTransaction, newId, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Clock } from './delivery.store';
import { DeliveriesDue } from './due';
import { CLOCK } from './tokens';

export interface RedeliveryQuery {
  readonly accountId: string;
  readonly environment: string;
  /** Of this one only; empty: of whatever the rest says. */
  readonly deliveryId: string;
  /** Empty: whatever has ended. */
  readonly statuses: readonly string[];
  readonly endpointId: string;
  readonly event: string;
  readonly jobId: string;
  readonly createdAfter: Date | undefined;
  readonly createdBefore: Date | undefined;
  /** Exclusive; a delivery id. */
  readonly startingAfter: string;
}

export interface Redelivered {
  readonly deliveryIds: readonly string[];
  readonly nextCursor: string;
}

const AT_ONCE_MAX = 1_000;
/** Of one account. At their pace they take a quarter of an hour. */
const WAITING_MAX = 10_000;
/** Ten a second and account, so that making up for a day of outage is no attack on the customer's server. */
const APART_MS = 100;

/** What was erased, or goes to an endpoint that is gone or disabled, cannot be sent again. */
const CHOOSE = `
select d.delivery_id, d.event_id, coalesce(p.url, d.url) as url, coalesce(p.isolation_key, d.isolation_key) as isolation_key
from delivery d join feed_event e on e.event_id = d.event_id and e.body is not null
left join endpoint p on p.endpoint_id = d.endpoint_id and p.enabled
where d.account_id = $1 and d.environment = $2 and ($3 = '' or d.delivery_id = $3) and d.status <> 'pending'
  and (cardinality($4::text[]) = 0 or d.status = any($4)) and ($5 = '' or d.endpoint_id = $5) and ($6 = '' or d.event = $6) and ($7 = '' or d.job_id = $7)
  and ($8::timestamptz is null or d.created_at >= $8) and ($9::timestamptz is null or d.created_at < $9)
  and ($10 = '' or d.delivery_id > $10) and ($3 <> '' or d.redelivery_of is null)
  and d.url is not null and (d.endpoint_id is null or p.endpoint_id is not null)
order by d.delivery_id limit $11`;

const WAITING = `select max(next_attempt_at) as last, count(*)::int as count from delivery where account_id = $1 and status = 'pending' and redelivery_of is not null`;

const INSERT = `
insert into delivery (delivery_id, account_id, environment, event_id, event, job_id, job_version, url, isolation_key, copy, traceparent, created_at, status,
                      next_attempt_at, endpoint_id, redelivery_of)
select n.id, d.account_id, d.environment, d.event_id, d.event, d.job_id, d.job_version, n.url, n.isolation_key,
       (select max(copy) from delivery o where o.event_id = d.event_id and o.url = n.url) + row_number() over (partition by d.event_id, n.url order by n.id),
       d.traceparent, $5, 'pending', n.at, d.endpoint_id, d.delivery_id
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $6::timestamptz[]) as n (id, original, url, isolation_key, at)
join delivery d on d.delivery_id = n.original`;

const WAKE = `
insert into destination (isolation_key, account_id, next_due_at)
select isolation_key, $1, min(at) from unnest($2::text[], $3::timestamptz[]) as n (isolation_key, at) group by isolation_key order by isolation_key collate "C"
on conflict (isolation_key) do update set next_due_at = greatest(least(destination.next_due_at, excluded.next_due_at), destination.open_until)`;

const LOCK = 'select pg_advisory_xact_lock(hashtextextended($1, 9))';

interface ChosenRow {
  delivery_id: string;
  event_id: string;
  url: string;
  isolation_key: string;
}

interface Waiting {
  readonly last: Date | null;
  readonly count: number;
}

/** New deliveries of what was delivered or has failed, the oldest first, spread in time. They have attempts of their own. */
@Injectable()
export class Redeliveries {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly due: DeliveriesDue,
  ) {}

  /** Undefined: as many wait as may. */
  async make(query: RedeliveryQuery): Promise<Redelivered | undefined> {
    const made = await inTransaction(this.database, (tx, databaseNow) => choose(tx, this.clock(databaseNow), query));
    this.due.now();
    return made;
  }
}

async function choose(tx: Transaction, now: Date, query: RedeliveryQuery): Promise<Redelivered | undefined> {
  await tx.query({ name: 'redelivery_lock', text: LOCK, values: [query.accountId] });
  const {
    rows: [waiting],
  } = await tx.query<Waiting>({ name: 'redelivery_waiting', text: WAITING, values: [query.accountId] });
  const most = Math.min(AT_ONCE_MAX, WAITING_MAX - waiting!.count);
  if (most <= 0) return undefined;
  const { rows } = await tx.query<ChosenRow>({
    name: 'redelivery_choose',
    text: CHOOSE,
    values: [
      query.accountId,
      query.environment,
      query.deliveryId,
      query.statuses,
      query.endpointId,
      query.event,
      query.jobId,
      query.createdAfter ?? null,
      query.createdBefore ?? null,
      query.startingAfter,
      most + 1,
    ],
  });
  const chosen = rows.slice(0, most);
  if (chosen.length === 0) return { deliveryIds: [], nextCursor: '' };
  return {
    deliveryIds: await insert(tx, query.accountId, now, waiting!, chosen),
    nextCursor: rows.length > most ? chosen.at(-1)!.delivery_id : '',
  };
}

async function insert(
  tx: Transaction,
  accountId: string,
  now: Date,
  { last }: Waiting,
  chosen: readonly ChosenRow[],
): Promise<string[]> {
  const first = Math.max(now.getTime(), (last?.getTime() ?? 0) + APART_MS);
  const due = chosen.map((_, index) => new Date(first + index * APART_MS));
  const ids = chosen.map(() => newId('dlv', now.getTime()));
  const keys = chosen.map((row) => row.isolation_key);
  await tx.query({ name: 'redelivery_wake', text: WAKE, values: [accountId, keys, due] });
  await tx.query({
    name: 'redelivery_insert',
    text: INSERT,
    values: [ids, chosen.map((row) => row.delivery_id), chosen.map((row) => row.url), keys, now, due],
  });
  return ids;
}
