import type { Revenue } from '@usvideo/contracts/ledger';
import type { RenderTime } from '@usvideo/contracts/scheduler';

/** What one account, model or day brought in and what rendering for it cost. */
export interface BusinessRow {
  /** Each empty unless rows are kept apart by it. */
  readonly day: string;
  readonly accountId: string;
  readonly model: string;
  readonly chargedJobs: bigint;
  readonly videoSeconds: bigint;
  readonly chargedMicros: bigint;
  readonly refundedMicros: bigint;
  readonly completedJobs: bigint;
  readonly otherJobs: bigint;
  readonly attempts: bigint;
  readonly slotMs: bigint;
  readonly productiveMs: bigint;
}

const NOTHING = {
  chargedJobs: 0n,
  videoSeconds: 0n,
  chargedMicros: 0n,
  refundedMicros: 0n,
  completedJobs: 0n,
  otherJobs: 0n,
  attempts: 0n,
  slotMs: 0n,
  productiveMs: 0n,
};

type Key = Pick<BusinessRow, 'day' | 'accountId' | 'model'>;

/** Joins the ledger's sums with the scheduler's, in their order: what was rendered and never charged stands in it too. */
export function businessRows(revenues: readonly Revenue[], times: readonly RenderTime[]): BusinessRow[] {
  const rows = new Map<string, BusinessRow>();
  const add = ({ day, accountId, model }: Key, sums: Partial<BusinessRow>) => {
    const key = JSON.stringify([day, accountId, model]);
    rows.set(key, { ...(rows.get(key) ?? { day, accountId, model, ...NOTHING }), ...sums });
  };
  for (const { jobs, seconds, chargedMicros, refundedMicros, ...key } of revenues)
    add(key, { chargedJobs: jobs, videoSeconds: seconds, chargedMicros, refundedMicros });
  for (const { completedJobs, otherJobs, attempts, slotMs, productiveMs, ...key } of times)
    add(key, { completedJobs, otherJobs, attempts, slotMs, productiveMs });
  return [...rows.values()].sort(
    (a, b) => compare(a.day, b.day) || compare(a.accountId, b.accountId) || compare(a.model, b.model),
  );
}

export function totalOf(rows: readonly BusinessRow[]): BusinessRow {
  const total: BusinessRow = { day: '', accountId: '', model: '', ...NOTHING };
  return rows.reduce((sum, row) => {
    const added = Object.keys(NOTHING).map((name) => {
      const field = name as keyof typeof NOTHING;
      return [field, sum[field] + row[field]];
    });
    return { ...sum, ...Object.fromEntries(added) } as BusinessRow;
  }, total);
}

/** What the slots cost, to the nearest micro-dollar; undefined where nobody said what a second of one costs. */
export function costMicrosOf({ slotMs }: BusinessRow, slotSecondMicros: bigint | undefined): bigint | undefined {
  return slotSecondMicros === undefined ? undefined : (slotMs * slotSecondMicros + 500n) / 1_000n;
}

/** What is left of the charges once refunds and slots are paid. */
export function marginMicrosOf(row: BusinessRow, slotSecondMicros: bigint | undefined): bigint | undefined {
  const cost = costMicrosOf(row, slotSecondMicros);
  return cost === undefined ? undefined : row.chargedMicros - row.refundedMicros - cost;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
