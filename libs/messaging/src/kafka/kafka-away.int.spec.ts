import { createLogger } from '@usvideo/runtime';
import { describeKafka, eventually } from '@usvideo/testing';
import { kafkaClients } from '../kafka-connection/kafka-client';
import { type KafkaHarness, openKafkaWorld } from './kafka-world.fixture';
import { TOPIC, type World } from '../conformance/world.fixture';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly failures?: number;
  readonly err?: { readonly message: string };
}

describeKafka('while Kafka is away', (brokers) => {
  let world: World;
  let harness: KafkaHarness;
  let lines: Line[];
  let isAway: boolean;
  let failed: number;

  beforeEach(async () => {
    ({ world, harness } = await openKafkaWorld(() => ({ brokers: brokers() })));
    [lines, isAway, failed] = [[], true, 0];
    harness.logger = createLogger('test', 'info', {
      write: (line) => {
        lines.push(JSON.parse(line) as Line);
      },
    });
  });
  afterEach(() => world.close());

  const told = (words: string) =>
    lines.filter(({ msg }) => msg.includes(words)).map(({ level, failures }) => [level, failures]);

  test('one line says why nothing is published, and one that it is again', async () => {
    await world.publisher.stop();
    harness.beforeSending = async () => {
      if (!isAway) return;
      failed += 1;
      throw new Error('no broker');
    };
    const publisher = harness.transport().publish({ topic: TOPIC, database: world.publisherDatabase });
    await world.append('s', ['1']);
    await eventually(() => failed >= 6, { what: 'six failures' });
    isAway = false;
    await eventually(() => told('published again').length > 0, { what: 'the end of it' });
    await publisher.stop();
    expect(told('could not be published')).toEqual([['warn', 3]]);
    expect(lines.find(({ level }) => level === 'warn')!.err!.message).toContain('no broker');
    expect(told('published again')).toEqual([['info', expect.any(Number)]]);
    expect(told('published again')[0]![1]).toBeGreaterThanOrEqual(failed);
  });

  test('one line says why a consumer hears nothing, and one that it does again', async () => {
    const nobody = kafkaClients({ brokers: ['127.0.0.1:1'] }, 'test', harness.logger);
    const clients = harness.clients();
    const transport = harness.transport({
      clients: (purpose) => {
        if (isAway && purpose === 'consumer') failed += 1;
        return (isAway ? nobody : clients)(purpose);
      },
    });
    const heard: string[] = [];
    const consuming = transport.subscribe({
      consumer: 'away',
      topic: TOPIC,
      database: world.consumerDatabase,
      handle: async ({ streamId }) => {
        heard.push(streamId);
      },
    });
    await world.append('s', ['1']);
    await eventually(() => failed >= 5, { what: 'four failures', deadlineMs: 40_000 });
    isAway = false;
    await eventually(() => heard.length > 0 && told('joined after all').length > 0, {
      what: 'the event',
      deadlineMs: 20_000,
    });
    await consuming.stop();
    expect(told('could not be joined')).toEqual([['warn', 3]]);
    expect(told('joined after all')).toEqual([['info', 5]]);
    expect(lines.map(({ msg }) => msg)).toHaveLength(2);
  }, 90_000);
});
