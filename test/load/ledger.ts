/**
 * ledger: holds per second on one hot account and on 20,000, 512 in flight, by one and by two processes; next to (a) one command
 * per transaction, (b) PostgreSQL doing the same writes without our code, (c) pgledger where its SQL is given with `--pgledger`.
 * Then what a long history costs: the same from 10² to 10⁶ events in one stream, and reads at 10⁶ jobs.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase, startEmbeddedPostgres } from '@usvideo/runtime';
import { root } from './children.ts';
import { MANY_ACCOUNTS, measureSql, ONE_ACCOUNT } from './ledger-sql.ts';

const require = createRequire(import.meta.url);
const dist = (file: string): string => join(root, 'services/ledger/dist/outbound', file);
const { LEDGER_MIGRATIONS } = require(dist('schema.js')) as typeof import('../../services/ledger/src/outbound/schema.ts');
const { LedgerReader } = require(dist('ledger-reader.js')) as typeof import('../../services/ledger/src/outbound/ledger-reader.ts');
const { UsageReader } = require(dist('usage-reader.js')) as typeof import('../../services/ledger/src/outbound/usage-reader.ts');

const IN_FLIGHT = 512;
const MANY = 20_000;
const BALANCE_MICROS = '1000000000000000';
const run = promisify(execFile);

export interface LedgerRow { readonly case: string; readonly holdsPerSecond: number; readonly p50Ms: number; readonly p99Ms: number; readonly vsSingle: number; readonly vsSql: number }
interface Measured { perSecond: number; p50Ms: number; p99Ms: number }

export interface LedgerReport {
  readonly rows: LedgerRow[];
  readonly flat: { events: number; holdsPerSecond: number }[];
  readonly reads: { read: string; history: number; p50Ms: number; p99Ms: number }[];
  readonly bytesPerJob: number;
  readonly notes: string[];
}

export async function measureLedger(seconds: number, options: { pgledger?: string; history: number }): Promise<LedgerReport> {
  const folder = mkdtempSync(join(tmpdir(), 'usv-bench-ledger-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: true });
  await postgres.createDatabase('ledger');
  const url = postgres.url('ledger');
  await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger: createLogger('bench', 'silent') });
  const database = openDatabase({ url, poolSize: 4, applicationName: 'bench' }, () => undefined);
  try {
    for (const prefix of ['hot', 'many', 'sql']) await makeAccounts(database, prefix);
    const { rows, notes } = await throughput(url, folder, seconds);
    if (options.pgledger !== undefined) notes.push(await measurePgledger(postgres.url('pgledger'), () => postgres.createDatabase('pgledger'), options.pgledger, folder, seconds));
    else notes.push('(c) was not run: give with --pgledger the SQL of github.com/pgr0ss/pgledger, its vendored uuid-to-ulid.sql first');
    const bytesPerJob = await measureBytes(database);
    await makeHistory(database, options.history);
    return { rows, notes, bytesPerJob, flat: await measureFlat(database, url, seconds, options.history), reads: await measureReads(database, options.history) };
  } finally {
    await database.end();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughput(url: string, folder: string, seconds: number): Promise<{ rows: LedgerRow[]; notes: string[] }> {
  const rows: LedgerRow[] = [];
  const notes: string[] = [];
  for (const { name, prefix, accounts, sql } of [
    { name: 'one hot account', prefix: 'hot', accounts: 1, sql: ONE_ACCOUNT }, { name: '20,000 accounts', prefix: 'many', accounts: MANY, sql: MANY_ACCOUNTS },
  ]) {
    const load = { prefix, accounts, seconds };
    const single = await drive(url, 1, { ...load, mode: 'single' });
    const plain = await measureSql(url, folder, sql, seconds);
    const one = await drive(url, 1, { ...load, mode: 'batched' });
    const two = await drive(url, 2, { ...load, mode: 'batched' });
    notes.push(`(b) ran with ${plain.with}`);
    const rowOf = (kind: string, measured: Measured): LedgerRow => ({
      case: `${name}: ${kind}`, holdsPerSecond: measured.perSecond, p50Ms: measured.p50Ms, p99Ms: measured.p99Ms,
      vsSingle: measured.perSecond / single.perSecond, vsSql: measured.perSecond / plain.perSecond,
    });
    rows.push(rowOf('(a) one command per transaction', single), rowOf('(b) SQL alone', plain), rowOf('ledger, one process', one), rowOf('ledger, two processes', two));
  }
  return { rows, notes: [...new Set(notes)] };
}

interface Load { readonly prefix: string; readonly accounts: number; readonly seconds: number; readonly mode: string }

async function drive(url: string, processes: number, { prefix, accounts, seconds, mode }: Load): Promise<Measured> {
  const args = [
    '--disable-warning=ExperimentalWarning', join(root, 'test/load/ledger-driver.ts'), '--url', url, '--mode', mode, '--accounts', String(accounts),
    '--inFlight', String(IN_FLIGHT / processes), '--seconds', String(seconds), '--prefix', prefix,
  ];
  const all = await Promise.all(Array.from({ length: processes }, async () => JSON.parse((await run(process.execPath, args)).stdout) as Measured));
  return {
    perSecond: all.reduce((sum, one) => sum + one.perSecond, 0),
    p50Ms: Math.max(...all.map((one) => one.p50Ms)), p99Ms: Math.max(...all.map((one) => one.p99Ms)),
  };
}

async function makeAccounts(database: Database, prefix: string): Promise<void> {
  await database.query(`insert into ledger_account (account_id, available_micros) select '${prefix}_' || n, ${BALANCE_MICROS} from generate_series(0, ${MANY - 1}) n`);
}

const STORED = `select (pg_total_relation_size('event') + pg_total_relation_size('hold') + pg_total_relation_size('entry')
  + pg_total_relation_size('usage') + pg_total_relation_size('daily_usage'))::bigint as bytes, (select count(*) from event) as events`;

/** Indexes included; a job is a hold, its capture, two entries and a line of usage. */
async function measureBytes(database: Database): Promise<number> {
  const jobs = 20_000;
  await database.query('vacuum full event'); await database.query('vacuum full hold'); await database.query('vacuum full entry');
  const before = (await database.query<{ bytes: bigint }>(STORED)).rows[0]!.bytes;
  await insertHistory(database, 'bytes_0', jobs * 2);
  const after = (await database.query<{ bytes: bigint }>(STORED)).rows[0]!.bytes;
  return Number(after - before) / jobs;
}

