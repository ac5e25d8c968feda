/** What a long history costs. The history is made by the ledger itself, so that every row and hash is what its verifier expects. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inTransaction, type Database } from '@usvideo/event-store';
import { root } from './children.ts';

const require = createRequire(import.meta.url);
const dist = (file: string): string => join(root, 'services/ledger/dist', file);
const { LedgerReader } = require(
  dist('reading/ledger-reader.sql.js'),
) as typeof import('../../services/ledger/src/reading/ledger-reader.sql.ts');
const { LedgerStore } = require(
  dist('posting/ledger.store.js'),
) as typeof import('../../services/ledger/src/posting/ledger.store.ts');
const { LedgerVerifier } = require(
  dist('proof/verifier.sql.js'),
) as typeof import('../../services/ledger/src/proof/verifier.sql.ts');
const { PriceBook } = require(
  dist('prices/price-book.sql.js'),
) as typeof import('../../services/ledger/src/prices/price-book.sql.ts');
const { UsageReader } = require(
  dist('reading/usage-reader.sql.js'),
) as typeof import('../../services/ledger/src/reading/usage-reader.sql.ts');

const FUNDS_MICROS = 1_000_000_000_000_000n;
const PRICE_MICROS = 1_250_000n;
const TERMS = { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 };
/** A hold and its capture. */
const EVENTS_OF_JOB = 2;
const JOBS_AT_ONCE = 1_000;
const BATCH_EVERY_MS = 30_000;
const SHORT_EVENTS = 100;
const MEASURED_JOBS = 20_000;
const ROUNDS = 3;
const LEISURE_MS = 600_000;

export interface HistoryReport {
  readonly flat: { readonly events: number; readonly holdsPerSecond: number }[];
  readonly reads: { readonly read: string; readonly jobs: number; readonly p50Ms: number; readonly p99Ms: number }[];
  readonly bytesPerJob: number;
  readonly seededPerSecond: number;
  readonly verified: { readonly events: number; readonly differences: string[]; readonly seconds: number };
}

/** @param drive holds per second on the one account of that prefix */
export async function measureHistory(
  database: Database,
  events: number,
  drive: (prefix: string) => Promise<number>,
): Promise<HistoryReport> {
  const bytesPerJob = await measureBytes(database);
  const prefixes = new Map([
    [SHORT_EVENTS, 'short'],
    [Math.round(Math.sqrt(SHORT_EVENTS * events)), 'middle'],
    [events, 'long'],
  ]);
  const started = performance.now();
  for (const [length, prefix] of prefixes) await recordJobs(database, `${prefix}_0`, length / EVENTS_OF_JOB);
  const seededPerSecond =
    [...prefixes.keys()].reduce((sum, length) => sum + length, 0) / ((performance.now() - started) / 1_000);
  await settleDown(database);
  const flat = await measureFlat(prefixes, drive);
  // As many jobs as there were events: the page of usage is measured by jobs.
  await recordJobs(database, 'long_0', events / EVENTS_OF_JOB);
  await settleDown(database);
  const reads = [
    ...(await measureReads(database, 'short_0', SHORT_EVENTS / EVENTS_OF_JOB)),
    ...(await measureReads(database, 'long_0', events)),
  ];
  return { flat, reads, bytesPerJob, seededPerSecond, verified: await verify(database) };
}

let numbered = 0;

async function recordJobs(database: Database, accountId: string, jobs: number): Promise<void> {
  const store = new LedgerStore(new PriceBook());
  const batches = Math.ceil(jobs / JOBS_AT_ONCE);
  // Behind what the account has, and never in the future.
  const from = Date.now() - batches * BATCH_EVERY_MS;
  for (let batch = 0; batch < batches; batch++) {
    const size = Math.min(JOBS_AT_ONCE, jobs - batch * JOBS_AT_ONCE);
    const commands = Array.from({ length: size }, () => {
      const jobId = `job_01${String(++numbered).padStart(24, '0')}`;
      const settle = {
        type: 'Settle' as const,
        accountId,
        jobId,
        chargedMicros: PRICE_MICROS,
        releasedMicros: 0n,
        rule: 'completed',
      };
      return [{ type: 'PlaceHold' as const, accountId, jobId, terms: TERMS }, settle];
    }).flat();
    const funds = {
      type: 'AddFunds' as const,
      accountId,
      amountMicros: FUNDS_MICROS,
      source: 'manual' as const,
      paymentRef: 'bench',
      author: 'bench',
      note: '',
    };
    const outcomes = await inTransaction(database, (tx) =>
      store.apply(
        tx,
        new Date(from + batch * BATCH_EVERY_MS),
        [funds, ...commands].map((command) => ({
          command,
          traceparent: `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-01`,
        })),
      ),
    );
    const refused = outcomes.find(({ refusal }) => refusal !== undefined);
    if (refused !== undefined) throw new Error(`a command of the history was refused: ${refused.refusal}`);
  }
}

