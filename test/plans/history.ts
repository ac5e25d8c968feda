import type { Database } from '@usvideo/event-store';

/** Enough that PostgreSQL decides as it would for millions, and made in a second per table; PLANS_ROWS=1000000 is a million jobs. */
const ROWS = Number(process.env.PLANS_ROWS ?? 40_000);
/** A statement may take 30 s. */
const ROWS_AT_ONCE = 50_000;
const ROWS_OF_NOW = 300;
/** Tables of which a whole slice is sought at once: fewer rows would be read faster whole. */
const MORE_ROWS: Readonly<Record<string, number>> = { delivery_attempt: 5 * ROWS };
const ACCOUNTS = 2_000;

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** Values of the i-th row: of columns that share a name, and of those that decide which index serves. */
const VALUES: Readonly<Record<string, string>> = {
  account_id: `'acc_' || i % ${ACCOUNTS}`,
  environment: "case when i % 10 = 0 then 'test' else 'live' end",
  shard: 'i % 16',
  shard_seq: 'i / 16',
  'event.stream_id': `'acc_' || i % ${ACCOUNTS}`,
  'event.version': `i / ${ACCOUNTS}`,
  'event.kind': "case when i % 100 = 0 then 'funds_added' else 'hold_placed' end",
  'ledger_account.account_id': "'acc_' || i",
  'hold.state': "case when i % 500 = 0 then 'pending' else 'captured' end",
  'entry.version': `i / ${ACCOUNTS}`,
  'signed_head.sequence': `i / ${ACCOUNTS}`,
  'signed_account.account_id': "'acc_' || i",
  'signed_account.sequence': 'i / 50',
  'signed_node.level': '0',
  'top_up.status': "'completed'",
  'natural_key.kind': "case when i % 50 = 0 then 'adjustment' else 'refund' end",
  'job.state': "case when i % 500 = 0 then 'queued' else 'completed' end",
  'job.settled_at': 'case when i % 500 = 0 then null else now() end',
  'job.ended_at': "case when i % 500 = 0 then null else now() - i * interval '7 seconds' end",
  'job_content.end_user': "'user_' || i % 700",
  'submission.state': "case when i % 500 = 0 then 'authorizing' else 'submitted' end",
  'account_slot.account_id': "'acc_' || i",
  'account_slot.concurrent_jobs': 'case when i % 500 = 1 then 50 else 10 end',
  'account_class.account_id': "'acc_' || i",
  'admission.account_id': "'acc_' || i",
  'rate_limit.account_id': "'acc_' || i",
  'account_class.active': 'i % 500 = 0',
  'job_queue.state': "'queued'",
  'delivery.status': "case when i % 500 = 0 then 'pending' else 'delivered' end",
  'delivery.next_attempt_at': "case when i % 500 = 0 then now() - i * interval '1 second' end",
  'delivery.lease_until': 'null',
  'delivery.endpoint_id': "'endpoint_' || i % 500",
  'delivery.redelivery_of': 'null',
  'destination.next_due_at': 'case when i % 500 = 0 then now() end',
  'destination.broken_since': 'null',
  'feed_event.seq': `i / ${ACCOUNTS}`,
  'feed_head.account_id': "'acc_' || i",
  'endpoint.enabled': 'true',
  'signing_secret.ends_at': 'null',
  'account.account_id': "'acc_' || i",
};

const BY_TYPE: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `'${column}_' || i`,
  bigint: () => 'i',
  integer: () => 'i % 1000',
  smallint: () => 'i % 100',
  boolean: () => 'false',
  bytea: () => 'sha256(i::text::bytea)',
  'timestamp with time zone': () => "now() - i * interval '7 seconds'",
  date: () => 'current_date - i % 90',
  jsonb: () => "'{}'::jsonb",
  ARRAY: () => "'{}'",
  'double precision': () => 'i',
  numeric: () => 'i',
};

/**
 * Fills every table with a long history, those of what is there now with a few rows.
 * @param now tables that do not grow with history
 */
export async function makeHistory(database: Database, now: ReadonlySet<string>): Promise<Set<string>> {
  const { rows: constraints } = await database.query<{ table: string; name: string }>(`
    select conrelid::regclass::text as table, conname as name from pg_constraint where contype in ('c', 'f') and connamespace = 'public'::regnamespace`);
  for (const { table, name } of constraints) await database.query(`alter table ${table} drop constraint ${name}`);
  const { rows: columns } = await database.query<Column>(`
    select c.table_name as table, c.column_name as column, c.data_type as type from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' and c.table_name <> 'schema_migration' order by c.table_name, c.ordinal_position`);
  const tables = Map.groupBy(columns, ({ table }) => table);
  for (const [table, ofTable] of tables)
    await fill(database, table, ofTable, now.has(table) ? ROWS_OF_NOW : (MORE_ROWS[table] ?? ROWS));
  for (const table of tables.keys()) await database.query(`vacuum analyze ${table}`);
  return new Set([...tables.keys()].filter((table) => !now.has(table)));
}

async function fill(database: Database, table: string, columns: readonly Column[], count: number): Promise<void> {
  const values = columns.map(
    ({ column, type }) => VALUES[`${table}.${column}`] ?? VALUES[column] ?? BY_TYPE[type]?.(column) ?? 'null',
  );
  for (let first = 1; first <= count; first += ROWS_AT_ONCE) {
    const last = Math.min(count, first + ROWS_AT_ONCE - 1);
    await database.query(`
      begin; set local session_replication_role = replica; set local synchronous_commit = off;
      insert into ${table} (${columns.map(({ column }) => `"${column}"`).join(', ')}) select ${values.join(', ')} from generate_series(${first}, ${last}) as i on conflict do nothing;
      commit`);
  }
}