/** A stream of that length with the rows that its jobs would have left, as fast as the server can write them. */
async function insertHistory(database: Database, accountId: string, events: number): Promise<void> {
  const job = `'job_' || md5('${accountId}' || ((n + 1) / 2))`;
  const base = (await database.query<{ next_seq: bigint }>('select next_seq from shard_head where shard = 0')).rows[0]!.next_seq;
  await database.query('set statement_timeout = 0');
  await database.query({ name: '', text: `
    insert into event (shard, shard_seq, event_id, previous_event_id, stream_id, version, account_id, environment, kind, payload, previous_hash, hash, traceparent, recorded_at)
    select 0, ${base} + n - 1, 'evt_' || md5('${accountId}' || n), 'evt_' || md5('${accountId}' || (n - 1)), '${accountId}', n, '${accountId}', 'live',
      case n % 2 when 1 then 'hold_placed' else 'hold_captured' end, decode(repeat('0a', 60), 'hex'), sha256('a'), sha256('b'), repeat('0', 55),
      clock_timestamp() - interval '1 second' * (${events} - n) from generate_series(1, ${events}) n` });
  await database.query(`insert into entry (account_id, version, job_id, available_after_micros, held_after_micros) select '${accountId}', n, ${job}, 0, 0 from generate_series(1, ${events}) n`);
  await database.query(`insert into hold (job_id, account_id, state, api_key_id, model, resolution, duration_seconds, per_second_micros, price_version, amount_micros, captured_micros, placed_at, ended_at)
    select ${job}, '${accountId}', 'captured', 'key_1', 'aurora', '720p', 5, 250000, 1, 1250000, 1250000, now(), now() from generate_series(1, ${events}, 2) n`);
  await database.query(`insert into usage (job_id, account_id, api_key_id, day, model, resolution, duration_seconds, per_second_micros, charged_micros, charged_at)
    select ${job}, '${accountId}', 'key_1', (now() - interval '1 second' * n)::date, 'aurora', '720p', 5, 250000, 1250000, now() - interval '1 second' * n from generate_series(1, ${events}, 2) n`);
  await database.query(`insert into daily_usage select account_id, day, api_key_id, resolution, count(*), sum(duration_seconds), sum(charged_micros), 0 from usage where account_id = '${accountId}' group by 1, 2, 3, 4`);
  await database.query(`insert into ledger_account (account_id, version, available_micros, period, last_recorded_at) values ('${accountId}', ${events}, ${BALANCE_MICROS}, to_char(now() at time zone 'UTC', 'YYYY-MM'), now())`);
  await database.query(`update shard_head set next_seq = next_seq + ${events} where shard = 0`);
}

