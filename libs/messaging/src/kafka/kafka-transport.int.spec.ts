import {
  appendEvents,
  EMPTY_HEAD,
  EVENT_BYTES_MAX,
  inTransaction,
  mintEpoch,
  SHARDS,
  shardOf,
} from '@usvideo/event-store';
import { describeKafka, eventually, Signal } from '@usvideo/testing';
import { messageOf } from './kafka-message';
import type { KafkaPublisher } from './kafka-publisher';
import { KafkaHarness, openKafkaWorld } from './kafka-world.fixture';
import { transportConformance } from '../conformance/transport.conformance';
import { ACCOUNT, ELSEWHERE, TOPIC, type World } from '../conformance/world.fixture';

const SHARD = shardOf(ACCOUNT);

describeKafka('on a real broker', (brokers) =>
  transportConformance(new KafkaHarness(() => ({ brokers: brokers() }), { tailCheckMs: 1_000 })),
);

describeKafka('what Kafka can do to a consumer', (brokers) => {
  let world: World;
  let harness: KafkaHarness;
  beforeEach(async () => {
    ({ world, harness } = await openKafkaWorld(() => ({ brokers: brokers() }), { tailCheckMs: 300 }));
  });
  afterEach(() => world.close());

  test("losing a group's offsets repeats and loses nothing", async () => {
    const consuming = world.consume();
    await world.append('s', ['1', '2', '3']);
    await world.did(['s 1', 's 2', 's 3']);
    await consuming.stop();
    await harness.administer((admin) => admin.deleteGroups([harness.groupId()]));
    world.consume();
    await world.append('s', ['4']);
    await world.did(['s 1', 's 2', 's 3', 's 4']);
  });

  test('offsets ahead of what was handled skip nothing', async () => {
    const consuming = world.consume();
    await world.append('s', ['1']);
    await world.did(['s 1']);
    await consuming.stop();
    await world.append('s', ['2', '3']);
    await published(world, 3n);
    await harness.commit(SHARD, '3');
    world.consume();
    await world.did(['s 1', 's 2', 's 3']);
  });

  test('a lost last message, which leaves no gap, is missed by nobody', async () => {
    world.consume();
    world.faults.deliver = () => [];
    await world.append('s', ['1']);
    await world.did(['s 1']);
  });

  test('a topic that is deleted and made again, with events in it that nobody had read', async () => {
    const consuming = world.consume();
    await world.append('s', ['1']);
    await world.did(['s 1']);
    await consuming.stop();
    await world.append('s', ['2']);
    await published(world, 2n);
    await harness.administer((admin) => admin.deleteTopics({ topics: [harness.topic] }));
    world.consume();
    await world.append('s', ['3']);
    await world.append('t', ['1'], ELSEWHERE);
    await eventually(async () => (await world.effects()).length === 4, { what: 'four effects' });
    expect((await world.effects()).filter((effect) => effect.startsWith('s'))).toEqual(['s 1', 's 2', 's 3']);
  });

  test('rebalances under way: each effect once and in order', async () => {
    const kinds = Array.from({ length: 60 }, (_, index) => String(index));
    const first = world.consume();
    for (const [index, kind] of kinds.entries()) {
      await world.append(index % 2 === 0 ? 's' : 't', [kind], index % 2 === 0 ? ACCOUNT : ELSEWHERE);
      if (index % 20 === 10) await world.consume().stop();
      if (index === 30) world.consume();
      if (index === 40) await first.stop();
    }
    await eventually(async () => (await world.effects()).length >= kinds.length, { what: 'all effects' });
    const effects = await world.effects();
    expect(effects.filter((effect) => effect.startsWith('s'))).toEqual(
      kinds.filter((_, index) => index % 2 === 0).map((kind) => `s ${kind}`),
    );
    expect(effects.filter((effect) => effect.startsWith('t'))).toEqual(
      kinds.filter((_, index) => index % 2 === 1).map((kind) => `t ${kind}`),
    );
  });

  test('messages replayed by hand, and ones that no relay wrote', async () => {
    world.consume();
    await world.append('s', ['1', '2']);
    await world.did(['s 1', 's 2']);
    const recorded = (await world.log().read(SHARD, 0n, 10)).map((event) => messageOf(harness.topic, event));
    await harness.write([
      { partition: SHARD, key: 's', value: 'who am I' },
      ...recorded,
      { partition: SHARD, value: null },
      ...recorded.toReversed(),
    ]);
    await world.append('s', ['3']);
    await world.did(['s 1', 's 2', 's 3']);
  });

  test('a halted shard that went to another process stands still there, and no longer here', async () => {
    const accounts = oneInEachShard();
    const first = world.consume();
    const backup = await world.backUp();
    for (const account of accounts) await world.append(account, ['1'], account);
    await eventually(async () => (await world.effects()).length === SHARDS, { what: 'an effect in every shard' });
    await world.restore(backup);
    await eventually(() => first.halts().length === SHARDS, { what: 'every shard to halt' });
    const second = world.consume();
    await eventually(() => second.halts().length > 0 && first.halts().length + second.halts().length === SHARDS, {
      what: 'each to halt once',
      deadlineMs: 20_000,
    });
    const told = [...first.halts(), ...second.halts()].map(({ shard }) => shard);
    expect(told.toSorted((a, b) => a - b)).toEqual(Array.from({ length: SHARDS }, (_, shard) => shard));
  });

  test('messages of an epoch that was given up are passed over, also by a new consumer', async () => {
    const consuming = world.consume();
    await world.append('s', ['1', '2']);
    await world.did(['s 1', 's 2']);
    const mark = (await world.watermark())!;
    const [one] = await world.log().read(SHARD, 0n, 1);
    await world.restore(await world.backUp());
    const epoch = await world.log().epoch();
    await eventually(async () => (await world.watermark())!.epoch === epoch, { what: 'the new epoch adopted' });
    await consuming.stop();
    await harness.write([
      messageOf(harness.topic, {
        ...one!,
        seq: 3n,
        previousEventId: mark.eventId,
        eventId: 'evt_lost',
        kind: 'lost in the restore',
      }),
    ]);
    await harness.administer((admin) => admin.deleteGroups([harness.groupId()]));
    world.consume();
    world.consume({ consumer: 'new' });
    await world.append('s', ['3']);
    await world.did(['s 1', 's 2', 's 3']);
    await world.did(['s 1', 's 2', 's 3'], 'new');
  });
});

