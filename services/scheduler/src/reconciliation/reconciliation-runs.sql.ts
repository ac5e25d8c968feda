import type { ReconciliationRun } from '@usvideo/contracts/scheduler';
import { inTransaction, type Database } from '@usvideo/event-store';
import type { ReconciliationReport } from './reconciler.client';

const KEPT = 100;
const INSERT = `
insert into reconciliation_run (started_at, ended_at, grace_seconds, jobs_checked, holds_checked, under_way, differences)
values ($1, $2, $3, $4, $5, $6, $7)`;
const FORGET = `delete from reconciliation_run where run_id <= (select max(run_id) from reconciliation_run) - ${KEPT}`;
const LIST = `
select started_at, ended_at, grace_seconds, jobs_checked, holds_checked, under_way, differences
from reconciliation_run order by run_id desc limit $1`;

/** The newest hundred are kept. */
export async function keepRun(
  database: Database,
  startedAt: Date,
  graceSeconds: number,
  { jobsChecked, holdsChecked, underWay, differences }: ReconciliationReport,
): Promise<void> {
  await inTransaction(database, async (tx, endedAt) => {
    const values = [startedAt, endedAt, graceSeconds, jobsChecked, holdsChecked, underWay, differences];
    await tx.query({ name: 'reconciliation_keep', text: INSERT, values });
    await tx.query({ name: 'reconciliation_forget', text: FORGET });
  });
}

/** Newest first. */
export async function listRuns(database: Database, limit: number): Promise<ReconciliationRun[]> {
  const { rows } = await database.query<{
    started_at: Date;
    ended_at: Date;
    grace_seconds: number;
    jobs_checked: bigint;
    holds_checked: bigint;
    under_way: bigint;
    differences: string[];
  }>({ name: 'reconciliation_list', text: LIST, values: [limit] });
  return rows.map((row) => ({
    startedAt: row.started_at,
    endedAt: row.ended_at,
    graceSeconds: row.grace_seconds,
    found: {
      jobsChecked: row.jobs_checked,
      holdsChecked: row.holds_checked,
      underWay: row.under_way,
      differences: row.differences,
    },
  }));
}
