import type { Database } from '@usvideo/event-store';
import type { Environment } from '../job/job';

export interface UnfinishedSubmission {
  readonly jobId: string;
  readonly accountId: string;
  readonly environment: Environment;
}

interface Row {
  job_id: string;
  account_id: string;
  environment: Environment;
}

const STALE = `
select job_id, account_id, environment from submission
where state = 'authorizing' and created_at < clock_timestamp() - $1::integer * interval '1 millisecond'
order by created_at limit 200`;

const VOIDING = `
select job_id, account_id, environment from submission
where state = 'voiding' and (void_after is null or void_after <= clock_timestamp())
order by created_at limit 200`;

const VOIDED = `update submission set state = 'voided' where job_id = any($1::text[]) and state = 'voiding'`;

/** Backs off from a second to five minutes. */
const DEFER = `
update submission set void_attempts = void_attempts + 1,
  void_after = clock_timestamp() + least(300, power(2, least(void_attempts, 10))) * interval '1 second'
where job_id = any($1::text[]) and state = 'voiding'`;

const READ_STATE = 'select state from submission where job_id = $1';

/** Keys are kept for a day at least. */
const FORGET_KEYS = `
delete from idempotency_key where (account_id, environment, key) in (
  select account_id, environment, key from idempotency_key where created_at < clock_timestamp() - interval '25 hours' order by created_at limit 1000)`;

const FORGET_SUBMISSIONS = `
delete from submission where job_id in (
  select job_id from submission where state in ('submitted', 'voided') and created_at < clock_timestamp() - interval '25 hours' order by created_at limit 1000)`;

/** The submissions that nobody is going to end, those whose hold is to be voided, and those that are history. */
export class UnfinishedSubmissions {
  constructor(private readonly database: Database) {}

  async olderThan(ageMs: number): Promise<UnfinishedSubmission[]> {
    const { rows } = await this.database.query<Row>({ name: 'submission_stale', text: STALE, values: [ageMs] });
    return rows.map(unfinished);
  }

  async voiding(): Promise<UnfinishedSubmission[]> {
    const { rows } = await this.database.query<Row>({ name: 'submission_voiding', text: VOIDING });
    return rows.map(unfinished);
  }

  async voided(jobIds: readonly string[]): Promise<void> {
    await this.database.query({ name: 'submission_voided', text: VOIDED, values: [[...jobIds]] });
  }

  async defer(jobIds: readonly string[]): Promise<void> {
    await this.database.query({ name: 'submission_defer', text: DEFER, values: [[...jobIds]] });
  }

  async stateOf(jobId: string): Promise<string | undefined> {
    const { rows } = await this.database.query<{ state: string }>({
      name: 'submission_state',
      text: READ_STATE,
      values: [jobId],
    });
    return rows[0]?.state;
  }

  /** Returns whether there may be more. */
  async forgetOld(): Promise<boolean> {
    const keys = await this.database.query(FORGET_KEYS);
    const submissions = await this.database.query(FORGET_SUBMISSIONS);
    return keys.rowCount === 1_000 || submissions.rowCount === 1_000;
  }
}

function unfinished(row: Row): UnfinishedSubmission {
  return { jobId: row.job_id, accountId: row.account_id, environment: row.environment };
}
