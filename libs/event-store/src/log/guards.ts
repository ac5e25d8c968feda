import type { Transaction } from '../database';
import { GUARD_BODY } from './schema';

/** A trigger that keeps what a table holds: every row, or also that it holds any. */
export interface Guard {
  readonly table: string;
  readonly trigger: string;
  readonly against: 'change' | 'truncation';
}

export const EVENT_GUARDS: readonly Guard[] = [
  { table: 'event', trigger: 'event_rows_never_change', against: 'change' },
  { table: 'event', trigger: 'event_table_is_never_truncated', against: 'truncation' },
];

const DEFINITIONS: Record<Guard['against'], readonly [before: string, each: string]> = {
  change: ['DELETE OR UPDATE', 'ROW'],
  truncation: ['TRUNCATE', 'STATEMENT'],
};

const STANDING = `
select c.relname as "table", t.tgname as trigger, pg_get_triggerdef(t.oid, true) as definition
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
where c.relname = any($1::text[]) and t.tgenabled in ('O', 'A') and p.prosrc = $2`;

/** One sentence per guard that is gone, switched off, or not what a migration made: from then on rows can change without a trace here. */
export async function missingGuards(database: Pick<Transaction, 'query'>, guards: readonly Guard[]): Promise<string[]> {
  const { rows } = await database.query<{ table: string; trigger: string; definition: string }>({
    name: 'guards_read',
    text: STANDING,
    values: [[...new Set(guards.map(({ table }) => table))], GUARD_BODY],
  });
  const standing = new Set(rows.map(({ definition }) => definition));
  return guards
    .filter((guard) => !standing.has(definitionOf(guard)))
    .map(
      ({ table, trigger, against }) =>
        `table ${table}: the trigger ${trigger}, which refuses ${against}, is gone, switched off or another.`,
    );
}

/** As PostgreSQL shows it. */
function definitionOf({ table, trigger, against }: Guard): string {
  const [before, each] = DEFINITIONS[against];
  return `CREATE TRIGGER ${trigger} BEFORE ${before} ON ${table} FOR EACH ${each} EXECUTE FUNCTION refuse_change()`;
}
