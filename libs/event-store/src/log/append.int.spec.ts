import { eventually } from '@usvideo/testing';
import { appendEvents, EMPTY_HEAD, EVENT_BYTES_MAX, EventTooLarge } from './append';
import { EventLog } from '../publishing/event-log';
import { SHARDS, shardOf } from '../shard';
import { newEvent, openTestStore, type TestStore } from '../store.fixture';
import { inTransaction } from '../writing/transaction';
import { verifyLog } from './verify-log';
import { WriterLane } from '../writing/writer-lane';

const MAKE_ROWS = 'insert into stream_row (id, hash) select unnest($1::text[]), $2 on conflict do nothing';
const LOCK_ROWS = 'select * from stream_row where id = any($1::text[]) order by id for update';
const MOVE_ROW = 'update stream_row set version = $2, hash = $3 where id = $1';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore('append');
});
afterEach(() => store.close());

test('what was appended is read back as it was recorded, chained and numbered', async () => {
  const { head, events } = await store.append('account:a', ['funds_added', 'hold_placed']);
  const log = new EventLog(store.database);
  const read = await log.read(shardOf('account:a'), 0n, 10);
  expect(head).toMatchObject({ version: 2n });
  expect(
    read.map(({ seq, version, kind, eventId, previousEventId }) => ({ seq, version, kind, eventId, previousEventId })),
  ).toEqual([
    { seq: 1n, version: 1n, kind: 'funds_added', eventId: events[0]!.eventId, previousEventId: '' },
    { seq: 2n, version: 2n, kind: 'hold_placed', eventId: events[1]!.eventId, previousEventId: events[0]!.eventId },
  ]);
  expect(read[0]).toMatchObject({
    epoch: await log.epoch(),
    streamId: 'account:a',
    environment: 'live',
    recordedAt: events[0]!.recordedAt,
  });
  expect(Buffer.from(read[1]!.payload).toString()).toBe('payload of hold_placed');
});

test('events of many streams and shards are appended in one call', async () => {
  const accounts = Array.from({ length: 40 }, (_, index) => `acc_${index}`);
  await inTransaction(store.database, (tx, now) =>
    appendEvents(
      tx,
      now,
      accounts.map((accountId) => ({
        streamId: `stream:${accountId}`,
        accountId,
        environment: 'test',
        head: EMPTY_HEAD,
        events: [newEvent('a'), newEvent('b')],
      })),
    ),
  );
  const log = new EventLog(store.database);
  const everything = await log.readAfter(new Map(Array.from({ length: SHARDS }, (_, shard) => [shard, 0n])), 100);
  expect(everything).toHaveLength(80);
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 80n, differences: [] });
});

test('readAfter gives each shard at most the limit, behind its position', async () => {
  await store.append('account:a', ['1', '2', '3', '4']);
  const shard = shardOf('account:a');
  const page = await new EventLog(store.database).readAfter(
    new Map([
      [shard, 1n],
      [(shard + 1) % SHARDS, 0n],
    ]),
    2,
  );
  expect(page.map(({ kind }) => kind)).toEqual(['2', '3']);
});

test('an append without events takes no lock and no number', async () => {
  const [appended] = await inTransaction(store.database, (tx, now) =>
    appendEvents(tx, now, [{ streamId: 's', accountId: 'a', environment: 'live', head: EMPTY_HEAD, events: [] }]),
  );
  expect(appended).toEqual({ head: EMPTY_HEAD, events: [] });
  expect((await verifyLog(store.database)).eventsChecked).toBe(0n);
});

test('an event that no broker would take is refused by name, and nothing of its append is recorded', async () => {
  const appending = (bytes: number) =>
    inTransaction(store.database, (tx, now) =>
      appendEvents(tx, now, [
        {
          streamId: 's',
          accountId: 'a',
          environment: 'live',
          head: EMPTY_HEAD,
          events: [newEvent('small'), { ...newEvent('large'), payload: Buffer.alloc(bytes) }],
        },
      ]),
    );
  await expect(appending(EVENT_BYTES_MAX + 1)).rejects.toThrow(
    new EventTooLarge('large of s has 786433 bytes, and an event has at most 786432'),
  );
  expect((await verifyLog(store.database)).eventsChecked).toBe(0n);
  await appending(EVENT_BYTES_MAX);
  expect((await verifyLog(store.database)).eventsChecked).toBe(2n);
});

