/** A ledger writer as a process of its own: a command per line in, an outcome per line out. Used by tests and benchmarks. */
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { openDatabase } = require('@usvideo/event-store');
const { createLogger } = require('@usvideo/runtime');
const { LedgerWriter } = require('../dist/posting/ledger-writer.service.js');

const [url, lanes] = process.argv.slice(2);
const database = openDatabase({ url, poolSize: 6, applicationName: 'ledger_process', pipeline: true }, () => undefined);
const writer = new LedgerWriter({
  database,
  lanes: Number(lanes),
  onCommitted: () => undefined,
  logger: createLogger('ledger', 'silent'),
});

const toLine = (value) =>
  `${JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? { micros: String(field) } : field))}\n`;
const fromLine = (line) =>
  JSON.parse(line, (_, field) =>
    field !== null && typeof field === 'object' && typeof field.micros === 'string' ? BigInt(field.micros) : field,
  );

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, command } = fromLine(line);
    writer.submit(command).then(
      ({ refusal, replayed }) => process.stdout.write(toLine({ id, refusal, replayed })),
      (error) => process.stdout.write(toLine({ id, fault: error.message })),
    );
  })
  .on('close', () => void writer.settled().then(() => database.end()));
process.stdout.write(toLine({ id: 0 }));
