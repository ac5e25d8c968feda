import { eventually, Signal } from '@usvideo/testing';
import { mintEpoch } from './epoch';
import type { LoggedEvent } from '../log/logged-event';
import { PartitionAhead, Relay, type RelayOptions, type RelaySink } from './relay';
import { claimShards, moveCursor } from './relay-cursor';
import { shardOf } from '../shard';
import { openTestStore, type TestStore } from '../store.fixture';
import { inTransaction } from '../writing/transaction';

/** A broker's partitions in memory; sending can be held up or made to fail. */
class Broker implements RelaySink {
  readonly partitions = new Map<number, LoggedEvent[]>();
  readonly sending: string[] = [];
  inFlightMax = 0;
  private readonly inFlight = new Map<number, number>();
  private before: (shard: number) => Promise<void> = async () => undefined;

  beforeAcknowledging(before: (shard: number) => Promise<void>): void {
    this.before = before;
  }

  async send(shard: number, events: readonly LoggedEvent[]): Promise<void> {
    const inFlight = (this.inFlight.get(shard) ?? 0) + 1;
    this.inFlight.set(shard, inFlight);
    this.inFlightMax = Math.max(this.inFlightMax, inFlight);
    this.partitions.set(shard, [...(this.partitions.get(shard) ?? []), ...events]);
    try {
      await this.before(shard);
    } finally {
      this.inFlight.set(shard, this.inFlight.get(shard)! - 1);
    }
  }

  async tail(shard: number): Promise<LoggedEvent | undefined> {
    return this.partitions.get(shard)?.at(-1);
  }

  kinds(account: string): string[] {
    return (this.partitions.get(shardOf(account)) ?? []).map(({ kind }) => kind);
  }
}

let store: TestStore;
let broker: Broker;
let relays: Relay[];
let unexpected: unknown[];
beforeEach(async () => {
  store = await openTestStore('relay');
  broker = new Broker();
  relays = [];
  unexpected = [];
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await store.close();
  expect(unexpected).toEqual([]);
});

function relayOf(owner: string, options: Partial<RelayOptions> = {}): Relay {
  const relay = new Relay({
    database: store.database,
    sink: broker,
    owner,
    onError: (error) => unexpected.push(error),
    ...options,
  });
  relays.push(relay);
  return relay;
}

async function cursorOf(account: string): Promise<bigint> {
  const { rows } = await store.database.query<{ last_seq: bigint }>(
    `select last_seq from relay_cursor where shard = ${shardOf(account)}`,
  );
  return rows[0]!.last_seq;
}

const arrived = (account: string, kinds: string[]) =>
  eventually(() => broker.kinds(account).length >= kinds.length, { what: `${kinds} of ${account} at the broker` }).then(
    () => expect(broker.kinds(account)).toEqual(kinds),
  );

test('every row is published, in order, exactly as recorded', async () => {
  await store.append('a', ['1', '2']);
  const relay = relayOf('one', { batchMax: 2 });
  await relay.start();
  await store.append('a', ['3', '4', '5']);
  await store.append('b', ['1']);
  relay.nudge();
  await arrived('a', ['1', '2', '3', '4', '5']);
  await arrived('b', ['1']);
  await eventually(async () => (await cursorOf('a')) === 5n, { what: 'the cursor at the last event' });
});

test('it reads all its shards with one statement', async () => {
  const accounts = ['a', 'b', 'c', 'd', 'e'].filter(
    (account, index, all) => all.findIndex((other) => shardOf(other) === shardOf(account)) === index,
  );
  expect(accounts.length).toBeGreaterThan(2);
  for (const account of accounts) await store.append(account, ['1']);
  const query = jest.spyOn(store.database, 'query');
  await relayOf('one').start();
  for (const account of accounts) await arrived(account, ['1']);
  const reads = query.mock.calls.flatMap(([statement], index) =>
    (statement as { name?: string }).name === 'event_read_after' ? [index] : [],
  );
  const found = await Promise.all(
    reads.map(async (index) => ((await query.mock.results[index]!.value) as { rows: { shard: number | null }[] }).rows),
  );
  const filled = found.map((rows) => rows.filter(({ shard }) => shard !== null).length).filter((count) => count > 0);
  expect(filled).toEqual([accounts.length]);
});

