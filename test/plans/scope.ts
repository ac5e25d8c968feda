import type { Database } from '@usvideo/event-store';

export interface Owned {
  /** That say whose a row is. */
  readonly columns: readonly string[];
  /** Each of which names one row. */
  readonly keys: readonly (readonly string[])[];
}

/** The tables whose rows are somebody's. */
export async function ownersOf(database: Database): Promise<Map<string, Owned>> {
  const { rows } = await database.query<{ table: string; columns: string[]; keys: string[][] | null }>(`
    select c.table_name as table, array_agg(c.column_name::text order by 1) as columns, (
      select jsonb_agg((select jsonb_agg(a.attname) from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey::smallint[])))
      from pg_index i where i.indrelid = ('public.' || quote_ident(c.table_name))::regclass and i.indisunique and i.indpred is null and i.indexprs is null) as keys
    from information_schema.columns c where c.table_schema = 'public' and c.column_name in ('account_id', 'environment') group by 1`);
  return new Map(rows.map(({ table, columns, keys }) => [table, { columns, keys: keys ?? [] }]));
}

/**
 * The columns of owner that a statement leaves open in one of its tables, queries within it included: it means everybody's rows, or
 * those of both environments. A row that is named by the whole key that another table's row has is whose that one is.
 */
export function leftOpen(sql: string, owners: ReadonlyMap<string, Owned>): string[] {
  const open = queriesIn(sql.replaceAll(/\/\*.*?\*\/|--.*$/gm, ' ').toLowerCase()).flatMap((query) =>
    openIn(query, owners),
  );
  return [...new Set(open)].sort();
}

const BEGINS_QUERY = /^\s*(select|with|insert|update|delete)\b/;

/** A statement and the queries in its parentheses, each without those within it. */
function queriesIn(sql: string): string[] {
  const found: string[] = [];
  const open: string[] = [''];
  for (const character of sql) {
    if (character === '(') open.push('');
    else if (character === ')' && open.length > 1) {
      const inner = open.pop()!;
      if (BEGINS_QUERY.test(inner)) found.push(inner);
      open[open.length - 1] += BEGINS_QUERY.test(inner) ? '(…)' : `(${inner})`;
    } else open[open.length - 1] += character;
  }
  return [...open, ...found].flatMap((query) => query.split(/\bunion(?:\s+all)?\b/));
}

const KEYWORDS =
  'where|on|set|using|left|right|inner|cross|join|order|group|limit|offset|for|select|values|returning|union|window|having|from|and|default|with';
const ANOTHER = new RegExp(`^(?!(?:${KEYWORDS})\\b)[a-z_]+`);

interface Mention {
  readonly table: string;
  readonly name: string;
}

function tablesOf(query: string): Mention[] {
  const lists = query.matchAll(
    new RegExp(
      `\\b(?:from|join|update|into|using)\\s+(?:only\\s+|lateral\\s+)?((?:(?!\\b(?:${KEYWORDS})\\b)[^;])+)`,
      'g',
    ),
  );
  return [...lists]
    .flatMap(([, list]) => list!.split(','))
    .flatMap((item): Mention[] => {
      const [table, ...rest] = item.trim().split(/\s+/);
      if (table === undefined || !ANOTHER.test(table)) return [];
      const alias = rest[0] === 'as' ? rest[1] : rest[0];
      return [{ table, name: alias !== undefined && ANOTHER.test(alias) ? ANOTHER.exec(alias)![0] : table }];
    });
}

function openIn(query: string, owners: ReadonlyMap<string, Owned>): string[] {
  const owned = tablesOf(query).filter(({ table }) => owners.has(table));
  const openOf = ({ table, name }: Mention) =>
    owners.get(table)!.columns.filter((column) => {
      const isAlone = owned.filter((other) => owners.get(other.table)!.columns.includes(column)).length === 1;
      return !namedIn(query, name, column) && !(isAlone && namedIn(query, '', column));
    });
  const closed = new Set(owned.filter((mention) => openOf(mention).length === 0));
  const follows = ({ table, name }: Mention) =>
    owners
      .get(table)!
      .keys.some((key) =>
        [...closed].some((other) => key.every((column) => isJoined(query, name, column, other.name))),
      );
  for (let before = -1; before < closed.size;) {
    before = closed.size;
    for (const mention of owned) if (!closed.has(mention) && follows(mention)) closed.add(mention);
  }
  return owned.filter((mention) => !closed.has(mention)).flatMap(openOf);
}

function isJoined(query: string, name: string, column: string, other: string): boolean {
  return new RegExp(
    `\\b${name}\\.${column}\\s*=\\s*${other}\\.|\\b${other}\\.\\w+\\s*=\\s*${name}\\.${column}\\b|\\busing\\s*\\([^)]*\\b${column}\\b`,
  ).test(query);
}

/** Compared, joined on, or written. */
function namedIn(query: string, name: string, column: string): boolean {
  const it = name === '' ? `(?<![.\\w])${column}\\b` : `\\b${name}\\.${column}\\b`;
  return [
    `${it}\\s*(?:=|>|<|in\\b|is\\b)`,
    `(?:=|>|<)\\s*${it}`,
    `\\([^()]*${it}[^()]*\\)\\s*(?:=|in\\b|>|<)`,
    `(?:=|>|<|\\bin)\\s*\\([^()]*${it}`,
    `\\busing\\s*\\([^)]*\\b${column}\\b`,
    `\\binto\\s+[a-z_]+(?:\\s+as\\s+[a-z_]+)?\\s*\\([^)]*(?<![.\\w])${column}\\b`,
  ].some((pattern) => new RegExp(pattern).test(query));
}