async function makeHistory(database: Database, history: number): Promise<void> {
  await insertHistory(database, 'short_0', 100);
  await insertHistory(database, 'long_0', history);
  for (const table of ['event', 'entry', 'hold', 'usage', 'ledger_account']) await database.query(`vacuum analyze ${table}`);
}

/** Turn and turn about, so that what else the machine does falls on both. */
async function measureFlat(database: Database, url: string, seconds: number, history: number): Promise<LedgerReport['flat']> {
  const cases = [{ events: 100, prefix: 'short' }, { events: history, prefix: 'long' }];
  const rates = cases.map(() => [] as number[]);
  for (let round = 0; round < 3; round++) {
    for (const [index, { prefix }] of cases.entries()) rates[index]!.push((await drive(url, 1, { prefix, accounts: 1, seconds, mode: 'batched' })).perSecond);
  }
  await database.query('checkpoint');
  return cases.map(({ events }, index) => ({ events, holdsPerSecond: rates[index]!.sort((a, b) => a - b)[1]! }));
}

async function measureReads(database: Database, history: number): Promise<LedgerReport['reads']> {
  const [reader, usage] = [new LedgerReader(database), new UsageReader(database)];
  const page = { startDate: '2020-01-01', endDate: '2099-12-31', apiKeyId: '', limit: 100, offset: 0 };
  const reads: LedgerReport['reads'] = [];
  for (const { prefix, events } of [{ prefix: 'short', events: 100 }, { prefix: 'long', events: history }]) {
    const accountId = `${prefix}_0`;
    reads.push(await timed('balance', events, () => reader.balance(accountId)));
    reads.push(await timed('balance as of', events, () => reader.balanceAsOf(accountId, new Date(Date.now() - 60_000 * Math.floor(Math.random() * 1_000)))));
    reads.push(await timed('usage page of 100 with totals', events, () => usage.page({ ...page, accountId })));
    reads.push(await timed('usage by day', events, () => usage.groups('day', { ...page, accountId })));
  }
  return reads;
}

async function timed(read: string, history: number, work: () => Promise<unknown>): Promise<LedgerReport['reads'][number]> {
  const times: number[] = [];
  for (let at = 0; at < 330; at++) {
    const started = performance.now();
    await work();
    if (at >= 30) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { read, history, p50Ms: times[150]!, p99Ms: times[297]! };
}

/** A ledger in pure SQL that others publish: one transfer per transaction, from one hot account and from 50. */
async function measurePgledger(url: string, create: () => Promise<unknown>, file: string, folder: string, seconds: number): Promise<string> {
  await create();
  const database = openDatabase({ url, poolSize: 2, applicationName: 'pgledger' }, () => undefined);
  await database.query(readFileSync(file, 'utf8'));
  await database.query(`create table account as select n, a.id from generate_series(0, 51) n, pgledger_create_account('a' || n, 'USD') a`);
  await database.end();
  const script = join(folder, 'pgledger.sql');
  const results: string[] = [];
  for (const [name, last] of [['one hot account', 0], ['50 accounts', 49]] as const) {
    writeFileSync(script, `\\set from random(0, ${last})\n\\set to random(0, ${last})\nselect pgledger_create_transfer((select id from account where n = :from), (select id from account where n = 50 + :to % 2), 1);\n`);
    const { stdout } = await run('pgbench', ['-n', '-c', '32', '-j', '2', '-T', String(seconds), '-f', script, url]);
    results.push(`${name} ${Number(/tps = ([\d.]+)/.exec(stdout)?.[1]).toFixed(0)} transfers/s`);
  }
  return `(c) pgledger, 32 pgbench clients: ${results.join(', ')}`;
}
