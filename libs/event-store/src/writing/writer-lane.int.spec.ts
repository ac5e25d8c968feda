import { Signal, TcpProxy } from '@usvideo/testing';
import type pg from 'pg';
import { openDatabase, type Transaction } from '../database';
import { openTestStore, type TestStore } from '../store.fixture';
import { TransactionRolledBack } from './transaction';
import { LaneFull, WriterLane, type WriterLaneOptions } from './writer-lane';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore('lane', 'create table done (key text primary key)');
});
afterEach(() => store.close());

type Outcome = 'now' | 'before';

/** Each command is a key that is done once. */
async function doOnce(tx: Transaction, keys: readonly string[]): Promise<Outcome[]> {
  const { rows } = await tx.query<{ key: string }>({
    name: 'do_once',
    text: 'insert into done select distinct unnest($1::text[]) on conflict do nothing returning key',
    values: [keys],
  });
  const fresh = new Set(rows.map(({ key }) => key));
  return keys.map((key) => (fresh.has(key) ? 'now' : 'before'));
}

function laneWith(options: Partial<WriterLaneOptions<string, Outcome>> = {}): WriterLane<string, Outcome> {
  return new WriterLane({
    database: store.database,
    keyOf: (key) => key,
    apply: (tx, _, keys) => doOnce(tx, keys),
    ...options,
  });
}

async function doneKeys(): Promise<string[]> {
  return (await store.database.query<{ key: string }>('select key from done order by key')).rows.map(({ key }) => key);
}

test('what queues while a transaction is in flight shares the next one', async () => {
  const batches: number[] = [];
  const lane = laneWith({
    batchMax: 4,
    apply: (tx, _, keys) => {
      batches.push(keys.length);
      return doOnce(tx, keys);
    },
  });
  await Promise.all(Array.from({ length: 10 }, (_, index) => lane.submit(String(index))));
  expect(batches).toEqual([4, 4, 2]);
});

test('a poisonous command fails alone', async () => {
  const lane = laneWith({
    apply: async (tx, _, keys) => {
      if (keys.includes('poison')) await tx.query('select 1 / 0');
      return doOnce(tx, keys);
    },
  });
  const results = await Promise.allSettled(['a', 'b', 'poison', 'c', 'd'].map((key) => lane.submit(key)));
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message))).toEqual([
    'now',
    'now',
    'division by zero',
    'now',
    'now',
  ]);
  expect(await doneKeys()).toEqual(['a', 'b', 'c', 'd']);
});

test('a COMMIT that answers ROLLBACK is an error of its culprit, and nobody is told it was done', async () => {
  const lane = laneWith({
    attemptsMax: 2,
    apply: async (tx, _, keys) => {
      const outcomes = await doOnce(tx, keys);
      // The transaction is aborted and nobody notices: the mistake this test is about.
      if (keys.includes('careless')) await tx.query('select 1 / 0').catch(() => undefined);
      return outcomes;
    },
  });
  const [careless, neighbour] = await Promise.allSettled([lane.submit('careless'), lane.submit('neighbour')]);
  expect(careless).toMatchObject({ status: 'rejected', reason: expect.any(TransactionRolledBack) });
  expect(neighbour).toEqual({ status: 'fulfilled', value: 'now' });
  expect(await doneKeys()).toEqual(['neighbour']);
});

test('a connection killed in the middle of a batch costs a retry, nothing else', async () => {
  const retried = new Signal<unknown>('retried');
  let kill = true;
  const lane = laneWith({
    onRetry: (error) => retried.emit(error),
    apply: async (tx, _, keys) => {
      const outcomes = await doOnce(tx, keys);
      if (kill) {
        kill = false;
        const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await store.anotherPool().query(`select pg_terminate_backend(${rows[0]!.pid})`);
        await tx.query('select 1');
      }
      return outcomes;
    },
  });
  await expect(Promise.all([lane.submit('a'), lane.submit('b')])).resolves.toEqual(['now', 'now']);
  await retried.wait();
  expect(await doneKeys()).toEqual(['a', 'b']);
});

test('a commit whose answer was lost is asked again under the same keys, and was done once', async () => {
  const proxy = await TcpProxy.to(store.url);
  const database = openDatabase(
    { url: proxy.through(store.url), poolSize: 2, applicationName: 'lossy' },
    () => undefined,
  );
  const errors: unknown[] = [];
  const lane = laneWith({ database, onRetry: (error) => errors.push((error as Error).name) });
  let lose = true;
  proxy.onClientData((chunk, line) => {
    if (!lose || !chunk.includes('commit')) return;
    lose = false;
    line.loseAnswer();
  });
  await expect(lane.submit('a')).resolves.toBe('before');
  expect(errors).toEqual(['CommitOutcomeUnknown']);
  expect(await doneKeys()).toEqual(['a']);
  await database.end();
  await proxy.stop();
});

