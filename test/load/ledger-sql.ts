/**
 * The work of a batch of holds as plain SQL: what PostgreSQL does without any code of ours. The same statements over the same
 * columns, as many rows, in the same order of locks: accounts locked and read, job ids looked up, caps read, holds, entries with
 * running balances, events of the same length with SHA-256 over as many bytes, shard heads and accounts moved.
 * It is spared what makes the chain a chain, one hash going into the next, and making ids: it counts them.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Database } from '@usvideo/event-store';

export const BATCH = 256;
const CLIENTS = 2;
/** Of a `HoldPlaced` of the load's terms. */
const PAYLOAD_BYTES = 67;
const PRICE_MICROS = 1_250_000;

/** `sql_0` and so on by shard; each client has the accounts of every other shard, as the ledger's two lanes have. */
const SQL_ACCOUNTS = `
create table sql_account as
select account_id, shard, shard % ${CLIENTS} as half, row_number() over (partition by shard % ${CLIENTS} order by account_id)::integer as place
from (select account_id, (crc32(convert_to(account_id, 'UTF8')) % 16)::smallint as shard from ledger_account where account_id like 'sql\\_%') a`;

export async function prepareSql(database: Database): Promise<void> {
  await database.query(SQL_ACCOUNTS);
  await database.query('create index on sql_account (half, place)');
  await database.query('create index on sql_account (account_id)');
  await database.query('vacuum analyze');
}

const ID = `lpad(:client_id::text, 4, '0') || lpad((:batch::bigint * ${BATCH} + o.at)::text, 8, '0')`;

/** One transaction of 256 holds on one account or many, sent as one group. `:batch` counts the transactions of a client. */
const batchSql = ({ accounts, each }: SqlCase, run: string) => {
  // Every account is looked up once, and then repeated for its holds.
  const ordersOf = (found: string) =>
    `(select a.*, g.n, row_number() over (order by a.account_id, g.n) as at from (${found} offset 0) a, generate_series(1, ${each}) g (n)) o`;
  const orders = ordersOf(accounts);
  const ordersOfAccounts = ordersOf(`select * from (${accounts}) s join ledger_account l using (account_id)`);
  const ordersOfShards = ordersOf(
    `select * from (${accounts}) s join ledger_account l using (account_id) join shard_head h using (shard)`,
  );
  const [jobId, eventId] = [`'job_${run}' || ${ID}`, `'evt_${run}' || ${ID}`];
  return `
begin;
select * from ledger_account where account_id in (select account_id from (${accounts}) a) order by account_id for update;
select * from hold where job_id = any(array(select ${jobId} from generate_series(1, ${BATCH}) o (at)));
select * from key_cap where account_id in (select account_id from (${accounts}) a);
insert into hold (job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version, amount_micros, captured_micros, released_micros, refunded_micros, late_outcome, placed_at, ended_at)
select ${jobId}, o.account_id, 'pending', 'key_1', 'aurora', '720p', 5, 250000, 1, ${PRICE_MICROS}, 0, 0, 0, false, now(), null from ${orders};
insert into entry (account_id, version, job_id, available_after_micros, held_after_micros, receivable_after_micros)
select o.account_id, o.version + o.n, ${jobId}, o.available_micros - ${PRICE_MICROS} * o.n, o.held_micros + ${PRICE_MICROS} * o.n, o.receivable_micros
from ${ordersOfAccounts};
select shard, next_seq, last_event_id from shard_head where shard in (select shard from (${accounts}) a) order by shard for update;
insert into event (shard, shard_seq, event_id, previous_event_id, stream_id, version, account_id, environment, kind, payload, previous_hash, hash, traceparent, recorded_at)
select e.shard, e.next_seq + e.of_shard - 1, e.event_id, coalesce(lag(e.event_id) over in_shard, e.last_event_id), e.account_id, e.event_version, e.account_id, 'live', 'hold_placed', c.payload, e.head_hash,
       sha256(e.head_hash || convert_to(e.event_id || e'\\n' || e.account_id || e'\\n' || e.event_version || e'\\nhold_placed\\n' || c.at, 'UTF8') || c.payload), '', now()
from (select o.*, ${eventId} as event_id, o.version + o.n as event_version, row_number() over (partition by o.shard order by o.at) as of_shard from ${ordersOfShards} offset 0) e,
     (select decode(repeat('0a', ${PAYLOAD_BYTES}), 'hex') as payload, to_char(now(), 'YYYY-MM-DD"T"HH24-MI-SS.MS"Z"') || e'\\n' as at offset 0) c
window in_shard as (partition by e.shard order by e.of_shard);
update shard_head h set next_seq = h.next_seq + n.events, last_event_id = n.last
from (select o.shard, count(*) as events, max(${eventId}) as last from ${orders} group by o.shard) n where h.shard = n.shard;
update ledger_account set version = version + ${each}, head_hash = sha256(head_hash), last_recorded_at = now(), available_micros = available_micros - ${PRICE_MICROS * each},
       held_micros = held_micros + ${PRICE_MICROS * each}, receivable_micros = receivable_micros, total_spend_micros = total_spend_micros,
       period_charged_micros = period_charged_micros, period_jobs = period_jobs
where account_id in (select account_id from (${accounts}) a);
commit;
`;
};