test('without a nudge events are found all the same', async () => {
  await relayOf('one').start();
  await store.append('a', ['1']);
  await arrived('a', ['1']);
});

test('the cursor waits for the acknowledgement; meanwhile one batch per shard is in flight and other shards go on', async () => {
  const acknowledge = new Signal('acknowledge');
  const held = new Signal('held');
  broker.beforeAcknowledging(async (shard) => {
    if (shard !== shardOf('a')) return;
    held.emit();
    await acknowledge.wait();
  });
  const relay = relayOf('one');
  await relay.start();
  await store.append('a', ['1']);
  await held.wait();
  await store.append('a', ['2']);
  await store.append('b', ['1']);
  await arrived('b', ['1']);
  expect(await cursorOf('a')).toBe(0n);
  expect(broker.kinds('a')).toEqual(['1']);
  acknowledge.emit();
  await arrived('a', ['1', '2']);
  expect(broker.inFlightMax).toBe(1);
});

test('a batch that was not acknowledged is sent again', async () => {
  let refuse = true;
  broker.beforeAcknowledging(async () => {
    if (!refuse) return;
    refuse = false;
    throw new Error('broker unavailable');
  });
  const errors: unknown[] = [];
  await relayOf('one', { onError: (error) => errors.push((error as Error).message) }).start();
  await store.append('a', ['1']);
  await arrived('a', ['1', '1']);
  await eventually(async () => (await cursorOf('a')) === 1n, { what: 'the cursor moved' });
  expect(errors).toContain('broker unavailable');
});

test('a second relay waits for the lease, takes over when the first stops, and repeats nothing', async () => {
  const first = relayOf('one');
  await first.start();
  const second = relayOf('two', { leaseMs: 300 });
  await second.start();
  await store.append('a', ['1']);
  await arrived('a', ['1']);
  await first.stop();
  await first.stop();
  await store.append('a', ['2']);
  await arrived('a', ['1', '2']);
});

test("a relay that hung beyond its lease can only repeat: the cursor is its successor's", async () => {
  const wake = new Signal('wake');
  const hung = new Signal('hung');
  let hang = true;
  broker.beforeAcknowledging(async () => {
    if (!hang) return;
    hang = false;
    hung.emit();
    await wake.wait();
  });
  const zombie = relayOf('zombie', { leaseMs: 200 });
  await zombie.start();
  await store.append('a', ['1']);
  await hung.wait();
  // Its process is stopped, as far as the lease can tell.
  await store.database.query(`update relay_cursor set owner_until = clock_timestamp() - interval '1 second'`);
  await relayOf('successor', { leaseMs: 60_000 }).start();
  await store.append('a', ['2']);
  await arrived('a', ['1', '1', '2']);
  await eventually(async () => (await cursorOf('a')) === 2n, { what: 'the successor moved the cursor' });
  wake.emit();
  await zombie.stop();
  await store.append('a', ['3']);
  await arrived('a', ['1', '1', '2', '3']);
});

test('it refuses to start over a partition that knows more than the table, and leaves the shards to others', async () => {
  await store.append('a', ['1']);
  const first = relayOf('one');
  await first.start();
  await arrived('a', ['1']);
  await first.stop();
  const last = broker.partitions.get(shardOf('a'))!.at(-1)!;
  broker.partitions.get(shardOf('a'))!.push({ ...last, seq: 2n, kind: 'lost in the restore' });
  await expect(relayOf('two').start()).rejects.toThrow(PartitionAhead);
  const { rows } = await store.database.query('select owner from relay_cursor where owner is not null');
  expect(rows).toEqual([]);
  await inTransaction(store.database, (tx) => mintEpoch(tx));
  await relayOf('three').start();
  await store.append('a', ['2']);
  await arrived('a', ['1', 'lost in the restore', '2']);
});