test('a stale head is refused, and leaves no number behind', async () => {
  await store.append('account:a', ['1']);
  const stale = inTransaction(store.database, (tx, now) =>
    appendEvents(tx, now, [
      { streamId: 'account:a', accountId: 'account:a', environment: 'live', head: EMPTY_HEAD, events: [newEvent('2')] },
    ]),
  );
  await expect(stale).rejects.toMatchObject({ code: '23505' });
  expect((await store.append('account:a', ['2'])).events[0]).toMatchObject({ seq: 2n, version: 2n });
});

test('sequences stay gapless while lanes of two pools write, roll back and are read', async () => {
  await store.database.query(
    'create table stream_row (id text primary key, version bigint not null default 0, hash bytea not null)',
  );
  const failing = new Set(['3', '77', '130']);
  const laneOn = (database = store.anotherPool()) =>
    new WriterLane<{ account: string; command: string }, bigint>({
      database,
      batchMax: 7,
      keyOf: ({ account }) => account,
      apply: async (tx, opening, commands) => {
        const ids = [...new Set(commands.map(({ account }) => account))].sort();
        await tx.query({ name: 'rows_make', text: MAKE_ROWS, values: [ids, EMPTY_HEAD.hash] });
        const { rows } = await tx.query<{ id: string; version: bigint; hash: Buffer }>({
          name: 'rows_lock',
          text: LOCK_ROWS,
          values: [ids],
        });
        const byStream = Map.groupBy(commands, ({ account }) => account);
        const appended = await appendEvents(
          tx,
          await opening,
          rows.map((head) => ({
            streamId: head.id,
            accountId: head.id,
            environment: 'live',
            head,
            events: byStream.get(head.id)!.map(({ command }) => newEvent(command)),
          })),
        );
        for (const [index, { head }] of appended.entries()) {
          await tx.query({ name: 'row_move', text: MOVE_ROW, values: [rows[index]!.id, head.version, head.hash] });
        }
        const poison = commands.find(({ command }) => failing.has(command));
        if (poison) throw new Error(`poison ${poison.command}`);
        return commands.map(() => 1n);
      },
    });
  const lanes = [laneOn(), laneOn(), laneOn(), laneOn()];
  const submit = (index: number) =>
    lanes[index % lanes.length]!.submit({ account: `acc_${index % 13}`, command: String(index) });
  const results = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => submit(index)));
  const failures = results.flatMap((result, index) =>
    result.status === 'rejected' ? [`${index}: ${result.reason.message}`] : [],
  );
  expect(failures).toEqual(['3: poison 3', '77: poison 77', '130: poison 130']);
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 197n, differences: [] });
});

test('who records in a shard waits for who does so already, and goes on behind it', async () => {
  const [one, other] = Array.from({ length: 40 }, (_, index) => `acc_${index}`).filter(
    (accountId) => shardOf(accountId) === 3,
  );
  const record = (accountId: string, until?: Promise<unknown>) =>
    inTransaction(store.database, async (tx, now) => {
      const [appended] = await appendEvents(tx, now, [
        {
          streamId: accountId,
          accountId,
          environment: 'live',
          head: EMPTY_HEAD,
          events: [newEvent('a'), newEvent('b')],
        },
      ]);
      await until;
      return appended!.events.map(({ seq }) => seq);
    });
  const isThere = async (condition: string) =>
    (await store.database.query(`select from pg_stat_activity where datname = current_database() and ${condition}`))
      .rowCount === 1;
  const waitedFor = Promise.withResolvers<void>();
  const first = record(one!, waitedFor.promise);
  await eventually(() => isThere(`state = 'idle in transaction'`), { what: 'the first to hold the shard' });
  const second = record(other!);
  await eventually(() => isThere(`wait_event_type = 'Lock'`), { what: 'the second to wait' });
  waitedFor.resolve();
  expect(await Promise.all([first, second])).toEqual([
    [1n, 2n],
    [3n, 4n],
  ]);
  expect(await verifyLog(store.database)).toEqual({ eventsChecked: 4n, differences: [] });
});

test.each([
  ['update', `update event set kind = 'other'`],
  ['delete', 'delete from event'],
  ['truncate', 'truncate event'],
])('the database refuses to %s events', async (operation, statement) => {
  await store.append('account:a', ['1']);
  await expect(store.database.query(statement)).rejects.toThrow(
    `table event is append-only: ${operation.toUpperCase()} is refused`,
  );
});
