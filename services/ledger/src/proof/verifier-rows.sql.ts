import { missingGuards, type Guard, type Transaction } from '@usvideo/event-store';
import type { ExpectedRow, Table } from './verifier-expected';

type Row = Record<string, unknown>;

/** Per table: its key, and its rows by arrays of the key's columns. */
const TABLES: Record<Table, { key: readonly string[]; text: string }> = {
  ledger_account: { key: ['account_id'], text: 'select * from ledger_account where account_id = any($1::text[])' },
  hold: { key: ['job_id'], text: 'select * from hold where job_id = any($1::text[])' },
  payment: {
    key: ['account_id', 'payment_ref'],
    text: 'select t.* from payment t join unnest($1::text[], $2::text[]) as k (account_id, payment_ref) using (account_id, payment_ref)',
  },
  natural_key: {
    key: ['account_id', 'kind', 'reference'],
    text: 'select t.* from natural_key t join unnest($1::text[], $2::text[], $3::text[]) as k (account_id, kind, reference) using (account_id, kind, reference)',
  },
  key_cap: {
    key: ['account_id', 'api_key_id'],
    text: 'select t.* from key_cap t join unnest($1::text[], $2::text[]) as k (account_id, api_key_id) using (account_id, api_key_id)',
  },
  daily_usage: {
    key: ['account_id', 'day', 'api_key_id', 'resolution'],
    text: `select t.*, t.day::text as day from daily_usage t
           join unnest($1::text[], $2::date[], $3::text[], $4::text[]) as k (account_id, day, api_key_id, resolution) using (account_id, day, api_key_id, resolution)`,
  },
  statement: {
    key: ['account_id', 'period'],
    text: 'select t.* from statement t join unnest($1::text[], $2::text[]) as k (account_id, period) using (account_id, period)',
  },
  entry: {
    key: ['account_id', 'version'],
    text: 'select t.* from entry t join unnest($1::text[], $2::bigint[]) as k (account_id, version) using (account_id, version)',
  },
  usage: { key: ['job_id'], text: 'select u.*, u.day::text as day from usage u where job_id = any($1::text[])' },
};

/** Compares the expected rows with those of the database; one sentence per difference. */
export async function compareRows(tx: Transaction, expected: readonly ExpectedRow[]): Promise<string[]> {
  const sentences: string[] = [];
  for (const table of Object.keys(TABLES) as Table[]) {
    const rows = expected.filter((row) => row.table === table).map((row) => row.columns);
    if (rows.length > 0) sentences.push(...(await compareTable(tx, table, rows)));
  }
  return sentences;
}

async function compareTable(tx: Transaction, table: Table, expected: readonly Row[]): Promise<string[]> {
  const { key, text } = TABLES[table];
  const values = key.map((column) => expected.map((row) => row[column]));
  const { rows } = await tx.query<Row>({ name: `verify_${table}`, text, values });
  const stored = new Map(rows.map((row) => [nameOf(key, row), row]));
  return expected.flatMap((row) => {
    const name = nameOf(key, row);
    const found = stored.get(name);
    if (found === undefined) return [`${table} has no row for ${name}, which the events require.`];
    return Object.keys(row)
      .filter((column) => shown(row[column]) !== shown(found[column]))
      .map((column) => `${table} ${name}: ${column} is ${shown(found[column])}, the events say ${shown(row[column])}.`);
  });
}

function nameOf(key: readonly string[], row: Row): string {
  return key.map((column) => String(row[column])).join(' ');
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return value === null || value === '' ? 'empty' : String(value);
}

/** Tables, and flags on rows that are counted by themselves: whether no more rows carry them than the events explain. */
export type Counted = Table | 'late_outcome' | 'refunded_hold' | 'refunded_usage';

/** What an expected row counts towards: its table, unless it only says something more about a row that is counted already. */
export function countedAs({ table, columns }: ExpectedRow): Counted {
  if (columns.late_outcome === true) return 'late_outcome';
  if (columns.refunded_micros === undefined || columns.job_id === undefined) return table;
  return table === 'hold' ? 'refunded_hold' : 'refunded_usage';
}

const COUNTS: Record<Counted, string> = {
  ledger_account: 'select count(*) as n from ledger_account where version > 0',
  hold: 'select count(*) as n from hold',
  payment: 'select count(*) as n from payment',
  entry: 'select count(*) as n from entry',
  usage: 'select count(*) as n from usage',
  natural_key: 'select count(*) as n from natural_key',
  key_cap: 'select count(*) as n from key_cap',
  daily_usage: 'select count(*) as n from daily_usage',
  statement: 'select count(*) as n from statement',
  late_outcome: 'select count(*) as n from hold where late_outcome',
  refunded_hold: 'select count(*) as n from hold where refunded_micros <> 0',
  refunded_usage: 'select count(*) as n from usage where refunded_micros <> 0',
};

