import type { JobEndUser } from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import type { Scope } from './job-views.sql';

const READ = `
select job_id as "jobId", end_user as "endUser" from job_content
where job_id = any($3::text[]) and account_id = $1 and environment = $2 and end_user is not null
union all
select job_id, pseudonym from erased_end_user where job_id = any($3::text[]) and account_id = $1 and environment = $2`;

/** Whom jobs were made for; an erasure leaves a pseudonym of them. */
export async function endUsersOf(
  database: Database,
  { accountId, environment }: Scope,
  jobIds: readonly string[],
): Promise<JobEndUser[]> {
  return (
    await database.query<JobEndUser>({ name: 'end_users', text: READ, values: [accountId, environment, [...jobIds]] })
  ).rows;
}
