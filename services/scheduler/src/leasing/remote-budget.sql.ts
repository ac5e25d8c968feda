import type { Database, Transaction } from '@usvideo/event-store';
import { remoteCostMicros, type RemoteEngines } from '../catalogue/remote-engines';
import type { StoredJob } from '../job/job-row';
import type { RemoteOutcome } from './remote-outcome';

const OPEN_DAY = 'insert into remote_day (day) values ($1::date) on conflict do nothing';

/** Whoever spends holds the day's row until the commit: no two claims see the same money. */
const LOCK_DAY = 'select spent_micros from remote_day where day = $1::date for update';

const SPEND = 'update remote_day set spent_micros = spent_micros + $2, attempts = attempts + $3 where day = $1::date';

/**
 * Pays for as many of these jobs, in their order, as the rest of the day's budget allows. In the lock order the day comes after
 * jobs, queue rows, accounts and classes, and before shard heads.
 * @returns what each of those costs
 */
export async function payRemote(
  tx: Transaction,
  now: Date,
  jobs: readonly StoredJob[],
  { models, dailyBudgetMicros }: RemoteEngines,
): Promise<Map<string, bigint>> {
  const paid = new Map<string, bigint>();
  if (jobs.length === 0 || dailyBudgetMicros <= 0n) return paid;
  const day = dayOf(now);
  await tx.query({ name: 'remote_day_open', text: OPEN_DAY, values: [day] });
  const { rows } = await tx.query<{ spent_micros: bigint }>({ name: 'remote_day_lock', text: LOCK_DAY, values: [day] });
  const spentBefore = rows[0]!.spent_micros;
  let spent = spentBefore;
  for (const { jobId, state } of jobs) {
    const cost = remoteCostMicros(models, state.terms);
    if (cost === undefined || spent + cost > dailyBudgetMicros) continue;
    paid.set(jobId, cost);
    spent += cost;
  }
  if (paid.size > 0)
    await tx.query({ name: 'remote_day_spend', text: SPEND, values: [day, spent - spentBefore, paid.size] });
  return paid;
}

/** Days are locked in their order, as everybody does who locks several. */
const SETTLE_DAYS = `
with settled as (
  select d.day, n.returned, n.attempts, n.charged, n.videos
  from remote_day d
  join unnest($1::date[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as n (day, returned, attempts, charged, videos) on n.day = d.day
  order by d.day
  for update of d
)
update remote_day d set spent_micros = d.spent_micros - s.returned, attempts = d.attempts - s.attempts,
  charged_micros = d.charged_micros + s.charged, videos = d.videos + s.videos
from settled s where d.day = s.day`;

export async function settleRemote(tx: Transaction, outcomes: readonly RemoteOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const days = [...Map.groupBy(outcomes, ({ leasedAt }) => dayOf(leasedAt))].map(([day, ended]) => ({
    day,
    returned: ended.reduce((sum, { returnedMicros }) => sum + returnedMicros, 0n),
    attempts: ended.filter(({ returnedMicros }) => returnedMicros > 0n).length,
    charged: ended.reduce((sum, { chargedMicros }) => sum + chargedMicros, 0n),
    videos: ended.filter(({ chargedMicros }) => chargedMicros > 0n).length,
  }));
  await tx.query({
    name: 'remote_day_settle',
    text: SETTLE_DAYS,
    values: [
      days.map(({ day }) => day),
      days.map(({ returned }) => returned),
      days.map(({ attempts }) => attempts),
      days.map(({ charged }) => charged),
      days.map(({ videos }) => videos),
    ],
  });
}

const READ_DAY =
  "select spent_micros, charged_micros from remote_day where day = (clock_timestamp() at time zone 'utc')::date";

/** Today, by the database's clock. */
export async function remoteDayOf(
  database: Database,
): Promise<{ readonly spentMicros: bigint; readonly chargedMicros: bigint }> {
  const { rows } = await database.query<{ spent_micros: bigint; charged_micros: bigint }>({
    name: 'remote_day_read',
    text: READ_DAY,
  });
  return { spentMicros: rows[0]?.spent_micros ?? 0n, chargedMicros: rows[0]?.charged_micros ?? 0n };
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
