import { WriterLane, type Database, type Transaction } from '@usvideo/event-store';
import { burstMicros, emissionMicros, rateDecision, type RateSpending, type RateDecision } from './rate';
import type { Environment } from '../job/job';

export type RatePolicy = 'creates' | 'reads';

export interface RateCheck {
  readonly accountId: string;
  readonly environment: Environment;
  readonly policy: RatePolicy;
}

/**
 * GCRA for several requests of each account at once. The clock is the database's, read before the row lock is waited for: that
 * can only refuse a little more. `$7` stands in for the clock in tests. The expressions read the row as it is once it is locked.
 */
const SPEND = `
with clock as materialized (
  select coalesce($7::bigint, (extract(epoch from clock_timestamp()) * 1000000)::bigint) as at
), wanted as materialized (
  select n.*, clock.at from clock, unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[])
    as n (account_id, environment, policy, asked, emission, burst)
)
update rate_limit r
set (tat_micros, granted, checked_micros) = (
  select base + granted * n.emission, granted, n.at
  from (select greatest(r.tat_micros, n.at) as base) b,
  lateral (select least(n.asked, greatest(0, (n.burst - (base - n.at)) / n.emission))::integer as granted) g
)
from wanted n
where r.account_id = n.account_id and r.environment = n.environment and r.policy = n.policy
returning r.account_id, r.environment, r.policy, r.tat_micros, r.granted, r.checked_micros`;

const ADD_ROWS = `
insert into rate_limit (account_id, environment, policy)
select * from unnest($1::text[], $2::text[], $3::text[]) order by 1, 2, 3
on conflict do nothing`;

const READ_LIMITS = `
select account_id, environment, creates_per_minute, reads_per_minute
from account_slot join unnest($1::text[], $2::text[]) as n (account_id, environment) using (account_id, environment)`;

/** What an account without a row of its own may do: the plan standard. */
const DEFAULT_PER_MINUTE: Readonly<Record<RatePolicy, number>> = { creates: 300, reads: 3_000 };

interface Asked {
  readonly check: RateCheck;
  readonly indexes: number[];
}

type LimitOf = (check: RateCheck) => number;

/**
 * Spends one request per check, in order, and answers them in the same order. The rows stay locked until the transaction ends.
 * @param limitOf the limits per minute; `readLimits` knows them.
 * @param atMicros stands in for the database's clock in tests.
 */
export async function spendRates(
  tx: Transaction,
  checks: readonly RateCheck[],
  limitOf: LimitOf,
  atMicros?: bigint,
): Promise<RateDecision[]> {
  const asked = new Map<string, Asked>();
  checks.forEach((check, index) => {
    const known = asked.get(keyOf(check));
    if (known) known.indexes.push(index);
    else asked.set(keyOf(check), { check, indexes: [index] });
  });
  const spent = await spend(tx, [...asked.values()], limitOf, atMicros);
  const decisions: RateDecision[] = [];
  for (const [key, { indexes }] of asked)
    indexes.forEach((index, order) => {
      decisions[index] = rateDecision(spent.get(key)!, order);
    });
  return decisions;
}

/** The limits of these accounts as they are now. */
export async function readLimits(tx: Transaction, checks: readonly RateCheck[]): Promise<LimitOf> {
  const { rows } = await tx.query<{
    account_id: string;
    environment: Environment;
    creates_per_minute: number;
    reads_per_minute: number;
  }>({
    name: 'rate_limits',
    text: READ_LIMITS,
    values: [checks.map((check) => check.accountId), checks.map((check) => check.environment)],
  });
  const found = new Map(
    rows.flatMap((row) =>
      (['creates', 'reads'] as const).map((policy) => [
        keyOf({ accountId: row.account_id, environment: row.environment, policy }),
        policy === 'creates' ? row.creates_per_minute : row.reads_per_minute,
      ]),
    ),
  );
  return (check) => found.get(keyOf(check)) ?? DEFAULT_PER_MINUTE[check.policy];
}

async function spend(
  tx: Transaction,
  asked: Asked[],
  limitOf: LimitOf,
  atMicros?: bigint,
): Promise<Map<string, RateSpending>> {
  const spent = await spendKnown(tx, asked, limitOf, atMicros);
  // An account is new, or the unlogged table was emptied by a crash.
  const missing = asked.filter(({ check }) => !spent.has(keyOf(check)));
  if (missing.length === 0) return spent;
  await tx.query({ name: 'rate_add', text: ADD_ROWS, values: keyColumns(missing) });
  return new Map([...spent, ...(await spendKnown(tx, missing, limitOf, atMicros))]);
}

interface SpentRow {
  account_id: string;
  environment: Environment;
  policy: RatePolicy;
  tat_micros: bigint;
  granted: number;
  checked_micros: bigint;
}

async function spendKnown(
  tx: Transaction,
  asked: Asked[],
  limitOf: LimitOf,
  atMicros?: bigint,
): Promise<Map<string, RateSpending>> {
  const ordered = [...asked].sort((a, b) => (keyOf(a.check) < keyOf(b.check) ? -1 : 1));
  const limits = ordered.map(({ check }) => limitOf(check));
  const { rows } = await tx.query<SpentRow>({
    name: 'rate_spend',
    text: SPEND,
    values: [
      ...keyColumns(ordered),
      ordered.map(({ indexes }) => indexes.length),
      limits.map(emissionMicros),
      limits.map(burstMicros),
      atMicros ?? null,
    ],
  });
  return new Map(
    rows.map((row) => {
      const check = { accountId: row.account_id, environment: row.environment, policy: row.policy };
      return [
        keyOf(check),
        {
          limitPerMinute: limitOf(check),
          granted: row.granted,
          tatMicros: row.tat_micros,
          atMicros: row.checked_micros,
        },
      ];
    }),
  );
}

function keyColumns(asked: readonly Asked[]): string[][] {
  return [
    asked.map(({ check }) => check.accountId),
    asked.map(({ check }) => check.environment),
    asked.map(({ check }) => check.policy),
  ];
}

function keyOf({ accountId, environment, policy }: RateCheck): string {
  return `${accountId}/${environment}/${policy}`;
}

/** The checks of one tick share a transaction; the answer is exact across replicas. */
export class RateLimiter {
  private readonly lane: WriterLane<RateCheck, RateDecision>;

  constructor(database: Database) {
    this.lane = new WriterLane({
      database,
      attemptsMax: 3,
      keyOf: ({ accountId }) => accountId,
      apply: async (tx, opening, checks) => {
        await opening;
        return spendRates(tx, checks, await readLimits(tx, checks));
      },
    });
  }

  check(check: RateCheck): Promise<RateDecision> {
    return this.lane.submit(check);
  }

  settled(): Promise<void> {
    return this.lane.settled();
  }
}
