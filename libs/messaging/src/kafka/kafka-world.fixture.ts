import { randomUUID } from 'node:crypto';
import { EventLog, type RestorableLog } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import type { Admin, Kafka, KafkaMessage, Producer, ProducerRecord } from 'kafkajs';
import { administer, kafkaClients, type KafkaClients, type KafkaConnection } from '../kafka-connection/kafka-client';
import { eventOf, messageOf } from './kafka-message';
import { KafkaTransport, type KafkaTransportOptions } from './kafka-transport';
import type { EventTransport } from '../transport';
import { TOPIC, World, type Faults, type TransportHarness } from '../conformance/world.fixture';

/** The Kafka transport for the conformance suite: each test has topics and groups of its own on the broker. */
export class KafkaHarness implements TransportHarness {
  readonly name = 'kafka';
  /** Is waited for before a batch is sent. */
  beforeSending: () => Promise<void> = async () => undefined;
  faults!: Faults;
  logger!: Logger;
  namePrefix = '';
  private log!: RestorableLog;

  constructor(
    private readonly connection: () => KafkaConnection,
    private readonly options: Partial<KafkaTransportOptions> = {},
  ) {}

  async open(faults: Faults, logger: Logger): Promise<{ transport: EventTransport; stop(): Promise<void> }> {
    Object.assign(this, { faults, logger, namePrefix: `${randomUUID()}.` });
    const transport = this.transport();
    return {
      transport: {
        publish: (publication) => {
          this.log = new EventLog(publication.database);
          return transport.publish(publication);
        },
        subscribe: (subscription) => transport.subscribe(subscription),
      },
      stop: async () => undefined,
    };
  }

  /** Another process's transport to the same topics. */
  transport(options: Partial<KafkaTransportOptions> = {}): KafkaTransport {
    const { logger, namePrefix } = this;
    return new KafkaTransport({
      clients: this.distorting(this.clients()),
      logger,
      openLog: () => this.history(),
      namePrefix,
      ...this.options,
      ...options,
    });
  }

  clients(): KafkaClients {
    return kafkaClients(this.connection(), 'test', this.logger);
  }

  get topic(): string {
    return `${this.namePrefix}${TOPIC}`;
  }

  groupId(consumer = 'consumer'): string {
    return `${this.namePrefix}${consumer}.${TOPIC}`;
  }

  administer<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    return administer(this.clients(), work);
  }

  /** Writes to the topic past any relay. */
  async write(messages: ProducerRecord['messages']): Promise<void> {
    const producer = this.clients()('test').producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic: this.topic, messages });
    await producer.disconnect();
  }

  /** As if a member of the (empty) group had handled everything before this offset. */
  async commit(partition: number, offset: string, groupId = this.groupId()): Promise<void> {
    const consumer = this.clients()('test').consumer({ groupId, maxWaitTimeInMs: 50, allowAutoTopicCreation: false });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.topic] });
    await consumer.run({ autoCommit: false, eachBatch: async () => undefined });
    await consumer.commitOffsets([{ topic: this.topic, partition, offset }]);
    await consumer.disconnect();
  }

  private history(): RestorableLog {
    return {
      endOf: (epoch, shard) => this.log.endOf(epoch, shard),
      page: async (positions, limit) => {
        const { epoch, events, more } = await this.log.page(positions, limit);
        return {
          epoch,
          more,
          events: [...positions.keys()].flatMap((shard) =>
            this.faults.history(events.filter((event) => event.shard === shard)),
          ),
        };
      },
    };
  }

  /** Clients whose producers write what a fault makes of a batch, so that it is really there in the partition. */
  private distorting(clients: KafkaClients): KafkaClients {
    return (purpose) => {
      const kafka: Kafka = clients(purpose);
      const makeProducer = kafka.producer.bind(kafka);
      kafka.producer = (config) => {
        const producer: Producer = makeProducer(config);
        const send = producer.send.bind(producer);
        producer.send = async (record) => {
          await this.beforeSending();
          const messages = this.faults
            .deliver(record.messages.map(eventSent))
            .map((event) => messageOf(record.topic, event));
          return messages.length === 0 ? [] : send({ ...record, messages });
        };
        return producer;
      };
      return kafka;
    };
  }
}

function eventSent(message: ProducerRecord['messages'][number]) {
  return eventOf(message.partition!, { ...message, key: Buffer.from(message.key as string) } as KafkaMessage)!;
}

export async function openKafkaWorld(
  connection: () => KafkaConnection,
  options: Partial<KafkaTransportOptions> = {},
): Promise<{ world: World; harness: KafkaHarness }> {
  const harness = new KafkaHarness(connection, options);
  return { world: await World.open(harness), harness };
}
