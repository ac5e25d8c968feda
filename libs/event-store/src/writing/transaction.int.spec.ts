import { openTestStore, type TestStore } from '../store.fixture';
import {
  CommitOutcomeUnknown,
  inTransaction,
  isTransient,
  TransactionEnded,
  TransactionRolledBack,
} from './transaction';

const withCode = (code: string | number) => Object.assign(new Error(String(code)), { code });

test.each(['40001', '40P01', '57P01', '57P02', '57P03', '53300', '55P03', '08006', 'ECONNRESET', 'ECONNREFUSED'])(
  '%s may pass',
  (code) => {
    expect(isTransient(withCode(code))).toBe(true);
  },
);

test.each(['23505', '22003', '42P01', '57014', 14])('%s will not', (code) => {
  expect(isTransient(withCode(code))).toBe(false);
});

test('what the driver says without a code', () => {
  expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true);
  expect(isTransient(new Error('timeout exceeded when trying to connect'))).toBe(true);
  expect(isTransient(new CommitOutcomeUnknown())).toBe(true);
  expect(isTransient(new Error('a bug'))).toBe(false);
  expect(isTransient(undefined)).toBe(false);
});

describe('a transaction', () => {
  let store: TestStore;
  beforeEach(async () => {
    store = await openTestStore('transaction', 'create table done (key text primary key)');
  });
  afterEach(() => store.close());

  const done = async () =>
    (await store.database.query<{ key: string }>('select key from done')).rows.map(({ key }) => key);

  test('takes its time from the database', async () => {
    const elapsedMs = await inTransaction(store.database, async (tx, now) => {
      const { rows } = await tx.query<{ clock: Date }>('select clock_timestamp() as clock');
      return rows[0]!.clock.getTime() - now.getTime();
    });
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(elapsedMs).toBeLessThan(5_000);
  });

  test('leaves nothing behind when its work throws, and gives the connection back in order', async () => {
    await expect(
      inTransaction(store.database, async (tx) => {
        await tx.query(`insert into done values ('a')`);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await done()).toEqual([]);
    expect(store.database.idleCount).toBe(store.database.totalCount);
  });

  test('says so when the server rolled back instead of committing', async () => {
    await expect(
      inTransaction(store.database, async (tx) => {
        await tx.query(`insert into done values ('a')`);
        await tx.query('select 1 / 0').catch(() => undefined);
      }),
    ).rejects.toThrow(TransactionRolledBack);
    expect(await done()).toEqual([]);
  });

  test('throws a broken connection away', async () => {
    await expect(
      inTransaction(store.database, (tx) => tx.query('select pg_terminate_backend(pg_backend_pid())')),
    ).rejects.toMatchObject({ code: '57P01' });
    expect(
      await inTransaction(store.database, async (tx) => (await tx.query<{ one: number }>('select 1 as one')).rows),
    ).toEqual([{ one: 1 }]);
  });

  test('lets no part of the work go on behind its back', async () => {
    const late: Promise<unknown>[] = [];
    await expect(
      inTransaction(store.database, async (tx) => {
        const slow = tx.query('select 1').then(() => tx.query(`insert into done values ('late')`));
        late.push(slow.catch((error: unknown) => error));
        await Promise.all([slow, Promise.reject(new Error('another part failed'))]);
      }),
    ).rejects.toThrow('another part failed');
    expect(await late[0]).toBeInstanceOf(TransactionEnded);
    expect(await done()).toEqual([]);
  });

  test('takes no statement once its work has returned', async () => {
    const kept = await inTransaction(store.database, async (tx) => ({ tx }));
    await expect(kept.tx.query(`insert into done values ('late')`)).rejects.toThrow(TransactionEnded);
    expect(await done()).toEqual([]);
  });
});
