/**
 * ledger: holds per second on one hot account and on 20,000, 512 in flight, by one and by two processes; next to (a) one command
 * per transaction, (b) PostgreSQL doing the same work without our code, (c) pgledger where its SQL is given with `--pgledger`.
 * Ours and (b) are measured in turns: what else the machine does falls on both, and the ratio is of neighbours.
 * Then what a long history costs: the same from 10² to 10⁶ events in one stream, reads at 10⁶ jobs, and the proof of it all.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { startEmbeddedPostgres } from '@usvideo/servers';
import { root } from './children.ts';
import { measureHistory, type HistoryReport } from './ledger-history.ts';
import { MANY_ACCOUNTS, measureSql, ONE_ACCOUNT, prepareSql } from './ledger-sql.ts';
import { costOf, inTurns } from './paired.ts';

const require = createRequire(import.meta.url);
const dist = (file: string): string => join(root, 'services/ledger/dist', file);
const { LEDGER_MIGRATIONS } = require(
  dist('migrations/all.js'),
) as typeof import('../../services/ledger/src/migrations/all.ts');
const IN_FLIGHT = 512;
const MANY = 20_000;
const BALANCE_MICROS = '1000000000000000';
const run = promisify(execFile);

/** Turns of ours and of (b), each so many seconds long. */
const TURNS = 5;
/** WAL that is laid out before anything is measured, in files of 16 MiB: the gigabyte that the server keeps. */
const WAL_FILES = 62;

/** Medians of the turns, with the quarters around the ratio and the worst turn's p99. */
export interface LedgerRow {
  readonly case: string;
  readonly holdsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p99WorstMs: number;
  readonly vsSingle: number;
  readonly vsSql: number;
  readonly vsSqlFrom: number;
  readonly vsSqlTo: number;
}
interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export interface LedgerReport extends HistoryReport {
  readonly rows: LedgerRow[];
  readonly notes: string[];
}