/** Rows that no event explains: every explained one was found, so the tables are right if their sizes are. */
export async function compareCounts(tx: Transaction, expected: ReadonlyMap<Counted, bigint>): Promise<string[]> {
  const sentences: string[] = [];
  for (const table of Object.keys(COUNTS) as Counted[]) {
    const { rows } = await tx.query<{ n: bigint }>(COUNTS[table]);
    const explained = expected.get(table) ?? 0n;
    if (rows[0]!.n !== explained) sentences.push(`${table} has ${rows[0]!.n} rows, the events explain ${explained}.`);
  }
  return sentences;
}

const EMPTY_ACCOUNTS_WITH_MONEY = `
select account_id from ledger_account
where version = 0 and (available_micros, held_micros, receivable_micros, total_spend_micros, period_charged_micros, period_jobs) <> (0, 0, 0, 0, 0, 0)
order by account_id limit 100`;

/** An account that was only ever refused has a row and no event: it must hold nothing. */
export async function checkEmptyAccounts(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.query<{ account_id: string }>(EMPTY_ACCOUNTS_WITH_MONEY);
  return rows.map((row) => `ledger_account ${row.account_id} holds amounts without any event.`);
}

/** Times that tables take from events, which are recorded in milliseconds. */
const TIMES = [
  ['ledger_account', 'account_id', 'last_recorded_at'],
  ['hold', 'job_id', 'placed_at'],
  ['hold', 'job_id', 'ended_at'],
  ['usage', 'job_id', 'charged_at'],
  ['natural_key', 'reference', 'recorded_at'],
  ['signed_root', 'sequence::text', 'signed_at'],
] as const;

const FINER_TIMES = TIMES.map(
  ([table, key, column]) => `
(select '${table} ' || ${key} || ': ${column} is finer than any event''s time.' as sentence from ${table} where ${column} <> date_trunc('milliseconds', ${column}) limit 100)`,
).join(' union all');

/** A row's time is compared in milliseconds; this finds what that does not see. */
export async function checkTimes(tx: Transaction): Promise<string[]> {
  return (await tx.query<{ sentence: string }>(FINER_TIMES)).rows.map((row) => row.sentence);
}

const UNPAID_TOP_UPS = `
select top_up_id, coalesce(t.payment_ref, '') as payment_ref from top_up t
where t.status = 'completed' and not exists (select from payment p where p.account_id = t.account_id and p.payment_ref = t.payment_ref)
order by top_up_id limit 100`;

/** Money moves before an order is noted as paid, so a paid order has its payment. */
export async function checkTopUps(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.query<{ top_up_id: string; payment_ref: string }>(UNPAID_TOP_UPS);
  return rows.map(
    (row) => `top_up ${row.top_up_id} is completed with payment ${row.payment_ref}, which its account never received.`,
  );
}

/** Besides those of `event`, which the check of the log looks at. */
const GUARDS: readonly Guard[] = [
  { table: 'price', trigger: 'price_rows_never_change', against: 'change' },
  { table: 'price', trigger: 'prices_are_never_truncated', against: 'truncation' },
  { table: 'signed_root', trigger: 'signed_roots_never_change', against: 'change' },
  { table: 'signed_root', trigger: 'signed_roots_are_never_truncated', against: 'truncation' },
  { table: 'signed_head', trigger: 'signed_heads_never_change', against: 'change' },
  { table: 'signed_head', trigger: 'signed_heads_are_never_truncated', against: 'truncation' },
];

/** What is priced or signed can be changed by nobody who does not switch a trigger off first. */
export function checkGuards(tx: Transaction): Promise<string[]> {
  return missingGuards(tx, GUARDS);
}

const POSTINGS_SUM = `
select (select coalesce(sum(available_micros + held_micros - receivable_micros), 0) from ledger_account)
     + (select coalesce(sum(charged_micros - refunded_micros), 0) from usage)
     - (select coalesce(sum(amount_micros - reversed_micros), 0) from payment)
     - (select coalesce(sum(amount_micros), 0) from natural_key where kind = 'adjustment') as micros`;

/** available + held + receivable + revenue - (funding + promotions) - adjustments, each from its own table. */
export async function readPostingsSum(tx: Transaction): Promise<bigint> {
  const { rows } = await tx.query<{ micros: string }>(POSTINGS_SUM);
  return BigInt(rows[0]!.micros);
}
