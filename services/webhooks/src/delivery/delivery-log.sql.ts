import type { Delivery, DeliveryAttempt } from '@usvideo/contracts/webhooks';
import type { Database } from '@usvideo/event-store';

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
}

/** One statement, so that a delivery and its attempts are of the same moment. */
const LIST = `
select d.delivery_id, d.event_id, d.event, d.job_id, d.url, d.status, d.created_at, d.next_attempt_at,
       (select coalesce(jsonb_agg(to_jsonb(a) order by a.attempt), '[]') from delivery_attempt a where a.delivery_id = d.delivery_id) as attempts
from delivery d
where d.account_id = $1 and d.environment = $2
  and ($3 = '' or d.delivery_id < $3) and ($4 = '' or d.job_id = $4) and (cardinality($5::text[]) = 0 or d.status = any($5))
order by d.delivery_id desc limit $6 offset $7`;

interface DeliveryRow {
  delivery_id: string; event_id: string; event: string; job_id: string; url: string | null; status: string;
  created_at: Date; next_attempt_at: Date | null; attempts: AttemptRow[];
}

/** As JSON: its times are text. */
interface AttemptRow { attempt: number; started_at: string; duration_ms: number; http_status: number; error: string; response_excerpt: string }

/** What was sent to whom and what came back; secrets are not in these tables. */
export class DeliveryLog {
  constructor(private readonly database: Database) {}

  /** Newest first; one more than `limit` when there are more. */
  async list({ accountId, environment, jobId, limit, offset, startingAfter, statuses }: DeliveryQuery): Promise<Delivery[]> {
    const { rows } = await this.database.query<DeliveryRow>({
      name: 'delivery_list', text: LIST, values: [accountId, environment, startingAfter, jobId, statuses, limit + 1, offset],
    });
    return rows.map(readDelivery);
  }
}

function readDelivery(row: DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id, eventId: row.event_id, event: row.event, jobId: row.job_id, url: row.url ?? '', status: row.status,
    createdAt: row.created_at, nextAttemptAt: row.next_attempt_at ?? undefined, attempts: row.attempts.map(readAttempt),
  };
}

function readAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    attempt: row.attempt, startedAt: new Date(row.started_at), durationMs: row.duration_ms,
    httpStatus: row.http_status, error: row.error, responseExcerpt: row.response_excerpt,
  };
}