export async function measureLedger(
  seconds: number,
  options: { pgledger?: string; history: number },
): Promise<LedgerReport> {
  const folder = mkdtempSync(join(tmpdir(), 'usv-bench-ledger-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: true });
  const open = async (name: string) => {
    await postgres.createDatabase(name);
    const url = postgres.url(name);
    await migrateDatabase({ url, migrations: LEDGER_MIGRATIONS, logger: createLogger('bench', 'silent') });
    return { url, database: openDatabase({ url, poolSize: 4, applicationName: 'bench' }, () => undefined) };
  };
  // The history has a database of its own, in which nobody but the ledger writes.
  const [{ url, database }, history] = [await open('ledger'), await open('history')];
  try {
    for (const prefix of ['hot', 'many', 'sql']) await makeAccounts(database, prefix);
    await prepareSql(database);
    await layOutWal(database);
    const { rows, notes } = await throughput(url, folder, seconds);
    if (options.pgledger !== undefined)
      notes.push(
        await measurePgledger(
          postgres.url('pgledger'),
          () => postgres.createDatabase('pgledger'),
          options.pgledger,
          folder,
          seconds,
        ),
      );
    else
      notes.push(
        '(c) was not run: give with --pgledger the SQL of github.com/pgr0ss/pgledger, its vendored uuid-to-ulid.sql first',
      );
    const driven = async (prefix: string) =>
      (await drive(history.url, 1, { prefix, accounts: 1, seconds, mode: 'batched' })).perSecond;
    return { rows, notes, ...(await measureHistory(history.database, options.history, driven)) };
  } finally {
    await Promise.all([database.end(), history.database.end()]);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughput(
  url: string,
  folder: string,
  seconds: number,
): Promise<{ rows: LedgerRow[]; notes: string[] }> {
  const rows: LedgerRow[] = [];
  const notes: string[] = [];
  for (const { name, prefix, accounts, sql } of [
    { name: 'one hot account', prefix: 'hot', accounts: 1, sql: ONE_ACCOUNT },
    { name: '20,000 accounts', prefix: 'many', accounts: MANY, sql: MANY_ACCOUNTS },
  ]) {
    const load = { prefix, accounts, seconds };
    const single = await drive(url, 1, { ...load, mode: 'single' });
    const [plain, ours] = await inTurns<Measured[]>(
      TURNS,
      async () => {
        const measured = await measureSql(url, folder, sql, seconds);
        notes.push(`(b) ran with ${measured.with}`);
        return [measured];
      },
      async () => [
        await drive(url, 1, { ...load, mode: 'batched' }),
        await drive(url, 2, { ...load, mode: 'batched' }),
      ],
    );
    const rowOf = (kind: string, turns: readonly Measured[]): LedgerRow =>
      summary(
        `${name}: ${kind}`,
        turns,
        single,
        plain.map(([turn]) => turn!),
      );
    rows.push(
      rowOf(
        '(a) one command per transaction',
        plain.map(() => single),
      ),
      rowOf(
        '(b) SQL alone',
        plain.map(([turn]) => turn!),
      ),
    );
    rows.push(
      rowOf(
        'ledger, one process',
        ours.map(([one]) => one!),
      ),
      rowOf(
        'ledger, two processes',
        ours.map(([, two]) => two!),
      ),
    );
  }
  return { rows, notes: [...new Set(notes)] };
}

function summary(name: string, turns: readonly Measured[], single: Measured, plain: readonly Measured[]): LedgerRow {
  const median = (values: readonly number[]): number =>
    values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
  const rates = turns.map(({ perSecond }) => perSecond);
  const { cost, costFrom, costTo } = costOf(
    plain.map(({ perSecond }) => perSecond),
    rates,
  );
  return {
    case: name,
    holdsPerSecond: median(rates),
    p50Ms: median(turns.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(turns.map(({ p99Ms }) => p99Ms)),
    p99WorstMs: Math.max(...turns.map(({ p99Ms }) => p99Ms)),
    vsSingle: median(rates) / single.perSecond,
    vsSql: 1 - cost,
    vsSqlFrom: 1 - costTo,
    vsSqlTo: 1 - costFrom,
  };
}

/**
 * A server that has run for a while writes into log files that it has used before; a fresh one makes, fills and syncs every file in
 * the middle of a commit, which holds all of them up for fifty milliseconds.
 */
async function layOutWal(database: Database): Promise<void> {
  for (let file = 0; file < WAL_FILES; file++) {
    await database.query(`select pg_logical_emit_message(false, 'bench', 'one more file')`);
    await database.query('select pg_switch_wal()');
  }
  await database.query('checkpoint');
}

interface Load {
  readonly prefix: string;
  readonly accounts: number;
  readonly seconds: number;
  readonly mode: string;
}

async function drive(url: string, processes: number, { prefix, accounts, seconds, mode }: Load): Promise<Measured> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    join(root, 'test/load/ledger-driver.ts'),
    '--url',
    url,
    '--mode',
    mode,
    '--accounts',
    String(accounts),
    '--inFlight',
    String(IN_FLIGHT / processes),
    '--seconds',
    String(seconds),
    '--prefix',
    prefix,
  ];
  const all = await Promise.all(
    Array.from({ length: processes }, async () => JSON.parse((await run(process.execPath, args)).stdout) as Measured),
  );
  return {
    perSecond: all.reduce((sum, one) => sum + one.perSecond, 0),
    p50Ms: Math.max(...all.map((one) => one.p50Ms)),
    p99Ms: Math.max(...all.map((one) => one.p99Ms)),
  };
}

async function makeAccounts(database: Database, prefix: string): Promise<void> {
  await database.query(
    `insert into ledger_account (account_id, available_micros) select '${prefix}_' || n, ${BALANCE_MICROS} from generate_series(0, ${MANY - 1}) n`,
  );
}

/** A ledger in pure SQL that others publish: one transfer per transaction, from one hot account and from 50. */
async function measurePgledger(
  url: string,
  create: () => Promise<unknown>,
  file: string,
  folder: string,
  seconds: number,
): Promise<string> {
  await create();
  const database = openDatabase({ url, poolSize: 2, applicationName: 'pgledger' }, () => undefined);
  await database.query(readFileSync(file, 'utf8'));
  await database.query(
    `create table account as select n, a.id from generate_series(0, 51) n, pgledger_create_account('a' || n, 'USD') a`,
  );
  await database.end();
  const script = join(folder, 'pgledger.sql');
  const results: string[] = [];
  for (const [name, last] of [
    ['one hot account', 0],
    ['50 accounts', 49],
  ] as const) {
    writeFileSync(
      script,
      `\\set from random(0, ${last})\n\\set to random(0, ${last})\nselect pgledger_create_transfer((select id from account where n = :from), (select id from account where n = 50 + :to % 2), 1);\n`,
    );
    const { stdout } = await run('pgbench', ['-n', '-c', '32', '-j', '2', '-T', String(seconds), '-f', script, url]);
    results.push(`${name} ${Number(/tps = ([\d.]+)/.exec(stdout)?.[1]).toFixed(0)} transfers/s`);
  }
  return `(c) pgledger, 32 pgbench clients: ${results.join(', ')}`;
}
