import { shardOf } from '../shard';
import { openTestStore, type TestStore } from '../store.fixture';
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
  await store.database.query(
    `alter table event disable trigger user; ${statement}; alter table event enable trigger user`,
  );
}

test('a log that was only appended to is whole', async () => {
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 6n, differences: [] });
});

test.each([
  [
    'an edited payload',
    `update event set payload = 'forged' where stream_id = 'account:a' and version = 2`,
    [`${at}, sequence 2, account:a version 2: its hash is not that of its content`],
  ],
  [
    'an edited event with a hash made to fit',
    `update event set hash = sha256('forged') where stream_id = 'account:a' and version = 2`,
    [
      `${at}, sequence 2, account:a version 2: its hash is not that of its content`,
      `${at}, sequence 3, account:a version 3: is not chained to the version before it`,
    ],
  ],
  [
    'a deleted event',
    `delete from event where stream_id = 'account:a' and version = 2`,
    [
      `${at}: sequence 3 follows 1`,
      `${at}, sequence 3: does not name the event before it`,
      `${at}, sequence 3, account:a version 3: version 2 is missing`,
      `${at}, sequence 3, account:a version 3: is not chained to the version before it`,
    ],
  ],
  [
    'a cut tail',
    `delete from event where stream_id = 'account:a' and version = 4`,
    [`${at}: the head expects 5, the last event has 3`],
  ],
  [
    'a moved time',
    `update event set recorded_at = recorded_at - interval '1 day' where stream_id = 'account:a' and version = 4`,
    [`${at}, sequence 4, account:a version 4: its hash is not that of its content`],
  ],
])('%s is found', async (_, statement, differences) => {
  await tamper(statement);
  expect((await verifyLog(store.database)).differences).toEqual(differences);
});

const rowsChange =
  'table event: the trigger event_rows_never_change, which refuses change, is gone, switched off or another.';
const tableIsEmptied =
  'table event: the trigger event_table_is_never_truncated, which refuses truncation, is gone, switched off or another.';
test.each([
  ['a dropped guard of the rows', 'drop trigger event_rows_never_change on event', [rowsChange]],
  ['a dropped guard of the table', 'drop trigger event_table_is_never_truncated on event', [tableIsEmptied]],
  ['guards that are switched off', 'alter table event disable trigger user', [rowsChange, tableIsEmptied]],
  [
    'a guard that looks at some columns only',
    `drop trigger event_rows_never_change on event;
    create trigger event_rows_never_change before delete or update of kind on event for each row execute function refuse_change()`,
    [rowsChange],
  ],
  [
    'a guard that comes too late',
    `drop trigger event_rows_never_change on event;
    create trigger event_rows_never_change after update or delete on event for each row execute function refuse_change()`,
    [rowsChange],
  ],
  [
    'guards that refuse nothing any more',
    'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return new; end $$',
    [rowsChange, tableIsEmptied],
  ],
])('%s is found', async (_, statement, differences) => {
  await store.database.query(statement);
  expect((await verifyLog(store.database)).differences).toEqual(differences);
});

test('a log of several pages is read whole', async () => {
  await store.append(
    'account:c',
    Array.from({ length: 1_203 }, (_, index) => String(index)),
  );
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 1_209n, differences: [] });
});
