import { inTransaction, openDatabase, type Database, type LoggedEvent } from '@usvideo/event-store';
import {
  createLogger,
  inSpan,
  inTrace,
  migrateDatabase,
  type Running,
  startTracing,
  traceIdOf,
} from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { WEBHOOKS_MIGRATIONS } from '../migrations/all';
import { eraseJob, recordFeedEvent } from './feed.store';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const now = new Date('2026-03-01T12:00:00Z');

let database: Database;
let tracing: Running;
let seq = 0n;

beforeAll(async () => {
  tracing = await startTracing({ serviceName: 'webhooks' });
  const url = await (await postgres()).createDatabase('feed');
  await migrateDatabase({ url, migrations: WEBHOOKS_MIGRATIONS, logger: createLogger('webhooks', 'silent') });
  database = openDatabase({ url, poolSize: 2, applicationName: 'spec' }, () => undefined);
});
afterAll(async () => {
  await database.end();
  await tracing.stop();
});

function newEvent(): LoggedEvent {
  seq += 1n;
  return {
    epoch: 'e',
    shard: 0,
    seq,
    eventId: `evt_${seq}`,
    previousEventId: '',
    streamId: `job_${seq}`,
    version: 1n,
    accountId: 'acc_1',
    environment: 'live',
    kind: 'job_completed',
    payload: new Uint8Array(),
    traceparent: TRACEPARENT,
    recordedAt: now,
  };
}

async function traceparentOf(record: (work: () => Promise<void>) => Promise<void>): Promise<string> {
  const event = newEvent();
  await record(() =>
    inTransaction(database, (tx) => recordFeedEvent(tx, event, { name: 'video.completed', tellsUrl: true })),
  );
  return (
    await database.query<{ traceparent: string }>('select traceparent from feed_event where event_id = $1', [
      event.eventId,
    ])
  ).rows[0]!.traceparent;
}

test('what follows from an event belongs to how it was taken in, unless that has a trace of its own', async () => {
  const takenIn = await traceparentOf((work) =>
    inTrace(TRACEPARENT, () => inSpan('consume', { service: 'webhooks' }, work)),
  );
  expect([traceIdOf(takenIn), takenIn === TRACEPARENT]).toEqual([traceIdOf(TRACEPARENT), false]);
  expect(await traceparentOf((work) => inSpan('retry', { service: 'webhooks', root: true }, work))).toBe(TRACEPARENT);
  expect(await traceparentOf((work) => work())).toBe(TRACEPARENT);
});

test('of an erased job nothing is left but that it was told', async () => {
  const event = newEvent();
  await inTransaction(database, (tx) => recordFeedEvent(tx, event, { name: 'video.completed', tellsUrl: true }));
  await database.query('update feed_event set body = $2 where event_id = $1', [
    event.eventId,
    Buffer.from('{"prompt":"a bear"}'),
  ]);
  await inTransaction(database, (tx) => eraseJob(tx, event.streamId, now));
  expect(
    (await database.query('select event, body from feed_event where event_id = $1', [event.eventId])).rows,
  ).toEqual([{ event: 'video.completed', body: null }]);
});
