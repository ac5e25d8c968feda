import { Inject, Injectable } from '@nestjs/common';
import type { UsageGroup, UsageRow } from '@usvideo/contracts/ledger';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

export interface UsageRange {
  readonly accountId: string;
  /** UTC days as YYYY-MM-DD, inclusive. */
  readonly startDate: string;
  readonly endDate: string;
  /** Empty: all keys. */
  readonly apiKeyId: string;
}

export interface UsageQuery extends UsageRange {
  readonly limit: number;
  readonly offset: number;
}

export interface UsagePage {
  /** Newest first, and one more than asked for when there is more. */
  readonly rows: UsageRow[];
  /** Over the whole range. */
  readonly totals: {
    readonly jobs: bigint;
    readonly seconds: bigint;
    readonly micros: bigint;
    readonly refunded: bigint;
  };
}

export type UsageGrouping = 'day' | 'api_key' | 'resolution';

const COLUMNS = `job_id, api_key_id, day::text as day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at, refunded_micros`;

/** A statement for all keys and one for a single key: each is a walk along an index of its own. */
interface Both {
  readonly all: { name: string; text: string };
  readonly ofKey: { name: string; text: string };
}

function both(name: string, textOf: (ofKey: string) => string, keyAt: number): Both {
  return {
    all: { name, text: textOf('') },
    ofKey: { name: `${name}_of_key`, text: textOf(`and api_key_id = $${keyAt}`) },
  };
}

const READ_USAGE = both(
  'usage_read',
  (ofKey) => `
select ${COLUMNS} from usage
where account_id = $1 and day between $2::date and $3::date ${ofKey}
order by usage.day desc, charged_at desc, job_id desc limit $4 offset $5`,
  6,
);

const READ_TOTALS = `
select coalesce(sum(jobs), 0)::bigint as jobs, coalesce(sum(seconds), 0)::bigint as seconds,
       coalesce(sum(charged_micros), 0)::bigint as micros, coalesce(sum(refunded_micros), 0)::bigint as refunded
from daily_usage where account_id = $1 and day between $2::date and $3::date and ($4 = '' or api_key_id = $4)`;

/** The group is one of three column names of our own, never a caller's text. */
const GROUPS: Record<UsageGrouping, { readonly column: string; readonly order: string }> = {
  day: { column: 'day::text', order: '1 desc' },
  api_key: { column: 'api_key_id', order: '4 desc, 1' },
  resolution: { column: 'resolution', order: '4 desc, 1' },
};

const readGroups = ({ column, order }: { column: string; order: string }) => `
select ${column} as "group", sum(jobs)::bigint as jobs, sum(seconds)::bigint as seconds, sum(charged_micros)::bigint as "chargedMicros",
       sum(refunded_micros)::bigint as "refundedMicros"
from daily_usage where account_id = $1 and day between $2::date and $3::date and ($6 = '' or api_key_id = $6)
group by 1 order by ${order} limit $4 offset $5`;

/** The place reached is the only lower bound: with the first day besides, every page would be walked to from there. */
const READ_PAGE_AFTER = both(
  'usage_export',
  (ofKey) => `
select ${COLUMNS} from usage
where account_id = $1 and day <= $2::date and (usage.day, charged_at, job_id) > ($3::date, $4::timestamptz, $5) ${ofKey}
order by usage.day, charged_at, job_id limit $6`,
  7,
);

const EXPORT_PAGE = 1_000;

interface UsageRecord {
  job_id: string;
  api_key_id: string;
  day: string;
  model: string;
  resolution: string;
  duration_seconds: number;
  per_second_micros: bigint;
  charged_micros: bigint;
  charged_at: Date;
  refunded_micros: bigint;
}

/** What was charged, per job and in sums; billed on the UTC day of the charge. */
@Injectable()
export class UsageReader {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async page({ accountId, startDate, endDate, apiKeyId, limit, offset }: UsageQuery): Promise<UsagePage> {
    const [page, totals] = await Promise.all([
      this.read(READ_USAGE, [accountId, startDate, endDate, limit + 1, offset], apiKeyId),
      this.database.query<UsagePage['totals']>({
        name: 'usage_totals',
        text: READ_TOTALS,
        values: [accountId, startDate, endDate, apiKeyId],
      }),
    ]);
    return { rows: page.map(usageRow), totals: totals.rows[0]! };
  }

  /** One more than asked for when there is more. */
  async groups(
    by: UsageGrouping,
    { accountId, startDate, endDate, apiKeyId, limit, offset }: UsageQuery,
  ): Promise<UsageGroup[]> {
    const values = [accountId, startDate, endDate, limit + 1, offset, apiKeyId];
    return (await this.database.query<UsageGroup>({ name: `usage_by_${by}`, text: readGroups(GROUPS[by]), values }))
      .rows;
  }

  /** Every row of the range, oldest first, a page in memory at a time. */
  async *pages({ accountId, startDate, endDate, apiKeyId }: UsageRange): AsyncGenerator<UsageRow[]> {
    let after: [string, Date, string] = [startDate, new Date(0), ''];
    for (;;) {
      const rows = await this.read(READ_PAGE_AFTER, [accountId, endDate, ...after, EXPORT_PAGE], apiKeyId);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(usageRow);
      if (rows.length < EXPORT_PAGE) return;
      after = [last.day, last.charged_at, last.job_id];
    }
  }

  /** @param apiKeyId empty: all keys */
  private async read({ all, ofKey }: Both, values: unknown[], apiKeyId: string): Promise<UsageRecord[]> {
    const statement = apiKeyId === '' ? { ...all, values } : { ...ofKey, values: [...values, apiKeyId] };
    return (await this.database.query<UsageRecord>(statement)).rows;
  }
}

function usageRow(row: UsageRecord): UsageRow {
  return {
    jobId: row.job_id,
    apiKeyId: row.api_key_id,
    day: row.day,
    model: row.model,
    resolution: row.resolution,
    durationSeconds: row.duration_seconds,
    perSecondMicros: row.per_second_micros,
    chargedMicros: row.charged_micros,
    chargedAt: row.charged_at,
    refundedMicros: row.refunded_micros,
  };
}