describeKafka('what can happen to a relay', (brokers) => {
  let world: World;
  let harness: KafkaHarness;
  beforeEach(async () => {
    ({ world, harness } = await openKafkaWorld(() => ({ brokers: brokers() }), { leaseMs: 60_000 }));
  });
  afterEach(() => world.close());

  const another = (topic = TOPIC): KafkaPublisher =>
    harness.transport().publish({ topic, database: world.publisherDatabase });

  test('the events of a shard are in the partition of its number', async () => {
    for (const account of oneInEachShard()) await world.append(account, ['1'], account);
    await eventually(
      async () =>
        (await world.publisherDatabase.query('select from relay_cursor where last_seq = 1')).rowCount === SHARDS,
      { what: 'all to be published' },
    );
    const partitions = await harness.administer((admin) => admin.fetchTopicOffsets(harness.topic));
    expect(partitions.map(({ partition, high }) => `${partition}: ${high}`).sort()).toEqual(
      Array.from({ length: SHARDS }, (_, shard) => `${shard}: 1`).sort(),
    );
  });

  test('a zombie that wakes after its successor published can only repeat', async () => {
    const hung = new Signal('hung');
    const wake = new Signal('wake');
    let hang = true;
    harness.beforeSending = async () => {
      if (!hang) return;
      hang = false;
      // Its process is stopped, as far as the lease can tell.
      await world.publisherDatabase.query(
        `update relay_cursor set owner_until = clock_timestamp() - interval '1 second'`,
      );
      hung.emit();
      await wake.wait();
    };
    world.consume();
    await world.append('s', ['1', '2']);
    await hung.wait();
    const successor = another();
    await world.append('s', ['3']);
    successor.nudge();
    await world.did(['s 1', 's 2', 's 3']);
    await published(world, 3n);
    wake.emit();
    const messages = await harness.administer((admin) =>
      eventually(
        async () => {
          const high = (await admin.fetchTopicOffsets(harness.topic)).find(
            ({ partition }) => partition === SHARD,
          )!.high;
          return high === '5' && high;
        },
        { what: "the zombie's batch is in the partition too" },
      ),
    );
    expect(messages).toBe('5');
    await world.append('s', ['4']);
    await world.did(['s 1', 's 2', 's 3', 's 4']);
    await published(world, 4n);
    await successor.stop();
  });

  test('a partition ahead of the table is not published over, until an epoch is minted', async () => {
    await world.append('s', ['1']);
    await published(world, 1n);
    await world.publisher.stop();
    const [one] = await world.log().read(SHARD, 0n, 1);
    await harness.write([messageOf(harness.topic, { ...one!, seq: 2n, kind: 'lost in the restore' })]);
    const refusing = another();
    await eventually(() => refusing.refused(), { what: 'a refusal' });
    expect(refusing.refused()).toContain(`the partition of shard ${SHARD} ends at 2`);
    await inTransaction(world.publisherDatabase, (tx) => mintEpoch(tx));
    await world.append('s', ['2']);
    await published(world, 2n);
    expect(refusing.refused()).toBeUndefined();
    await refusing.stop();
  });

  test('a topic of another shape is refused', async () => {
    await world.publisher.stop();
    await harness.administer((admin) =>
      admin.createTopics({ waitForLeaders: true, topics: [{ topic: `${harness.topic}.narrow`, numPartitions: 3 }] }),
    );
    const refusing = another(`${TOPIC}.narrow`);
    await eventually(() => refusing.refused(), { what: 'a refusal' });
    expect(refusing.refused()).toBe(`the topic ${harness.topic}.narrow has 3 partitions and needs 16`);
    await refusing.stop();
  });

  test('a batch larger than the broker takes is sent in parts', async () => {
    const payload = Buffer.alloc(100_000, 'x');
    const events = Array.from({ length: 40 }, (_, index) => ({ kind: String(index), payload, traceparent: '' }));
    await inTransaction(world.publisherDatabase, (tx, now) =>
      appendEvents(tx, now, [{ streamId: 's', accountId: ACCOUNT, environment: 'live', head: EMPTY_HEAD, events }]),
    );
    world.consume();
    await world.did(events.map(({ kind }) => `s ${kind}`));
    await published(world, 40n);
  });

  test('the largest event that may be recorded passes through a broker as it comes, and what follows it', async () => {
    world.consume();
    // Longer headers than the platform's own ids make.
    const [streamId, accountId, traceparent] = [
      's'.repeat(255),
      'a'.repeat(255),
      `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    ];
    const large = { kind: 'large', payload: Buffer.alloc(EVENT_BYTES_MAX, 'x'), traceparent };
    await inTransaction(world.publisherDatabase, (tx, now) =>
      appendEvents(tx, now, [
        {
          streamId,
          accountId,
          environment: 'live',
          head: EMPTY_HEAD,
          events: [large, { ...large, kind: 'small', payload: Buffer.from('y') }],
        },
      ]),
    );
    world.publisher.nudge();
    await world.did([`${streamId} large`, `${streamId} small`]);
  });
});

function oneInEachShard(): string[] {
  const accounts = Map.groupBy(
    Array.from({ length: 50 * SHARDS }, (_, index) => `acc_${index}`),
    shardOf,
  );
  return [...accounts.values()].map(([account]) => account!);
}

/** Waits until the relay knows that the broker has everything up to this sequence. */
async function published(world: World, seq: bigint): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await world.publisherDatabase.query<{ last_seq: bigint }>(
        `select last_seq from relay_cursor where shard = ${SHARD}`,
      );
      return rows[0]!.last_seq === seq;
    },
    { what: `published up to ${seq}` },
  );
}
