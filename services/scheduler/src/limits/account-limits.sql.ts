import type { Limits } from '@usvideo/contracts/accounts';
import { shardOf, type Transaction } from '@usvideo/event-store';
import type { Environment } from '../job/job';

/** Accepts what `pg.Pool` and a transaction have in common. */
type Queries = Pick<Transaction, 'query'>;

const ADD = `
with wanted as (select $1::text as account_id, unnest(array['live', 'test']) as environment),
admissions as (insert into admission (account_id, environment) select * from wanted order by 1, 2 on conflict do nothing)
insert into account_slot (account_id, environment) select * from wanted order by 1, 2 on conflict do nothing`;

/** The account's rows in both environments, with the limits of the standard plan until others come. */
export async function addAccountRows(db: Queries, accountId: string): Promise<void> {
  await db.query({ name: 'account_rows_add', text: ADD, values: [accountId] });
}

/** `suspended` null leaves it as it is. The row that is there is only locked, and changed, by a version that is newer. */
const SET_LIMITS = `
update account_slot
set concurrent_jobs = $3, queued_jobs = $4, creates_per_minute = $5, reads_per_minute = $6, limits_version = $7, suspended = coalesce($8, suspended)
where account_id = $1 and environment = $2 and limits_version < $7`;

export interface LimitsChange {
  readonly accountId: string;
  readonly environment: Environment;
  readonly limits: Limits;
  readonly version: bigint;
  readonly suspended?: boolean;
}

/** Returns false when what is held is as new or newer. */
export async function setLimits(
  db: Queries,
  { accountId, environment, limits, version, suspended }: LimitsChange,
): Promise<boolean> {
  const { concurrentJobs, queuedJobs, createsPerMinute, readsPerMinute } = limits;
  const result = await db.query({
    name: 'account_limits',
    text: SET_LIMITS,
    values: [
      accountId,
      environment,
      concurrentJobs,
      queuedJobs,
      createsPerMinute,
      readsPerMinute,
      version,
      suspended ?? null,
    ],
  });
  return result.rowCount === 1;
}

const SET_SUSPENDED =
  'update account_slot set suspended = $2, limits_version = $3 where account_id = $1 and limits_version < $3';

/** Freezes or thaws the queues of an account; what runs finishes. */
export async function setSuspended(db: Queries, accountId: string, suspended: boolean, version: bigint): Promise<void> {
  await db.query({ name: 'account_suspend', text: SET_SUSPENDED, values: [accountId, suspended, version] });
}

const ACCOUNTS = 'select distinct account_id from account_slot';

const FORGET_VERSIONS = `
with locked as (select account_id, environment from account_slot where account_id = any($1::text[]) order by 1, 2 for update)
update account_slot s set limits_version = 0 from locked l where s.account_id = l.account_id and s.environment = l.environment`;

/** Accounts was restored from a backup: whatever it says of the accounts of a shard from here on is newer than what is held. */
export async function forgetVersions(db: Queries, shard: number): Promise<void> {
  const { rows } = await db.query<{ account_id: string }>({ name: 'account_ids', text: ACCOUNTS });
  const ids = rows.map((row) => row.account_id).filter((id) => shardOf(id) === shard);
  await db.query({ name: 'account_versions_forget', text: FORGET_VERSIONS, values: [ids] });
}
