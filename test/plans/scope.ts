import type { Database } from '@usvideo/event-store';

/** The columns that say whose a row is, of the tables that have them. */
export async function ownersOf(database: Database): Promise<Map<string, string[]>> {
  const { rows } = await database.query<{ table: string; column: string }>(`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and column_name in ('account_id', 'environment') order by 1, 2`);
  return new Map([...Map.groupBy(rows, ({ table }) => table)].map(([table, of]) => [table, of.map(({ column }) => column)]));
}

/** The columns of owner that a statement leaves open for one of its tables: it means everybody's rows, or those of both environments. */
export function leftOpen(sql: string, owners: ReadonlyMap<string, readonly string[]>): string[] {
  const text = sql.toLowerCase();
  const tables = new Set([...text.matchAll(/\b(?:from|join|update|into)\s+(?:only\s+)?([a-z_]+)/g)].map(([, table]) => table!));
  const needed = new Set([...tables].flatMap((table) => owners.get(table) ?? []));
  return [...needed].filter((column) => !namesIn(column).some((pattern) => pattern.test(text)));
}

/** Compared, joined on, or written. */
function namesIn(column: string): RegExp[] {
  return [
    new RegExp(`\\b${column}\\s*(=|>|<)`), new RegExp(`\\busing\\s*\\([^)]*\\b${column}\\b`), new RegExp(`\\([^()]*\\b${column}\\b[^()]*\\)\\s*(=|in\\b|>|<)`),
    new RegExp(`\\binto\\s+[a-z_]+(\\s+as\\s+[a-z_]+)?\\s*\\([^)]*\\b${column}\\b`),
  ];
}
