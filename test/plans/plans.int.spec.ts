import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { ACCOUNTS_MIGRATIONS } from '../../services/accounts/src/migrations/all';
import { LEDGER_MIGRATIONS } from '../../services/ledger/src/migrations/all';
import { MIGRATIONS as SCHEDULER_MIGRATIONS } from '../../services/scheduler/src/migrations/all';
import { WEBHOOKS_MIGRATIONS } from '../../services/webhooks/src/migrations/all';
import { makeHistory } from './history';
import everybody from './everybody.json';
import { partialIndexes, widescansOf } from './plan';
import { leftOpen, ownersOf } from './scope';
import { sourcesIn, statementsIn, type Arguments, type FoundStatement } from './statements';

/** Tables of what is there now: they grow with what runs at the same time, not with what ever was. */
const NOW = [
  // of the event store
  'shard_head',
  'relay_cursor',
  'log_epoch',
  'ended_epoch',
  'schema_level',
  'consumer_watermark',
  'watermark',
  'parked_event',
  'parked_stream',
  'restored_epoch',
  'price',
  'signed_position',
  'declined_top_up',
  'funding_total',
  'job_queue',
  'worker_presence',
  'worker_cordon',
  'worker_failure',
  'class_pace',
  // A row for a day.
  'remote_day',
  'class_clock',
  'lease_grace',
  'content_erasure',
  'artifact_deletion',
  'feed_intent',
  'destination',
  'signing_secret',
  'session',
  'sign_in_flow',
  'mail_token',
  'invitation',
  'letter',
  'attempt_count',
  'audit_head',
  'operator',
];

/** What reads everything on purpose, and why it may. */
const MAY_READ_EVERYTHING: Readonly<Record<string, string>> = {
  'services/ledger/src/proof/verifier-rows.sql.ts': 'the verifier derives every row again',
  'services/ledger/src/signing/root-verifier.sql.ts': 'the verifier derives every row again',
  'services/ledger/src/proof/imbalance.sql.ts READ_ACCOUNTS': 'adds up all accounts, and no event of theirs',
  'services/ledger/src/signing/signed-roots.store.ts any_event_read': 'ends at the first account that has an event',
  'services/ledger/src/signing/signed-tree.sql.ts STORE_ALL_HEADS': 'only before the first root',
  'services/scheduler/src/dispatch/counter-drift.sql.ts DRIFTED':
    'compares the counters of all accounts, twice a minute',
  'services/scheduler/src/limits/account-limits.sql.ts ACCOUNTS': 'only after a restore',
  'services/scheduler/src/settlement/refund-note.sql.ts READ_OWNERS': 'only after a restore',
  'services/accounts/src/factors/totp.service.ts FOREIGN': 'only at the start',
  'services/webhooks/src/secrets/secret.store.ts secret_foreign': 'only at the start',
};

const PAGE = "accountId: 'acc_1', environment: 'live', limit: 20, offset: 0";
const NO_FILTER = "startingAfter: '', statuses: [], createdAfter: undefined, createdBefore: undefined, endUser: ''";
const jobs = (filter: string) => `pageOf({ ${PAGE}, ${NO_FILTER}, ${filter} } as never).page`;
const deliveries = (filter: string) =>
  `listing({ ${PAGE}, startingAfter: '', statuses: [], jobId: '', endpointId: '', event: '', deliveryId: '', ${filter} } as never).text`;