test('it refuses to start over a partition that ends with another event than the table has there', async () => {
  await store.append('a', ['1']);
  await relayOf('one').start();
  await arrived('a', ['1']);
  const events = broker.partitions.get(shardOf('a'))!;
  events[0] = { ...events[0]!, eventId: 'evt_lost' };
  await expect(relayOf('two').start()).resolves.toBeUndefined();
  await relays[0]!.stop();
  await expect(relayOf('three').start()).rejects.toThrow(/ends at 1, where the event table has another event/);
});

test('it publishes nothing behind an event that is missing in the middle, and says which', async () => {
  await store.append('a', ['1', '2', '3']);
  await store.database.query(
    "begin; set local session_replication_role = replica; delete from event where kind = '2'; commit",
  );
  const errors: Error[] = [];
  const relay = relayOf('one', { onError: (error) => errors.push(error as Error) });
  await relay.start();
  await eventually(() => errors.length > 0, { what: 'the refusal' });
  expect(errors[0]!.message).toBe(`shard ${shardOf('a')} has a hole: 2 is missing before 3`);
  await relay.stop();
  expect([broker.kinds('a'), await cursorOf('a')]).toEqual([[], 0n]);
});

test('stopping waits for the acknowledgement of what is in flight', async () => {
  const acknowledge = new Signal('acknowledge');
  const held = new Signal('held');
  broker.beforeAcknowledging(async () => {
    held.emit();
    await acknowledge.wait();
  });
  const relay = relayOf('one');
  await relay.start();
  await store.append('a', ['1']);
  await held.wait();
  const stopped = relay.stop();
  acknowledge.emit();
  await stopped;
  expect(await cursorOf('a')).toBe(1n);
});

test('only the latest owner moves a cursor, and a lapsed lease is lost even to its old owner', async () => {
  const old = (await claimShards(store.database, 'one', 60_000)).get(3)!;
  expect((await claimShards(store.database, 'two', 60_000)).size).toBe(0);
  await store.database.query(`update relay_cursor set owner_until = clock_timestamp() - interval '1 second'`);
  const again = (await claimShards(store.database, 'one', 60_000)).get(3)!;
  expect(again.epoch).toBe(old.epoch + 1n);
  expect(await moveCursor(store.database, 'one', { ...old, lastSeq: 9n })).toBe(false);
  expect(await moveCursor(store.database, 'two', { ...again, lastSeq: 9n })).toBe(false);
  expect(await moveCursor(store.database, 'one', { ...again, lastSeq: 9n })).toBe(true);
});

test('a claim waits for a move of the cursor that is under way, instead of letting the shard go', async () => {
  const [first] = [...(await claimShards(store.database, 'one', 60_000)).values()];
  const committed = new Signal('committed');
  const locked = new Signal('locked');
  const moving = inTransaction(store.database, async (tx) => {
    await tx.query(`update relay_cursor set last_seq = 7 where shard = ${first!.shard}`);
    locked.emit();
    await committed.wait();
  });
  await locked.wait();
  let isOver = false;
  const claiming = claimShards(store.database, 'one', 60_000).finally(() => {
    isOver = true;
  });
  const waits = async () =>
    (
      await store.database.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).rowCount! > 0;
  await eventually(async () => isOver || waits(), { what: 'the claim to be over or to wait' });
  expect((await claimShards(store.database, 'another', 60_000)).size).toBe(0);
  committed.emit();
  await moving;
  const claimed = await claiming;
  expect(claimed.size).toBe(16);
  expect(claimed.get(first!.shard)).toEqual({ ...first, lastSeq: 7n });
});
