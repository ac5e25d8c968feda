import { LedgerEvent } from '@usvideo/contracts/ledger';
import {
  appendEvents,
  EMPTY_HEAD,
  eventStoreSchema,
  inTransaction,
  openDatabase,
  shardOf,
  type Database,
  type StreamHead,
} from '@usvideo/event-store';
import { LocalTransport, type Publisher } from '@usvideo/messaging';
import type { Running } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { addAccount, addJobs, logger, openWorld, type World } from '../../test/dispatch-world';
import { ledgerEvents } from './ledger.consumer';

type Event = NonNullable<LedgerEvent['event']>;

let world: World;
let ledger: Database;
let transport: LocalTransport;
let publisher: Publisher;
let heads: Map<string, StreamHead>;
const running: Running[] = [];

beforeEach(async () => {
  world = await openWorld();
  ledger = openDatabase(
    { url: await (await postgres()).createDatabase('ledger'), poolSize: 4, applicationName: 'ledger' },
    () => undefined,
  );
  await ledger.query(eventStoreSchema);
  transport = new LocalTransport({ logger });
  publisher = transport.publish({ topic: 'usvideo.ledger.v1', database: ledger });
  heads = new Map();
});

afterEach(async () => {
  for (const part of running.splice(0).reverse()) await part.stop();
  await publisher.stop();
  await ledger.end();
  await world.close();
});

const refunded = (jobId: string, refundKey: string, amountMicros: bigint): Event => ({
  $case: 'captureRefunded',
  value: {
    jobId,
    refundKey,
    amountMicros,
    settledMicros: 0n,
    reason: 'flicker',
    author: 'ann',
    apiKeyId: 'key_1',
    resolution: '720p',
    chargedDay: '2026-03-05',
  },
});

async function record(accountId: string, ...events: Event[]): Promise<void> {
  const [appended] = await inTransaction(ledger, (tx, now) =>
    appendEvents(tx, now, [
      {
        streamId: accountId,
        accountId,
        environment: 'live',
        head: heads.get(accountId) ?? EMPTY_HEAD,
        events: events.map((event) => ({
          kind: event.$case.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
          payload: LedgerEvent.encode({ event }).finish(),
          traceparent: '',
        })),
      },
    ]),
  );
  heads.set(accountId, appended!.head);
  publisher.nudge();
}

function hear(subscription = ledgerEvents(world.database)) {
  const consuming = transport.subscribe(subscription);
  running.push(consuming);
  return consuming;
}

async function job(): Promise<{ accountId: string; jobId: string }> {
  const accountId = await addAccount(world.database);
  const [jobId] = (await addJobs(world.database, accountId, 1)) as [string];
  return { accountId, jobId };
}

const shown = async (jobId: string) =>
  (
    await world.database.query<{ micros: bigint }>('select refunded_micros as micros from job where job_id = $1', [
      jobId,
    ])
  ).rows[0]!.micros;
const shows = (jobId: string, micros: bigint) =>
  eventually(async () => (await shown(jobId)) === micros, { what: `${jobId} to show ${micros}` });

it('shows with the job what the ledger gave back, one refund after another, and whoever was away hears of it later', async () => {
  const { accountId, jobId } = await job();
  await record(
    accountId,
    {
      $case: 'adjustmentMade',
      value: { adjustmentRef: 'a', amountMicros: 1n, settledMicros: 0n, reason: 'r', author: 'ann' },
    },
    refunded(jobId, 'r1', 250_000n),
  );
  hear();
  await shows(jobId, 250_000n);
  await record(accountId, refunded(jobId, 'r2', 100_000n));
  await shows(jobId, 350_000n);
});

it.each(['before its transaction', 'after its effect and before the commit'])(
  'a process that dies %s leaves nothing undone and nothing twice',
  async (when) => {
    const { accountId, jobId } = await job();
    const subscription = ledgerEvents(world.database);
    let crashes = 2;
    const consuming = hear({
      ...subscription,
      handle: async (event, tx, now) => {
        if (when.startsWith('after')) await subscription.handle(event, tx, now);
        if (crashes-- > 0) throw Object.assign(new Error('the process dies'), { code: '57P01' });
        if (when.startsWith('before')) await subscription.handle(event, tx, now);
      },
    });
    await record(accountId, refunded(jobId, 'r1', 250_000n));
    await shows(jobId, 250_000n);
    await consuming.stop();
    hear();
    await record(accountId, refunded(jobId, 'r2', 1n));
    await shows(jobId, 250_001n);
  },
);

it('hears a refund again without showing it twice, also what a version before has noted', async () => {
  const { accountId, jobId } = await job();
  await world.database.query('update job set refunded_micros = 250000 where job_id = $1', [jobId]);
  await record(accountId, refunded(jobId, 'r1', 150_000n));
  const consuming = hear();
  await eventually(async () => (await world.database.query('select from refund')).rowCount === 1, {
    what: 'the refund to be recorded',
  });
  expect(await shown(jobId)).toBe(250_000n);
  await consuming.stop();
  await world.database.query('delete from consumer_watermark');
  hear();
  await record(accountId, refunded(jobId, 'r2', 200_000n));
  await shows(jobId, 350_000n);
});

it('shows nothing with a job of somebody else, nor is held up by one that is gone', async () => {
  const [one, other] = [await job(), await job()];
  const consuming = hear();
  await record(
    one.accountId,
    refunded(other.jobId, 'r1', 250_000n),
    refunded('job_gone', 'r1', 250_000n),
    refunded(one.jobId, 'r1', 250_000n),
  );
  await shows(one.jobId, 250_000n);
  expect(await shown(other.jobId)).toBe(0n);
  expect(await consuming.parked(10)).toEqual([]);
});

it('takes back what was lost with a restored log of the ledger', async () => {
  const { accountId, jobId } = await job();
  await record(accountId, refunded(jobId, 'r1', 250_000n));
  hear();
  await shows(jobId, 250_000n);
  const { restored } = ledgerEvents(world.database);
  await inTransaction(world.database, (tx) => restored!.reconcile(tx, (shardOf(accountId) + 1) % 16, 0n));
  expect(await shown(jobId)).toBe(250_000n);
  await inTransaction(world.database, (tx) => restored!.reconcile(tx, shardOf(accountId), 0n));
  expect(await shown(jobId)).toBe(0n);
  expect((await world.database.query('select from refund')).rowCount).toBe(0);
});