/** What stands for the arguments of functions that make statements. */
const ARGUMENTS: Readonly<Record<string, Arguments>> = {
  'services/accounts/src/accounts/account-rows.sql.ts': { given: { column: "'revoked_at'" } },
  'services/accounts/src/people/person.sql.ts': { given: { lock: 'false' } },
  'services/ledger/src/signing/signed-tree.sql.ts': { given: { accounts: "'ledger_account a'" } },
  'services/ledger/src/reading/usage-reader.sql.ts': {
    given: { ofKey: "''", column: "'day::text'", order: "'1 desc'" },
  },
  'services/ledger/src/top-ups/top-up.store.ts': { given: { where: "'where t.top_up_id = $1'" } },
  'services/scheduler/src/views/job-views.sql.ts': {
    made: [
      jobs(''),
      jobs("startingAfter: 'job_1'"),
      jobs("statuses: ['pending']"),
      jobs('createdAfter: new Date(0), createdBefore: new Date(1)'),
      jobs("endUser: 'ada'"),
      jobs("endUser: 'ada', startingAfter: 'job_1'"),
      jobs("endUser: 'ada', statuses: ['completed']"),
    ],
  },
  'services/webhooks/src/delivery/delivery-log.sql.ts': {
    made: [
      deliveries(''),
      deliveries("startingAfter: 'd_1'"),
      deliveries("jobId: 'job_1'"),
      deliveries("statuses: ['failed']"),
      deliveries("deliveryId: 'd_1'"),
      deliveries("event: 'video.completed'"),
    ],
  },
};

const SERVICES = [
  ['accounts', ACCOUNTS_MIGRATIONS],
  ['ledger', LEDGER_MIGRATIONS],
  ['scheduler', SCHEDULER_MIGRATIONS],
  ['webhooks', WEBHOOKS_MIGRATIONS],
] as const;

/** For the statements that are new, once somebody has looked at each: `WRITE_EVERYBODY=true npm test -- test/plans`. */
function writeEverybody(service: string, open: readonly (readonly [string, string])[]): void {
  const file = join(__dirname, 'everybody.json');
  const known = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(
    file,
    `${JSON.stringify({ ...known, [service]: Object.fromEntries([...open].sort(([a], [b]) => (a < b ? -1 : 1))) }, undefined, 2)}\n`,
  );
}

describe.each(SERVICES)('on a long history, %s', (service, migrations) => {
  let database: Database;
  let growing: Set<string>;
  let statements: FoundStatement[];

  beforeAll(async () => {
    const url = await (await postgres()).createDatabase(`plans_${service}`);
    await migrateDatabase({ url, migrations: [...migrations], logger: createLogger(service, 'silent') });
    database = openDatabase({ url, poolSize: 4, applicationName: 'plans' }, () => undefined);
    growing = await makeHistory(database, new Set(NOW));
    const sources = [
      `services/${service}/src`,
      ...(service === 'ledger' ? ['libs/event-store/src', 'libs/messaging/src'] : []),
    ].flatMap(sourcesIn);
    statements = sources.flatMap((file) => statementsIn(file, ARGUMENTS[file]));
  }, 1_200_000);
  afterAll(() => database.end());

  it('asks nothing whose cost grows with what ever was', async () => {
    const partial = await partialIndexes(database);
    const found: string[] = [];
    for (const { where, sql } of statements) {
      if (Object.keys(MAY_READ_EVERYTHING).some((name) => where.startsWith(name))) continue;
      found.push(
        ...(
          await widescansOf(database, sql, growing, partial).catch((error: Error) => [`${error.message}: ${sql}`])
        ).map((scan) => `${where}: ${scan}`),
      );
    }
    expect(found).toEqual([]);
  });

  it('would name a statement that walks through history', async () => {
    const [table] = growing;
    expect(await widescansOf(database, `select count(*) from ${table}`, growing, new Set())).toEqual([
      expect.stringMatching(/Scan (of|through all of) /),
    ]);
  });

  it('says whose rows it means, but for statements that everybody.json names', async () => {
    const owners = await ownersOf(database);
    const open = statements
      .map(({ where, sql }) => [where, leftOpen(sql, owners).join(', ')] as const)
      .filter(([, columns]) => columns !== '');
    if (process.env.WRITE_EVERYBODY === 'true') writeEverybody(service, open);
    else expect(Object.fromEntries(open)).toEqual(everybody[service]);
  });
});