export interface SqlCase {
  readonly accounts: string;
  readonly each: number;
}

/** Of all accounts half are a client's; a batch takes a random run of them. */
const LAST_PLACE = 9_000;

export const ONE_ACCOUNT: SqlCase = {
  accounts: `select account_id, shard from sql_account where account_id = 'sql_0'`,
  each: BATCH,
};
export const MANY_ACCOUNTS: SqlCase = {
  accounts: `select account_id, shard from sql_account where half = :client_id::integer and place between :first::integer and :first::integer + ${BATCH - 1}`,
  each: 1,
};

export interface SqlMeasured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly with: string;
}

/** Through pgbench where it is installed, otherwise through the `pg` driver: the report says which. */
export async function measureSql(url: string, folder: string, one: SqlCase, seconds: number): Promise<SqlMeasured> {
  const text = batchSql(one, String(Date.now()).padStart(14, '0'));
  return spawnSync('pgbench', ['--version']).status === 0
    ? throughPgbench(url, folder, text, seconds)
    : throughDriver(url, text, seconds);
}

function throughPgbench(url: string, folder: string, text: string, seconds: number): SqlMeasured {
  const file = join(folder, 'batch.sql');
  writeFileSync(
    file,
    `\\set batch :batch + 1\n\\set first random(1, ${LAST_PLACE})\n\\startpipeline${text}\\endpipeline\n`,
  );
  const log = join(folder, `pgbench-${Date.now()}`);
  const args = [
    '-n',
    '-c',
    String(CLIENTS),
    '-j',
    String(CLIENTS),
    '-T',
    String(seconds),
    '-M',
    'prepared',
    '-D',
    'batch=0',
    '-f',
    file,
    '-l',
    '--log-prefix',
    log,
    url,
  ];
  const run = spawnSync('pgbench', args, { encoding: 'utf8' });
  const tps = Number(/tps = ([\d.]+)/.exec(run.stdout)?.[1]);
  if (!(tps > 0) || /ERROR/.test(run.stderr)) throw new Error(`pgbench did not run:\n${run.stdout}\n${run.stderr}`);
  const latencyMs = Number(/latency average = ([\d.]+)/.exec(run.stdout)?.[1]);
  return {
    perSecond: tps * BATCH,
    p50Ms: latencyMs,
    p99Ms: Number.NaN,
    with: `pgbench, ${CLIENTS} clients (mean latency of a batch)`,
  };
}

async function throughDriver(url: string, text: string, seconds: number): Promise<SqlMeasured> {
  const pool = new pg.Pool({ connectionString: url, max: CLIENTS });
  const until = performance.now() + seconds * 1_000;
  const latencies: number[] = [];
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let batch = 1, sent = performance.now(); sent < until; batch++, sent = performance.now()) {
        const values = { client_id: client, batch, first: 1 + Math.floor(Math.random() * LAST_PLACE) };
        await pool.query(
          Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(`:${name}`, String(value)), text),
        );
        latencies.push(performance.now() - sent);
      }
    }),
  );
  await pool.end();
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.floor(latencies.length * q)] ?? 0;
  return {
    perSecond: (latencies.length * BATCH) / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    with: `pg driver, ${CLIENTS} clients (pgbench is not installed)`,
  };
}
