import { inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { WEBHOOKS_MIGRATIONS } from '../migrations/all';
import { eraseJob } from './feed.store';
import { claimIntents, fillBody, postponeIntents } from './intent.store';

let database: Database;
const now = new Date('2026-03-01T12:00:00Z');
const until = new Date(now.getTime() + 15_000);

beforeAll(async () => {
  const url = await (await postgres()).createDatabase('intents');
  await migrateDatabase({ url, migrations: WEBHOOKS_MIGRATIONS, logger: createLogger('webhooks', 'silent') });
  database = openDatabase({ url, poolSize: 4, applicationName: 'spec' }, () => undefined);
});
afterAll(() => database.end());
beforeEach(() => database.query('truncate feed_intent, feed_event cascade'));

/** So many events of an account wait, the first for the longest. */
async function wait(accountId: string, count: number, sinceSeconds: number): Promise<void> {
  await database.query(
    `with event as (
       insert into feed_event (account_id, environment, seq, event_id, event, job_id, job_version, recorded_at, traceparent)
       select $1, 'live', n, $1 || '_' || n, 'video.completed', 'job', 1, $2::timestamptz - make_interval(secs => $4), '' from generate_series(1, $3::int) n returning *)
     insert into feed_intent (event_id, check_at, account_id, environment) select event_id, recorded_at, account_id, environment from event`,
    [accountId, now, count, sinceSeconds],
  );
}

const countOf = (claim: Awaited<ReturnType<typeof claimIntents>>, accountId: string) =>
  claim.intents.filter((intent) => intent.accountId === accountId).length;

test('accounts share a batch: whoever waits with little is in it, however much another has waited with for longer', async () => {
  await wait('acc_heavy', 1_000, 60);
  await wait('acc_light', 3, 1);
  const claim = await claimIntents(database, now, until, 200);
  expect([countOf(claim, 'acc_light'), countOf(claim, 'acc_heavy'), claim.more]).toEqual([3, 197, true]);
  expect(
    claim.intents
      .slice(0, 2)
      .map((intent) => intent.accountId)
      .sort(),
  ).toEqual(['acc_heavy', 'acc_light']);
});

test('more accounts than one claim looks at have their turn one after the other', async () => {
  for (let index = 0; index < 300; index++) await wait(`acc_${String(index).padStart(3, '0')}`, 1, 1);
  const first = await claimIntents(database, now, until, 1_000);
  const second = await claimIntents(database, now, until, 1_000, first.turn);
  expect([first.intents.length, first.more, second.intents.length, second.more]).toEqual([256, true, 44, false]);
  const third = await claimIntents(database, now, until, 1_000, second.turn);
  expect(third.intents).toEqual([]);
});

test("what is claimed is nobody else's until it is given back", async () => {
  await wait('acc_1', 2, 1);
  const { intents } = await claimIntents(database, now, until, 1);
  expect(countOf(await claimIntents(database, now, until, 10), 'acc_1')).toBe(1);
  await postponeIntents(database, intents, now);
  expect((await claimIntents(database, now, until, 10)).intents.map((intent) => intent.eventId)).toEqual(
    intents.map((intent) => intent.eventId),
  );
});

test('whoever gives back a claim that has run out takes nothing from whoever has it now', async () => {
  await wait('acc_1', 1, 1);
  const { intents: lost } = await claimIntents(database, now, until, 1);
  const later = new Date(until.getTime() + 1);
  const heldUntil = new Date(later.getTime() + 15_000);
  const {
    intents: [held],
  } = await claimIntents(database, later, heldUntil, 1);
  await postponeIntents(database, lost, later);
  expect((await claimIntents(database, later, heldUntil, 1)).intents).toEqual([]);
  expect(await inTransaction(database, (tx) => fillBody(tx, lost[0]!, Buffer.from('of the lost claim')))).toBe(false);
  expect(await inTransaction(database, (tx) => fillBody(tx, held!, Buffer.from('of the held claim')))).toBe(true);
});

test('a body that was fetched before its job was erased is not stored: it is fetched again', async () => {
  await wait('acc_1', 1, 1);
  const {
    intents: [intent],
  } = await claimIntents(database, now, until, 1);
  const erasedAt = new Date(now.getTime() + 1_000);
  await inTransaction(database, (tx) => eraseJob(tx, 'job', erasedAt));
  expect(await inTransaction(database, (tx) => fillBody(tx, intent!, Buffer.from('what was erased')))).toBe(false);
  expect((await database.query('select body from feed_event')).rows).toEqual([{ body: null }]);
  const {
    intents: [again],
  } = await claimIntents(database, erasedAt, until, 1);
  expect(again).toMatchObject({ eventId: intent!.eventId });
  expect(await inTransaction(database, (tx) => fillBody(tx, again!, Buffer.from('without content')))).toBe(true);
});
