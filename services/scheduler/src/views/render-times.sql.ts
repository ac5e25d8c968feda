import { Inject, Injectable } from '@nestjs/common';
import type { RenderTime } from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

export interface RenderTimesQuery {
  /** UTC days as YYYY-MM-DD, inclusive. */
  readonly startDate: string;
  readonly endDate: string;
  readonly byDay: boolean;
  readonly byAccount: boolean;
  readonly byModel: boolean;
  readonly limit: number;
}

/** An attempt holds its slot from its lease to its end, whatever comes of it. */
const SUMS = `
select case when $3 then (j.ended_at at time zone 'UTC')::date::text else '' end as day,
  case when $4 then j.account_id else '' end as "accountId", case when $5 then j.model else '' end as model,
  count(*) filter (where j.state = 'completed')::bigint as "completedJobs", count(*) filter (where j.state <> 'completed')::bigint as "otherJobs",
  coalesce(sum(held.attempts), 0)::bigint as attempts, coalesce(sum(held.slot_ms), 0)::bigint as "slotMs",
  coalesce(sum(held.productive_ms), 0)::bigint as "productiveMs"
from job j cross join lateral (
  select count(*) as attempts, sum(took.ms) as slot_ms, sum(took.ms) filter (where a.attempt ->> 'outcome' = 'completed') as productive_ms
  from jsonb_array_elements(j.attempts) as a (attempt)
  cross join lateral (
    select extract(epoch from (a.attempt ->> 'endedAt')::timestamptz - (a.attempt ->> 'startedAt')::timestamptz) * 1000 as ms) took
) held
where j.environment = 'live' and j.ended_at >= $1::date::timestamp at time zone 'UTC' and j.ended_at < ($2::date + 1)::timestamp at time zone 'UTC'
group by 1, 2, 3 order by 1, 2, 3 limit $6`;

/** How long attempts of live jobs held slots, by the UTC day on which the job ended. */
@Injectable()
export class RenderTimes {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async sums({ startDate, endDate, byDay, byAccount, byModel, limit }: RenderTimesQuery): Promise<RenderTime[]> {
    const values = [startDate, endDate, byDay, byAccount, byModel, limit];
    return (await this.database.query<RenderTime>({ name: 'render_times', text: SUMS, values })).rows;
  }
}
