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

const LIST = `
select delivery_id, event_id, event, job_id, url, status, created_at, next_attempt_at from delivery
where account_id = $1 and environment = $2
  and ($3 = '' or delivery_id < $3) and ($4 = '' or job_id = $4) and (cardinality($5::text[]) = 0 or status = any($5))
order by delivery_id desc limit $6 offset $7`;

const ATTEMPTS = `
select delivery_id, attempt, started_at, duration_ms, http_status, error, response_excerpt
from delivery_attempt where delivery_id = any($1) order by delivery_id, attempt`;

interface DeliveryRow {
  delivery_id: string; event_id: string; event: string; job_id: string; url: string | null; status: string; created_at: Date; next_attempt_at: Date | null;
}

interface AttemptRow {
  delivery_id: string; attempt: number; started_at: Date; duration_ms: number; http_status: number; error: string; response_excerpt: string;
}

/** What was sent to whom and what came back; secrets are not in these tables. */
export class DeliveryLog {
  constructor(private readonly database: Database) {}

  /** Newest first; one more than `limit` when there are more. */
  async list(query: DeliveryQuery): Promise<Delivery[]> {
    const { accountId, environment, jobId, limit, offset, startingAfter, statuses } = query;
    const { rows } = await this.database.query<DeliveryRow>({
      name: 'delivery_list', text: LIST, values: [accountId, environment, startingAfter, jobId, statuses, limit + 1, offset],
    });
    const attempts = await this.attemptsOf(rows.map((row) => row.delivery_id));
    return rows.map((row) => ({
      deliveryId: row.delivery_id, eventId: row.event_id, event: row.event, jobId: row.job_id, url: row.url ?? '', status: row.status,
      createdAt: row.created_at, nextAttemptAt: row.next_attempt_at ?? undefined, attempts: attempts.get(row.delivery_id) ?? [],
    }));
  }

  private async attemptsOf(deliveryIds: readonly string[]): Promise<Map<string, DeliveryAttempt[]>> {
    const { rows } = await this.database.query<AttemptRow>({ name: 'delivery_attempts', text: ATTEMPTS, values: [deliveryIds] });
    const byDelivery = Map.groupBy(rows, (row) => row.delivery_id);
    return new Map([...byDelivery].map(([deliveryId, made]) => [deliveryId, made.map(readAttempt)]));
  }
}

function readAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    attempt: row.attempt, startedAt: row.started_at, durationMs: row.duration_ms,
    httpStatus: row.http_status, error: row.error, responseExcerpt: row.response_excerpt,
  };
}
