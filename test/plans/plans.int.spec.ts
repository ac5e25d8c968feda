import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { ACCOUNTS_MIGRATIONS } from '../../services/accounts/src/migrations/all';
import { LEDGER_MIGRATIONS } from '../../services/ledger/src/migrations/all';
import { MIGRATIONS as SCHEDULER_MIGRATIONS } from '../../services/scheduler/src/migrations/all';
import { WEBHOOKS_MIGRATIONS } from '../../services/webhooks/src/migrations/all';
import { makeHistory } from './history';
import { partialIndexes, widescansOf } from './plan';
import { leftOpen, ownersOf } from './scope';
import { sourcesIn, statementsIn } from './statements';

/** Tables of what is there now: they grow with what runs at the same time, not with what ever was. */
const NOW = [
  // of the event store
  'shard_head', 'relay_cursor', 'log_epoch', 'ended_epoch', 'schema_level', 'consumer_watermark', 'watermark', 'parked_event', 'parked_stream', 'restored_epoch',
  'price', 'signed_position', 'funding_total',
  'job_queue', 'worker_presence', 'class_pace', 'class_clock', 'lease_grace',
  'feed_intent',
];

/** What reads everything on purpose, and why it may. */
const MAY_READ_EVERYTHING: Readonly<Record<string, string>> = {};

/** How functions make the statements that depend on arguments. */
const DYNAMIC: Readonly<Record<string, readonly string[]>> = {};

/** Statements that mean everybody's rows, each with why. */
const MEANS_EVERYBODY: Readonly<Record<string, readonly string[]>> = {};

const SERVICES = [
  ['accounts', ACCOUNTS_MIGRATIONS], ['ledger', LEDGER_MIGRATIONS], ['scheduler', SCHEDULER_MIGRATIONS], ['webhooks', WEBHOOKS_MIGRATIONS],
] as const;

describe.each(SERVICES)('on a long history, %s', (service, migrations) => {
  let database: Database;
  let growing: Set<string>;

  beforeAll(async () => {
    const url = await (await postgres()).createDatabase(`plans_${service}`);
    await migrateDatabase({ url, migrations: [...migrations], logger: createLogger(service, 'silent') });
    database = openDatabase({ url, poolSize: 4, applicationName: 'plans' }, () => undefined);
    growing = await makeHistory(database, new Set(NOW));
  }, 240_000);
  afterAll(() => database.end());

  it('asks nothing whose cost grows with what ever was', async () => {
    const partial = await partialIndexes(database);
    const found: string[] = [];
    for (const file of sourcesIn(`services/${service}/src`)) {
      for (const { where, sql } of statementsIn(file, DYNAMIC[file])) {
        if (Object.keys(MAY_READ_EVERYTHING).some((name) => where.startsWith(name))) continue;
        found.push(...(await widescansOf(database, sql, growing, partial).catch((error: Error) => [`${error.message}: ${sql}`])).map((scan) => `${where}: ${scan}`));
      }
    }
    expect(found).toEqual([]);
  });

  it('says whose rows it means, wherever somebody could be meant', async () => {
    const owners = await ownersOf(database);
    const open = sourcesIn(`services/${service}/src`).flatMap((file) => statementsIn(file, DYNAMIC[file]))
      .flatMap(({ where, sql }) => { const columns = leftOpen(sql, owners); return columns.length === 0 ? [] : [`${where}: ${columns.join(' and ')}`]; });
    expect(open).toEqual(MEANS_EVERYBODY[service]);
  });
});
