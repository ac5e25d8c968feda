import type { Verdict } from '@usvideo/contracts/scheduler';
import { WriterLane, type Database } from '@usvideo/event-store';
import type { Environment } from '../job/job';

export interface UnsettledJob {
  readonly jobId: string;
  readonly accountId: string;
  readonly environment: Environment;
  readonly traceparent: string;
  readonly verdict: Verdict;
}

interface Row {
  job_id: string;
  account_id: string;
  environment: Environment;
  traceparent: string;
  charged_micros: bigint;
  released_micros: bigint;
  verdict_rule: string;
}

/** Jobs that ended a moment ago are being settled by whoever ended them. */
const DUE = `
select job_id, account_id, environment, traceparent, charged_micros, released_micros, verdict_rule from job
where ended_at < clock_timestamp() - interval '2 seconds' and settled_at is null and (settle_after is null or settle_after <= clock_timestamp())
order by ended_at limit 200`;

const ENDED = `
select job_id, account_id, environment, traceparent, charged_micros, released_micros, verdict_rule from job where job_id = any($1::text[]) and ended_at is not null`;

const KNOWN = 'select job_id from job where job_id = any($1::text[])';

const UNENDED = `select job_id, account_id from job_queue where environment = 'live' and job_id > $1 order by job_id limit $2`;

const STILL_UNENDED = 'select job_id from job_queue where job_id = any($1::text[])';

const SETTLED = 'update job set settled_at = coalesce(settled_at, $2::timestamptz) where job_id = any($1::text[])';

/** Backs off from a second to an hour. */
const DEFER = `
update job set settle_attempts = settle_attempts + 1,
  settle_after = clock_timestamp() + least(3600, power(2, least(settle_attempts, 12))) * interval '1 second'
where job_id = any($1::text[]) and settled_at is null`;

/** Jobs that have ended and whose verdict the ledger has not acknowledged. */
export class UnsettledJobs {
  private readonly settlements: WriterLane<string, void>;

  constructor(private readonly database: Database) {
    this.settlements = new WriterLane({
      database,
      keyOf: (jobId) => jobId,
      apply: async (tx, opening, jobIds) => {
        await tx.query({ name: 'job_settled', text: SETTLED, values: [[...jobIds].sort(), await opening] });
        return jobIds.map(() => undefined);
      },
    });
  }

  async due(): Promise<UnsettledJob[]> {
    return (await this.database.query<Row>({ name: 'unsettled_due', text: DUE })).rows.map(unsettled);
  }

  /** Those of these jobs that have ended, settled or not. */
  async ended(jobIds: readonly string[]): Promise<UnsettledJob[]> {
    return (await this.database.query<Row>({ name: 'unsettled_ended', text: ENDED, values: [[...jobIds]] })).rows.map(
      unsettled,
    );
  }

  async known(jobIds: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.database.query<{ job_id: string }>({
      name: 'jobs_known',
      text: KNOWN,
      values: [[...jobIds]],
    });
    return new Set(rows.map((row) => row.job_id));
  }

  /** Live jobs that have not ended, behind one of them. */
  async unended(afterJobId: string, limit: number): Promise<{ jobId: string; accountId: string }[]> {
    const { rows } = await this.database.query<{ job_id: string; account_id: string }>({
      name: 'unended_jobs',
      text: UNENDED,
      values: [afterJobId, limit],
    });
    return rows.map((row) => ({ jobId: row.job_id, accountId: row.account_id }));
  }

  async stillUnended(jobIds: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.database.query<{ job_id: string }>({
      name: 'still_unended_jobs',
      text: STILL_UNENDED,
      values: [[...jobIds]],
    });
    return new Set(rows.map((row) => row.job_id));
  }

  settled(jobId: string): Promise<void> {
    return this.settlements.submit(jobId);
  }

  async defer(jobIds: readonly string[]): Promise<void> {
    await this.database.query({ name: 'settle_defer', text: DEFER, values: [[...jobIds]] });
  }

  /** Resolves when everything begun is written. */
  written(): Promise<void> {
    return this.settlements.settled();
  }
}

function unsettled(row: Row): UnsettledJob {
  return {
    jobId: row.job_id,
    accountId: row.account_id,
    environment: row.environment,
    traceparent: row.traceparent,
    verdict: { chargedMicros: row.charged_micros, releasedMicros: row.released_micros, rule: row.verdict_rule },
  };
}
