import { inTransaction, type Database } from '@usvideo/event-store';
import { type Logger } from '@usvideo/runtime';
import { counterDrift } from '../metrics';

/**
 * One snapshot sees every transaction whole, so a difference here is a fault and not a move under way. A job whose submission
 * is being authorized is admitted and has no row in the queue yet.
 */
const DRIFTED = `
with rows as (
  select account_id, environment, count(*) filter (where state = 'leased') as running, count(*) filter (where state = 'queued') as queued
  from job_queue group by 1, 2
), reserved as (
  select account_id, environment, count(*) as reserved from submission where state = 'authorizing' group by 1, 2
)
select s.account_id, s.environment, s.running, s.departed, coalesce(r.running, 0)::integer as true_running,
  coalesce(a.admitted, 0) - coalesce(r.queued, 0) - coalesce(v.reserved, 0) as true_departed
from account_slot s
left join rows r on r.account_id = s.account_id and r.environment = s.environment
left join reserved v on v.account_id = s.account_id and v.environment = s.environment
left join admission a on a.account_id = s.account_id and a.environment = s.environment
where (s.running <> coalesce(r.running, 0) or s.departed <> coalesce(a.admitted, 0) - coalesce(r.queued, 0) - coalesce(v.reserved, 0))`;

const REPAIR = `
update account_slot s set running = d.true_running, departed = d.true_departed
from (${DRIFTED} and s.account_id = $1 and s.environment = $2) d
where s.account_id = d.account_id and s.environment = d.environment`;

interface DriftRow {
  account_id: string;
  environment: string;
  running: number;
  departed: bigint;
  true_running: number;
  true_departed: bigint;
}

/** Makes the counters of the accounts equal to the rows they count. A drift is a defect of ours: it is logged and counted. */
export async function repairDrift(database: Database, logger: Logger): Promise<void> {
  const { rows } = await database.query<DriftRow>({ name: 'slot_drift', text: DRIFTED });
  for (const row of rows) {
    const repaired = await repair(database, row.account_id, row.environment);
    if (!repaired) continue;
    counterDrift.inc();
    logger.error(
      {
        account: row.account_id,
        environment: row.environment,
        running: row.running,
        trueRunning: row.true_running,
        departed: String(row.departed),
        trueDeparted: String(row.true_departed),
      },
      'the counters of an account differed from its rows',
    );
  }
}

/** Looks again under the lock of the account, in a statement after the one that locked it. */
async function repair(database: Database, accountId: string, environment: string): Promise<boolean> {
  return inTransaction(database, async (tx) => {
    await tx.query({
      name: 'slot_lock',
      text: 'select from account_slot where account_id = $1 and environment = $2 for update',
      values: [accountId, environment],
    });
    const result = await tx.query({ name: 'slot_repair', text: REPAIR, values: [accountId, environment] });
    return result.rowCount === 1;
  });
}