test('a connection that was lost without a word is given up, and the batch is done over another', async () => {
  const proxy = await TcpProxy.to(store.url);
  const database = openDatabase(
    { url: proxy.through(store.url), poolSize: 2, applicationName: 'mute', answerMaxMs: 1_000 },
    () => undefined,
  );
  const errors: unknown[] = [];
  const lane = laneWith({ database, onRetry: (error) => errors.push((error as Error).message) });
  await expect(lane.submit('a')).resolves.toBe('now');
  proxy.mute();
  await expect(lane.submit('b')).resolves.toBe('now');
  // Of the statements that went out together one is given up, and with it the connection of the others.
  expect(errors).toEqual([expect.stringMatching(/^(Query read timeout|Connection terminated unexpectedly)$/)]);
  expect(await doneKeys()).toEqual(['a', 'b']);
  await database.end();
  await proxy.stop();
});

test('a commit that the server undid is done again', async () => {
  await store.database.query(`
    create table suicide (armed boolean); insert into suicide values (true);
    create function kill_me() returns trigger language plpgsql as $$ begin
      perform pg_terminate_backend(pg_backend_pid()) ; return null;
    end $$;
    create constraint trigger at_commit after insert on done deferrable initially deferred for each row
      when (new.key = 'a') execute function kill_me()`);
  const lane = laneWith({
    onRetry: () => void store.database.query('alter table done disable trigger at_commit'),
    attemptsMax: 8,
  });
  await expect(lane.submit('a')).resolves.toBe('now');
  expect(await doneKeys()).toEqual(['a']);
});

test('a full queue refuses at once, and takes commands again when it has room', async () => {
  const release = new Signal('release');
  const lane = laneWith({
    queueMax: 2,
    batchMax: 1,
    apply: async (tx, _, keys) => {
      await release.wait();
      return doOnce(tx, keys);
    },
  });
  const first = lane.submit('a');
  const second = lane.submit('b');
  await expect(lane.submit('c')).rejects.toBeInstanceOf(LaneFull);
  release.emit();
  await Promise.all([first, second]);
  await expect(lane.submit('c')).resolves.toBe('now');
});

test('a database that stays away fails the commands after the last attempt', async () => {
  const gone = openDatabase(
    { url: 'postgresql://nobody@127.0.0.1:1/none', poolSize: 1, applicationName: 'gone' },
    () => undefined,
  );
  await expect(laneWith({ database: gone, attemptsMax: 2 }).submit('a')).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
  await gone.end();
});

test('settled waits for what was submitted', async () => {
  const lane = laneWith();
  void lane.submit('a');
  await lane.settled();
  await lane.settled();
  expect(await doneKeys()).toEqual(['a']);
});

describe('a row that a stopped process keeps locked', () => {
  let stopped: pg.PoolClient;
  const submitAll = (lane: WriterLane<string, Outcome>, keys: readonly string[]) => keys.map((key) => lane.submit(key));
  const lockAndDo = async (tx: Transaction, keys: readonly string[]): Promise<Outcome[]> => {
    await tx.query({
      name: 'lock_rows',
      text: 'select key from held where key = any($1::text[]) order by key for update',
      values: [keys],
    });
    return keys.map(() => 'now');
  };

  beforeEach(async () => {
    await store.database.query("create table held as select 'k' || n as key from generate_series(0, 40) as n");
    stopped = await store.anotherPool().connect();
    await stopped.query("begin; select key from held where key = 'k3' for update");
  });
  afterEach(() => stopped.release());

  test('delays the commands of its own key, and nobody else', async () => {
    const retried = new Signal<unknown>('what waits was tried again');
    const lane = laneWith({ apply: (tx, _, keys) => lockAndDo(tx, keys), onRetry: (error) => retried.emit(error) });
    const [blocked, ...others] = submitAll(lane, [
      'k3',
      ...Array.from({ length: 40 }, (_, n) => `k${n}`).filter((key) => key !== 'k3'),
    ]);
    expect(await Promise.all(others)).toEqual(others.map(() => 'now'));
    const later = lane.submit('k3');
    expect(await Promise.race([blocked!, later, lane.submit('k7').then(() => 'k7')])).toBe('k7');
    await retried.wait();
    await stopped.query('commit');
    expect(await Promise.all([blocked, later])).toEqual(['now', 'now']);
    await lane.settled();
  });

  test('fails them with what the database said, when it takes too long', async () => {
    const lane = laneWith({ asideMaxMs: 1, apply: (tx, _, keys) => lockAndDo(tx, keys) });
    const [blocked, other] = await Promise.allSettled(submitAll(lane, ['k3', 'k4']));
    expect(other).toEqual({ status: 'fulfilled', value: 'now' });
    expect(blocked).toMatchObject({ status: 'rejected', reason: { code: '55P03' } });
    await stopped.query('rollback');
    expect(await lane.submit('k3')).toBe('now');
  });
});
