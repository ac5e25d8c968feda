import { Inject, Injectable } from '@nestjs/common';
import { PLAY_MONEY } from '@usvideo/contracts/books';
import type { Revenue } from '@usvideo/contracts/ledger';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

export interface RevenueQuery {
  /** UTC days as YYYY-MM-DD, inclusive. */
  readonly startDate: string;
  readonly endDate: string;
  readonly byDay: boolean;
  readonly byAccount: boolean;
  readonly byModel: boolean;
  readonly limit: number;
}

const SUMS = `
select case when $3 then u.day::text else '' end as day, case when $4 then u.account_id else '' end as "accountId",
  case when $5 then u.model else '' end as model, count(*)::bigint as jobs, sum(u.duration_seconds)::bigint as seconds,
  sum(u.charged_micros)::bigint as "chargedMicros", sum(u.refunded_micros)::bigint as "refundedMicros"
from usage u where u.day between $1::date and $2::date and not starts_with(reverse(u.account_id), reverse('${PLAY_MONEY}'))
group by 1, 2, 3 order by 1, 2, 3 limit $6`;

/** What all accounts were charged, by the UTC day of the charge; a refund counts where its charge did. */
@Injectable()
export class RevenueReader {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async sums({ startDate, endDate, byDay, byAccount, byModel, limit }: RevenueQuery): Promise<Revenue[]> {
    const values = [startDate, endDate, byDay, byAccount, byModel, limit];
    return (await this.database.query<Revenue>({ name: 'revenue', text: SUMS, values })).rows;
  }
}
