import type { Database } from '@usvideo/event-store';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * How a statement would walk through tables that only grow, whatever its parameters are: a scan of a whole table, or of a whole index
 * over all of it with no limit above. Empty: its cost does not grow with history.
 */
export async function widescansOf(
  database: Database,
  sql: string,
  growing: ReadonlySet<string>,
  partial: ReadonlySet<string>,
): Promise<string[]> {
  const { rows } = await database.query<{ 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }] }>(
    `explain (generic_plan, format json) ${sql}`,
  );
  return scansOf(rows[0]!['QUERY PLAN'][0].Plan, growing, partial, false);
}

function scansOf(
  node: PlanNode,
  growing: ReadonlySet<string>,
  partial: ReadonlySet<string>,
  isLimited: boolean,
): string[] {
  const {
    'Node Type': type,
    'Relation Name': table,
    'Index Name': index,
    'Index Cond': condition,
    Plans: below = [],
  } = node;
  const limited = isLimited || type === 'Limit';
  const found: string[] = [];
  if (type.endsWith('Seq Scan') && growing.has(table!)) found.push(`${type} of ${table}`);
  const isWhole = index !== undefined && condition === undefined && !partial.has(index) && !limited;
  if (isWhole && (table === undefined || growing.has(table))) found.push(`${type} through all of ${index}`);
  return [...found, ...below.flatMap((one) => scansOf(one, growing, partial, limited))];
}

/** Indexes over the few rows that still matter. */
export async function partialIndexes(database: Database): Promise<Set<string>> {
  const { rows } = await database.query<{ name: string }>(
    'select indexrelid::regclass::text as name from pg_index where indpred is not null',
  );
  return new Set(rows.map(({ name }) => name));
}
