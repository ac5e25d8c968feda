/**
 * One process of load on the ledger, started by `ledger.ts`: keeps so many commands in flight, and tells what it measured as one
 * line of JSON. `batched` is the ledger as it is; `single` is the same decision and writes with one command per transaction.
 */
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { inTransaction, openDatabase } from '@usvideo/event-store';
import { createLogger } from '@usvideo/runtime';

const require = createRequire(import.meta.url);
const { LedgerWriter } =
  require('../../services/ledger/dist/posting/ledger-writer.service.js') as typeof import('../../services/ledger/src/posting/ledger-writer.service.ts');
const { LedgerStore } =
  require('../../services/ledger/dist/posting/ledger.store.js') as typeof import('../../services/ledger/src/posting/ledger.store.ts');
const { PriceBook } =
  require('../../services/ledger/dist/prices/price-book.sql.js') as typeof import('../../services/ledger/src/prices/price-book.sql.ts');

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    mode: { type: 'string' },
    accounts: { type: 'string' },
    inFlight: { type: 'string' },
    seconds: { type: 'string' },
    prefix: { type: 'string' },
  },
});
const [accounts, inFlight, seconds] = [Number(values.accounts), Number(values.inFlight), Number(values.seconds)];
const SINGLE_CONNECTIONS = 16;
const WARM_UP = 0.25;

const database = openDatabase(
  { url: values.url!, poolSize: SINGLE_CONNECTIONS + 4, applicationName: 'bench' },
  () => undefined,
);
// 512 callers share the connections of `single`: they wait as long as it takes.
database.options.connectionTimeoutMillis = 0;
const writer = new LedgerWriter({
  database,
  lanes: 2,
  onCommitted: () => undefined,
  logger: createLogger('ledger', 'silent'),
});
const store = new LedgerStore(new PriceBook());
const terms = { apiKeyId: 'key_1', model: 'aurora', resolution: '720p', durationSeconds: 5 };

/** As long as a real one, without the cost of making it. */
const processPart = `${values.prefix}${process.pid}${Date.now()}`.toUpperCase().padEnd(18, '0').slice(-18);
let jobs = 0;
const newJob = () => `job_${processPart}${String(++jobs).padStart(8, '0')}`;

async function hold(accountId: string): Promise<void> {
  const command = { type: 'PlaceHold' as const, accountId, jobId: newJob(), terms };
  const outcome =
    values.mode === 'single'
      ? (await inTransaction(database, (tx, now) => store.apply(tx, now, [{ command, traceparent: '' }])))[0]!
      : await writer.submit(command);
  if (outcome.refusal !== undefined) throw new Error(`a hold was refused: ${outcome.refusal}`);
}

const started = performance.now();
const [from, until] = [started + seconds * WARM_UP * 1_000, started + seconds * (1 + WARM_UP) * 1_000];
const latencies: number[] = [];

async function client(): Promise<void> {
  for (let sent = performance.now(); sent < until; sent = performance.now()) {
    await hold(`${values.prefix}_${Math.floor(Math.random() * accounts)}`);
    const done = performance.now();
    if (done >= from && done < until) latencies.push(done - sent);
  }
}

await Promise.all(Array.from({ length: inFlight }, client));
await database.end();
latencies.sort((one, other) => one - other);
const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
console.log(JSON.stringify({ perSecond: latencies.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }));
