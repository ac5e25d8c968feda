/** The writes of a batch of holds as plain SQL: what PostgreSQL does without any code of ours. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

export const BATCH = 256;

/** One transaction of 256 holds: the rows of the ledger's own batch, hashes computed by the server, one account or many. */
const batchSql = (accounts: string) => `
begin;
select account_id from ledger_account where account_id in (${accounts}) order by account_id for update;
insert into hold (job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version, amount_micros, placed_at)
select gen_random_uuid()::text, a.account_id, 'pending', 'key_1', 'aurora', '720p', 5, 250000, 1, 1250000, clock_timestamp()
from (${accounts}) a (account_id), generate_series(1, :each);
select shard from shard_head where shard = 0 for update;
with rows as (
  select a.account_id, l.version + g.n as version, row_number() over () as at, l.available_micros, l.held_micros
  from (${accounts}) a (account_id) join ledger_account l using (account_id), generate_series(1, :each) g (n)
), events as (
  insert into event (shard, shard_seq, event_id, previous_event_id, stream_id, version, account_id, environment, kind, payload, previous_hash, hash, traceparent, recorded_at)
  select 0, h.next_seq + r.at - 1, gen_random_uuid()::text, '', r.account_id, r.version, r.account_id, 'live', 'hold_placed', p.bytes, sha256(p.bytes), sha256(p.bytes), '', clock_timestamp()
  from rows r, shard_head h, (select decode(repeat('0a', 60), 'hex') as bytes) p where h.shard = 0 returning 1
)
insert into entry (account_id, version, job_id, available_after_micros, held_after_micros)
select account_id, version, gen_random_uuid()::text, available_micros, held_micros from rows;
update shard_head set next_seq = next_seq + :total where shard = 0;
update ledger_account set version = version + :each, available_micros = available_micros - 1250000 * :each, held_micros = held_micros + 1250000 * :each
where account_id in (${accounts});
commit;
`;

export interface SqlCase { readonly accounts: string; readonly each: number }

export const ONE_ACCOUNT: SqlCase = { accounts: `select 'sql_0'`, each: BATCH };
/** A random run of 256 neighbours, so that a batch touches 256 accounts. */
export const MANY_ACCOUNTS: SqlCase = { accounts: `select 'sql_' || (:first + n) from generate_series(0, ${BATCH - 1}) n`, each: 1 };

export interface SqlMeasured { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly with: string }

/** Through pgbench where it is installed, otherwise through the `pg` driver: the report says which. */
export async function measureSql(url: string, folder: string, one: SqlCase, seconds: number): Promise<SqlMeasured> {
  const text = batchSql(one.accounts).replaceAll(':total', String(BATCH)).replaceAll(':each', String(one.each));
  return spawnSync('pgbench', ['--version']).status === 0 ? throughPgbench(url, folder, text, seconds) : throughDriver(url, text, seconds);
}

function throughPgbench(url: string, folder: string, text: string, seconds: number): SqlMeasured {
  const file = join(folder, 'batch.sql');
  writeFileSync(file, `\\set first random(0, 19000)\n${text}`);
  const log = join(folder, `pgbench-${Date.now()}`);
  const run = spawnSync('pgbench', ['-n', '-c', '2', '-j', '2', '-T', String(seconds), '-M', 'simple', '-f', file, '-l', '--log-prefix', log, url], { encoding: 'utf8' });
  const tps = Number(/tps = ([\d.]+)/.exec(run.stdout)?.[1]);
  if (!(tps > 0)) throw new Error(`pgbench did not run:\n${run.stdout}\n${run.stderr}`);
  const latencyMs = Number(/latency average = ([\d.]+)/.exec(run.stdout)?.[1]);
  return { perSecond: tps * BATCH, p50Ms: latencyMs, p99Ms: Number.NaN, with: 'pgbench, 2 clients (mean latency of a batch)' };
}

async function throughDriver(url: string, text: string, seconds: number): Promise<SqlMeasured> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const until = performance.now() + seconds * 1_000;
  const latencies: number[] = [];
  await Promise.all([0, 1].map(async () => {
    for (let sent = performance.now(); sent < until; sent = performance.now()) {
      await pool.query(text.replaceAll(':first', String(Math.floor(Math.random() * 19_000))));
      latencies.push(performance.now() - sent);
    }
  }));
  await pool.end();
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.floor(latencies.length * q)] ?? 0;
  return { perSecond: (latencies.length * BATCH) / seconds, p50Ms: at(0.5), p99Ms: at(0.99), with: 'pg driver, 2 clients (pgbench is not installed)' };
}
