import { Inject, Injectable } from '@nestjs/common';
import { type NameOf, statusAs } from '@usvideo/contracts/names';
import { type Delivery, type DeliveryAttempt, DeliveryStatus } from '@usvideo/contracts/webhooks';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

export interface DeliveryQuery {
  readonly accountId: string;
  readonly environment: string;
  readonly limit: number;
  readonly offset: number;
  /** Empty for the newest. */
  readonly startingAfter: string;
  /** Empty: all jobs. */
  readonly jobId: string;
  /** Empty: all statuses. */
  readonly statuses: readonly string[];
  readonly endpointId: string;
  readonly event: string;
  /** Of this one only, with all that was answered. */
  readonly deliveryId: string;
}

/** Above what three days of probes and four attempts can make. */
const ATTEMPTS_MAX = 500;
const ATTEMPTS_LISTED = 20;
const EXCERPT_CHARACTERS = 16_384;
const EXCERPT_CHARACTERS_LISTED = 1_024;
/** The newest of one delivery with all that was answered; of those before, the beginning. */
const WHOLE_EXCERPTS = 20;

/** One statement, so that a delivery and its attempts are of the same moment. */
const list = (where: readonly string[]) => `
select d.delivery_id, d.event_id, d.event, d.job_id, d.url, d.status, d.created_at, d.next_attempt_at,
       coalesce(d.endpoint_id, '') as endpoint_id, coalesce(d.redelivery_of, '') as redelivery_of,
       d.status = 'pending' and exists (select from destination t where t.isolation_key = d.isolation_key and t.broken_since is not null) as parked,
       (select coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object('response_excerpt', left(a.response_excerpt,
          case when a.age <= ${WHOLE_EXCERPTS} then $5::int else ${EXCERPT_CHARACTERS_LISTED} end)) order by a.attempt), '[]') from (
          select t.*, row_number() over (order by attempt desc) as age from delivery_attempt t where delivery_id = d.delivery_id order by attempt desc limit $6) as a) as attempts
from delivery d
where d.account_id = $1 and d.environment = $2${where.map((condition) => ` and ${condition}`).join('')}
order by d.delivery_id desc limit $3 offset $4`;

/** Each set of filters is a statement of its own, so that each is planned for itself. */
export function listing(query: DeliveryQuery): { name: string; text: string; values: unknown[] } {
  const { accountId, deliveryId, endpointId, environment, event, jobId, limit, offset, startingAfter, statuses } =
    query;
  const isList = deliveryId === '';
  const values: unknown[] = [
    accountId,
    environment,
    limit + 1,
    offset,
    isList ? EXCERPT_CHARACTERS_LISTED : EXCERPT_CHARACTERS,
    isList ? ATTEMPTS_LISTED : ATTEMPTS_MAX,
  ];
  const where: string[] = [];
  let name = 'delivery_list';
  const add = (part: string, condition: (parameter: string) => string, value: unknown): void => {
    if (value === '') return;
    values.push(value);
    where.push(condition(`$${values.length}`));
    name += `_${part}`;
  };
  add('after', (p) => `d.delivery_id < ${p}`, startingAfter);
  add('job', (p) => `d.job_id = ${p}`, jobId);
  if (statuses.length > 0) add('status', (p) => `d.status = any(${p}::text[])`, statuses);
  add('endpoint', (p) => `d.endpoint_id = ${p}`, endpointId);
  add('event', (p) => `d.event = ${p}`, event);
  add('one', (p) => `d.delivery_id = ${p}`, deliveryId);
  return { name, text: list(where), values };
}

interface DeliveryRow {
  delivery_id: string;
  event_id: string;
  event: string;
  job_id: string;
  url: string | null;
  status: NameOf<typeof DeliveryStatus>;
  created_at: Date;
  next_attempt_at: Date | null;
  attempts: AttemptRow[];
  endpoint_id: string;
  redelivery_of: string;
  parked: boolean;
}

/** As JSON: its times are text. */
interface AttemptRow {
  attempt: number;
  started_at: string;
  duration_ms: number;
  http_status: number;
  error: string;
  response_excerpt: string;
  address: string;
  probe: boolean;
}

/** What was sent to whom and what came back; secrets are not in these tables. */
@Injectable()
export class DeliveryLog {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Newest first; one more than `limit` when there are more. */
  async list(query: DeliveryQuery): Promise<Delivery[]> {
    const { rows } = await this.database.query<DeliveryRow>(listing(query));
    return rows.map(readDelivery);
  }

  async exists(
    { accountId, environment }: Pick<DeliveryQuery, 'accountId' | 'environment'>,
    deliveryId: string,
  ): Promise<boolean> {
    const { rows } = await this.database.query({
      name: 'delivery_exists',
      text: 'select 1 from delivery where delivery_id = $1 and account_id = $2 and environment = $3',
      values: [deliveryId, accountId, environment],
    });
    return rows.length > 0;
  }
}

function readDelivery(row: DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id,
    eventId: row.event_id,
    event: row.event,
    jobId: row.job_id,
    url: row.url ?? '',
    ...statusAs(DeliveryStatus, row.status),
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    attempts: row.attempts.map(readAttempt),
    endpointId: row.endpoint_id,
    redeliveryOf: row.redelivery_of,
    parked: row.parked,
  };
}

function readAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    attempt: row.attempt,
    startedAt: new Date(row.started_at),
    durationMs: row.duration_ms,
    httpStatus: row.http_status,
    error: row.error,
    responseExcerpt: row.response_excerpt,
    address: row.address,
    probe: row.probe,
  };
}
