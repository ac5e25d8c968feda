import type { Database } from '@usvideo/event-store';
import type { UsageRow } from '../domain/batch';

export interface UsageQuery {
  readonly accountId: string;
  /** UTC days as YYYY-MM-DD, inclusive. */
  readonly startDate: string;
  readonly endDate: string;
  readonly limit: number;
  readonly offset: number;
}

export interface UsagePage {
  /** Newest first, and one more than asked for when there is more. */
  readonly rows: UsageRow[];
  /** Over the whole range. */
  readonly totals: { readonly jobs: bigint; readonly seconds: bigint; readonly micros: bigint };
}

const READ_USAGE = `
select job_id, account_id, api_key_id, day::text as day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at
from usage where account_id = $1 and day between $2::date and $3::date
order by day desc, charged_at desc, job_id desc limit $4 offset $5`;

const READ_TOTALS = `
select count(*) as jobs, coalesce(sum(duration_seconds), 0)::bigint as seconds, coalesce(sum(charged_micros), 0)::bigint as micros
from usage where account_id = $1 and day between $2::date and $3::date`;

export interface UsageRecord {
  job_id: string; account_id: string; api_key_id: string; day: string; model: string; resolution: string;
  duration_seconds: number; per_second_micros: bigint; charged_micros: bigint; charged_at: Date;
}

export async function readUsage(database: Database, { accountId, startDate, endDate, limit, offset }: UsageQuery): Promise<UsagePage> {
  const range = [accountId, startDate, endDate];
  const [page, totals] = await Promise.all([
    database.query<UsageRecord>({ name: 'usage_read', text: READ_USAGE, values: [...range, limit + 1, offset] }),
    database.query<UsagePage['totals']>({ name: 'usage_totals', text: READ_TOTALS, values: range }),
  ]);
  return { rows: page.rows.map(usageRow), totals: totals.rows[0]! };
}

export function usageRow(row: UsageRecord): UsageRow {
  return {
    jobId: row.job_id, accountId: row.account_id, apiKeyId: row.api_key_id, day: row.day, model: row.model, resolution: row.resolution,
    durationSeconds: row.duration_seconds, perSecondMicros: row.per_second_micros, chargedMicros: row.charged_micros, chargedAt: row.charged_at,
  };
}
