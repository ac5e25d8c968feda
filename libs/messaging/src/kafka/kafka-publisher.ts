import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { PartitionAhead, Pump, Relay, type Database, type LoggedEvent, type RelaySink } from '@usvideo/event-store';
import { type Logger } from '@usvideo/runtime';
import type { Message, Producer } from 'kafkajs';
import { FailureLogThrottle } from './failure-log-throttle';
import { administer, type KafkaClients } from '../kafka-connection/kafka-client';
import { messageOf } from './kafka-message';
import { TailReader, type Tail } from './kafka-tail';
import { ensureTopic, UnsuitableTopic } from './kafka-topic';
import type { Publisher } from '../transport';
import { outboxLag } from '../metrics';

export interface KafkaPublisherOptions {
  readonly clients: KafkaClients;
  /** As Kafka knows it. */
  readonly topic: string;
  readonly database: Database;
  readonly replicationFactor: number;
  readonly logger: Logger;
  readonly leaseMs?: number;
}

const OBSERVE_MS = 5_000;
/** Under the broker's own limit of 1 MiB for a batch, with room for headers. */
const BATCH_BYTES_MAX = 512 * 1024;
const MESSAGE_OVERHEAD_BYTES = 1_024;

/** Puts batches into the partitions of their shards. The client's own idempotence is off: nothing here leans on it. */
class KafkaSink implements RelaySink {
  private readonly tails: TailReader;
  private topicEnsured: Promise<void> | undefined;

  constructor(
    private readonly options: KafkaPublisherOptions,
    private readonly producer: Producer,
    private readonly onAcknowledged: () => void,
  ) {
    this.tails = new TailReader(options.clients, options.topic, options.logger);
  }

  async send(_shard: number, events: readonly LoggedEvent[]): Promise<void> {
    await this.ensureTopic();
    for (const messages of chunks(events.map((event) => messageOf(this.options.topic, event)))) {
      try {
        await this.producer.send({ topic: this.options.topic, acks: -1, messages });
      } catch (error) {
        // Somebody may have deleted the topic; the relay sends the batch again.
        this.topicEnsured = undefined;
        throw error;
      }
    }
    this.onAcknowledged();
  }

  async tail(shard: number): Promise<Tail | undefined> {
    await this.ensureTopic();
    return this.tails.tail(shard);
  }

  /** Asked once for all shards, and again after a failure. */
  private ensureTopic(): Promise<void> {
    const { clients, topic, replicationFactor } = this.options;
    this.topicEnsured ??= administer(clients, (admin) => ensureTopic(admin, topic, replicationFactor)).catch(
      (error: unknown) => {
        this.topicEnsured = undefined;
        throw error;
      },
    );
    return this.topicEnsured;
  }
}

function* chunks(messages: readonly Message[]): Generator<Message[]> {
  let chunk: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = (message.value as Buffer).length + MESSAGE_OVERHEAD_BYTES;
    if (chunk.length > 0 && bytes + size > BATCH_BYTES_MAX) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

const LAG = `
select coalesce(extract(epoch from clock_timestamp() - min(e.recorded_at)), 0)::float8 as seconds
from relay_cursor c cross join lateral (
  select recorded_at from event where event.shard = c.shard and event.shard_seq > c.last_seq order by event.shard_seq limit 1
) e`;

/** Relays an event table to a topic: begins when Kafka is there, and waits for it however long that takes. */
export class KafkaPublisher implements Publisher {
  private readonly producer: Producer;
  private readonly pump: Pump;
  private relay: Relay | undefined;
  private refusedBecause: string | undefined;
  private readonly complaints = new FailureLogThrottle();
  /** No success of another shard ends a refusal. */
  private readonly refusals = new FailureLogThrottle();
  private ending: Promise<void> | undefined;

  constructor(private readonly options: KafkaPublisherOptions) {
    this.producer = options.clients('relay').producer({
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
      allowAutoTopicCreation: false,
      idempotent: false,
    });
    this.pump = new Pump({
      work: () => this.pass(),
      idleMinMs: OBSERVE_MS,
      idleMaxMs: OBSERVE_MS,
      onError: (error) => this.failed(error),
    });
  }

  nudge(): void {
    this.relay?.nudge();
  }

  /** Why nothing is published until somebody acts: a partition ahead of its table, or a topic of another shape. */
  refused(): string | undefined {
    return this.refusedBecause;
  }

  stop(): Promise<void> {
    this.ending ??= this.end();
    return this.ending;
  }

  private async end(): Promise<void> {
    await this.pump.stop();
    await this.relay?.stop();
    await this.producer.disconnect();
  }

  private async pass(): Promise<boolean> {
    const { rows } = await this.options.database.query<{ seconds: number }>({ name: 'outbox_lag', text: LAG });
    outboxLag.set({ topic: this.options.topic }, rows[0]!.seconds);
    if (this.relay === undefined) await this.start();
    return false;
  }

  private async start(): Promise<void> {
    await this.producer.connect();
    const { database, leaseMs } = this.options;
    const sink = new KafkaSink(this.options, this.producer, () => this.succeeded());
    // Unique, and beginning with what operators look for: the process that publishes a shard.
    const relay = new Relay({
      database,
      sink,
      owner: `${hostname()}:${process.pid}:${randomUUID()}`,
      leaseMs,
      onError: (error) => this.failed(error),
    });
    await relay.start();
    this.relay = relay;
    this.succeeded();
    this.options.logger.info({ topic: this.options.topic }, 'publishing events');
  }

  /** Sixteen shards try again several times a second. */
  private failed(error: unknown): void {
    const isRefusal = error instanceof PartitionAhead || error instanceof UnsuitableTopic;
    if (isRefusal) this.refusedBecause = error.message;
    const failures = (isRefusal ? this.refusals : this.complaints).failed();
    const line = { topic: this.options.topic, failures, err: error };
    if (failures === 0) this.options.logger.debug(line, 'events could not be published');
    else if (isRefusal) this.options.logger.error(line, 'the relay refuses to publish');
    else this.options.logger.warn(line, 'events could not be published and will be tried again');
  }

  private succeeded(): void {
    this.refusedBecause = undefined;
    const failures = this.complaints.succeeded();
    if (failures > 0) this.options.logger.info({ topic: this.options.topic, failures }, 'events are published again');
  }
}