function settleDown(database: Database): Promise<void> {
  return atLeisure(database, [
    ...['event', 'entry', 'hold', 'usage', 'daily_usage', 'ledger_account'].map((table) => `vacuum analyze ${table}`),
    'checkpoint',
  ]);
}

/** Statements that may take longer than a service allows any. */
async function atLeisure(database: Database, statements: readonly string[]): Promise<void> {
  const client = await database.connect();
  await client.query('set statement_timeout = 0');
  for (const text of statements) {
    const patient = { text, query_timeout: LEISURE_MS };
    await client.query(patient);
  }
  client.release(true);
}

const STORED = `select (pg_total_relation_size('event') + pg_total_relation_size('hold') + pg_total_relation_size('entry')
  + pg_total_relation_size('usage') + pg_total_relation_size('daily_usage'))::bigint as bytes`;

/** Indexes included; a job is a hold, its capture, two entries and a line of usage. */
async function measureBytes(database: Database): Promise<number> {
  const stored = async () => {
    await atLeisure(
      database,
      ['event', 'hold', 'entry', 'usage', 'daily_usage'].map((table) => `vacuum full ${table}`),
    );
    return (await database.query<{ bytes: bigint }>(STORED)).rows[0]!.bytes;
  };
  const before = await stored();
  await recordJobs(database, 'bytes_0', MEASURED_JOBS);
  return Number((await stored()) - before) / MEASURED_JOBS;
}

/** Turn and turn about, each as often first as last, so that what else the machine does falls on all; the middle one of the rounds counts. */
async function measureFlat(
  prefixes: ReadonlyMap<number, string>,
  drive: (prefix: string) => Promise<number>,
): Promise<HistoryReport['flat']> {
  const rates = new Map([...prefixes.keys()].map((events): [number, number[]] => [events, []]));
  const turns = [...prefixes];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [events, prefix] of [...turns.slice(round % turns.length), ...turns.slice(0, round % turns.length)])
      rates.get(events)!.push(await drive(prefix));
  }
  return [...rates].map(([events, measured]) => ({
    events,
    holdsPerSecond: measured.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!,
  }));
}

async function measureReads(database: Database, accountId: string, jobs: number): Promise<HistoryReport['reads']> {
  const [reader, usage] = [new LedgerReader(database), new UsageReader(database)];
  const page = { accountId, startDate: '2020-01-01', endDate: '2099-12-31', apiKeyId: '', limit: 100, offset: 0 };
  const reads: Record<string, () => Promise<unknown>> = {
    balance: () => reader.balance(accountId),
    'balance as of': () =>
      reader.balanceAsOf(accountId, new Date(Date.now() - 60_000 * Math.floor(Math.random() * 1_000))),
    'usage page of 100 with totals': () => usage.page(page),
    'usage page of one key': () => usage.page({ ...page, apiKeyId: TERMS.apiKeyId }),
    'usage by day': () => usage.groups('day', page),
  };
  const measured: HistoryReport['reads'] = [];
  for (const [read, work] of Object.entries(reads)) measured.push({ read, jobs, ...(await timed(work)) });
  return measured;
}

async function timed(work: () => Promise<unknown>): Promise<{ p50Ms: number; p99Ms: number }> {
  const times: number[] = [];
  for (let at = 0; at < 330; at++) {
    const started = performance.now();
    await work();
    if (at >= 30) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { p50Ms: times[150]!, p99Ms: times[297]! };
}

async function verify(database: Database): Promise<HistoryReport['verified']> {
  const started = performance.now();
  const { eventsChecked, differences } = await new LedgerVerifier(database).verify();
  return { events: Number(eventsChecked), differences, seconds: (performance.now() - started) / 1_000 };
}
