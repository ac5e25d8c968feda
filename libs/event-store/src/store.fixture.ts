import { postgres } from '@usvideo/testing';
import { appendEvents, type Appended, EMPTY_HEAD, type NewEvent, type StreamHead } from './log/append';
import { openDatabase, type Database } from './database';
import { eventStoreSchema } from './log/schema';
import { inTransaction } from './writing/transaction';

export interface TestStore {
  readonly url: string;
  readonly database: Database;
  /** Another pool on the same database, closed with it. */
  anotherPool(): Database;
  /** Appends one event per kind to a stream, behind what was appended to it by this fixture before. */
  append(streamId: string, kinds: readonly string[], accountId?: string): Promise<Appended>;
  close(): Promise<void>;
}

/** A database of its own with the event store's tables. */
export async function openTestStore(name: string, moreSchema = ''): Promise<TestStore> {
  const url = await (await postgres()).createDatabase(name);
  const pools: Database[] = [];
  const open = () => {
    // Tests kill connections on purpose.
    const pool = openDatabase({ url, poolSize: 8, applicationName: name }, () => undefined);
    pools.push(pool);
    return pool;
  };
  const database = open();
  await database.query(eventStoreSchema + moreSchema);
  const heads = new Map<string, StreamHead>();
  return {
    url,
    database,
    anotherPool: open,
    append: async (streamId, kinds, accountId = streamId) => {
      const head = heads.get(streamId) ?? EMPTY_HEAD;
      const append = { streamId, accountId, environment: 'live', head, events: kinds.map(newEvent) };
      const [appended] = await inTransaction(database, (tx, now) => appendEvents(tx, now, [append]));
      heads.set(streamId, appended!.head);
      return appended!;
    },
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

export function newEvent(kind: string): NewEvent {
  return { kind, payload: Buffer.from(`payload of ${kind}`), traceparent: '' };
}
