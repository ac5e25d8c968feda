import { shardOf } from './shard';
import { openTestStore, type TestStore } from './store.fixture';
import { verifyLog } from './verify-log';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore('verify');
  await store.append('account:a', ['1', '2', '3', '4']);
  await store.append('account:b', ['1', '2']);
});
afterEach(() => store.close());

const at = `shard ${shardOf('account:a')}`;

/** What an intruder with rights on the server could do. */
async function tamper(statement: string): Promise<void> {
  await store.database.query(`alter table event disable trigger user; ${statement}; alter table event enable trigger user`);
}

test('a log that was only appended to is whole', async () => {
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 6n, differences: [] });
});

test.each([
  ['an edited payload', `update event set payload = 'forged' where stream_id = 'account:a' and version = 2`,
    [`${at}, sequence 2, account:a version 2: its hash is not that of its content`]],
  ['an edited event with a hash made to fit', `update event set hash = sha256('forged') where stream_id = 'account:a' and version = 2`,
    [`${at}, sequence 2, account:a version 2: its hash is not that of its content`, `${at}, sequence 3, account:a version 3: is not chained to the version before it`]],
  ['a deleted event', `delete from event where stream_id = 'account:a' and version = 2`,
    [`${at}: sequence 3 follows 1`, `${at}, sequence 3: does not name the event before it`, `${at}, sequence 3, account:a version 3: version 2 is missing`,
      `${at}, sequence 3, account:a version 3: is not chained to the version before it`]],
  ['a cut tail', `delete from event where stream_id = 'account:a' and version = 4`, [`${at}: the head expects 5, the last event has 3`]],
  ['a moved time', `update event set recorded_at = recorded_at - interval '1 day' where stream_id = 'account:a' and version = 4`,
    [`${at}, sequence 4, account:a version 4: its hash is not that of its content`]],
])('%s is found', async (_, statement, differences) => {
  await tamper(statement);
  expect((await verifyLog(store.database)).differences).toEqual(differences);
});

test('a log of several pages is read whole', async () => {
  await store.append('account:c', Array.from({ length: 1_203 }, (_, index) => String(index)));
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 1_209n, differences: [] });
});
