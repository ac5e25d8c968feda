import { appendEvents, EMPTY_HEAD } from './append';
import { requireReadable, SCHEMA_LEVEL, schemaLevel, schemaLevelSchema } from './schema-level';
import { newEvent, openTestStore, type TestStore } from '../store.fixture';
import { inTransaction } from '../writing/transaction';
import { verifyLog } from './verify-log';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore('schema_level');
});
afterEach(() => store.close());

const migrate = () => store.database.query(schemaLevelSchema);
const raiseTo = (level: number) => store.database.query('update schema_level set level = $1', [level]);
const write = (streamId: string, level?: number) =>
  inTransaction(store.database, (tx, now) =>
    appendEvents(tx, now, [
      {
        streamId,
        accountId: 'a',
        environment: 'live',
        head: EMPTY_HEAD,
        events: [newEvent('old'), { ...newEvent('new'), level }],
      },
    ]),
  );

test('a new database is at the level of the version that made it, one with events stays at the first', async () => {
  await migrate();
  expect(await schemaLevel(store.database)).toBe(SCHEMA_LEVEL);
  const older = await openTestStore('schema_level_older');
  await older.append('account:a', ['old']);
  await older.database.query(schemaLevelSchema);
  expect(await schemaLevel(older.database)).toBe(1);
  await older.close();
});

test('a kind of a higher level is written from the moment on at which the level is raised, and nothing of its batch before', async () => {
  await migrate();
  await raiseTo(2);
  await expect(write('stream:a', 3)).rejects.toThrow(
    'schema_level: the database is at 2, and what should be written needs 3',
  );
  expect((await verifyLog(store.database)).eventsChecked).toBe(0n);
  await write('stream:a');
  await raiseTo(3);
  await write('stream:b', 3);
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 4n, differences: [] });
});

test('a version that cannot read the level in force does not start', async () => {
  await migrate();
  await requireReadable(store.database);
  await raiseTo(SCHEMA_LEVEL + 1);
  await expect(requireReadable(store.database)).rejects.toThrow(
    `schema_level: the database is at ${SCHEMA_LEVEL + 1} and this version reads up to ${SCHEMA_LEVEL}. There is no way back from a raised level: start the newer version`,
  );
  await requireReadable(store.database, SCHEMA_LEVEL + 1);
});

test('a raised level never goes down', async () => {
  await migrate();
  await raiseTo(3);
  await expect(raiseTo(2)).rejects.toThrow('schema_level never goes down: 2 is refused after 3');
  await expect(raiseTo(0)).rejects.toThrow('schema_level never goes down');
  expect(await schemaLevel(store.database)).toBe(3);
});
