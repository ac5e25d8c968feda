import type { Logger } from '../log/logger';
import { startLoop, type Loop } from '../lifecycle/loop';
import { observeBuild } from '../version';
import {
  databaseConnections,
  databaseConnectionsMax,
  databaseDeadTuples,
  databaseServerConnections,
  databaseSize,
  databaseTableSize,
  databaseTransactionAge,
  databaseXminAge,
} from '../metrics/metrics';

/** As much of a connection pool as is needed here. */
interface Queryable {
  query(statement: { name: string; text: string }): Promise<{ rows: Record<string, unknown>[] }>;
}

const EVERY_MS = 15_000;
/** What all smaller tables together are called. */
const OTHERS = 'others';

const CONNECTIONS = `
select s.state, count(a.pid)::float8 as connections
from unnest(array['active', 'idle', 'idle in transaction']) as s (state)
left join pg_stat_activity a on a.datname = current_database() and a.state = s.state group by s.state`;

/**
 * A snapshot of another database on the server does not keep rows of this one alive; replication slots of any do. The sessions of
 * other services are counted from `pg_stat_database`: of their rows in `pg_stat_activity` a role without rights sees next to nothing.
 */
const AGES = `
select coalesce(max(age(backend_xmin)) filter (where pid <> pg_backend_pid()), 0)::float8 as xmin_age,
  coalesce(extract(epoch from clock_timestamp() - min(xact_start) filter (where pid <> pg_backend_pid())), 0)::float8 as transaction_seconds,
  pg_database_size(current_database())::float8 as size_bytes, current_setting('max_connections')::float8 as connections_max,
  (select sum(numbackends) from pg_stat_database)::float8 as server_connections
from pg_stat_activity where datname = current_database()`;

const DEAD_TUPLES = `
select case when n_dead_tup >= 1000 then relname else '${OTHERS}' end as "table", sum(n_dead_tup)::float8 as dead
from pg_stat_user_tables group by 1`;

const TABLE_SIZES = `
select case when bytes >= 10485760 then relname else '${OTHERS}' end as "table", sum(bytes)::float8 as bytes
from (select relname, pg_total_relation_size(relid) as bytes from pg_stat_user_tables) as t group by 1`;

/** What operators watch of a service's database, from the statistics views and without a right that the service does not have. */
export function observeDatabase(name: string, database: Queryable, logger: Logger): Loop {
  return startLoop({
    name: `${name}_database_metrics`,
    everyMs: EVERY_MS,
    work: () => observeOnce(name, database),
    logger,
  });
}

async function observeOnce(name: string, database: Queryable): Promise<void> {
  const labels = { database: name };
  const {
    rows: [schema],
  } = await database.query({ name: 'observe_schema_level', text: 'select level from schema_level' });
  observeBuild(name, Number(schema!.level));
  const {
    rows: [ages],
  } = await database.query({ name: 'observe_ages', text: AGES });
  databaseXminAge.set(labels, Number(ages!.xmin_age));
  databaseTransactionAge.set(labels, Number(ages!.transaction_seconds));
  databaseSize.set(labels, Number(ages!.size_bytes));
  databaseConnectionsMax.set(labels, Number(ages!.connections_max));
  databaseServerConnections.set(labels, Number(ages!.server_connections));
  const connections = await database.query({ name: 'observe_connections', text: CONNECTIONS });
  for (const row of connections.rows)
    databaseConnections.set({ ...labels, state: String(row.state) }, Number(row.connections));
  const tables = await database.query({ name: 'observe_dead_tuples', text: DEAD_TUPLES });
  await forgetTables(name, databaseDeadTuples);
  for (const row of tables.rows) databaseDeadTuples.set({ ...labels, table: String(row.table) }, Number(row.dead));
  const sizes = await database.query({ name: 'observe_table_sizes', text: TABLE_SIZES });
  await forgetTables(name, databaseTableSize);
  for (const row of sizes.rows) databaseTableSize.set({ ...labels, table: String(row.table) }, Number(row.bytes));
}

/** A table that was vacuumed, or shrank, is among the others again. */
async function forgetTables(name: string, gauge: typeof databaseDeadTuples): Promise<void> {
  for (const { labels } of (await gauge.get()).values) if (labels.database === name) gauge.remove(labels);
  gauge.set({ database: name, table: OTHERS }, 0);
}
