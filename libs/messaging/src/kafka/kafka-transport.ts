import type { RestorableLog } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import type { KafkaClients } from '../kafka-connection/kafka-client';
import { KafkaConsumption } from './kafka-consumption';
import { KafkaPublisher } from './kafka-publisher';
import type { Consuming, EventTransport, Publication } from '../transport';
import type { Subscription } from '../subscription';

export interface KafkaTransportOptions {
  readonly clients: KafkaClients;
  readonly logger: Logger;
  /** The log of a topic's publisher, which fills the gaps of what Kafka delivers. */
  readonly openLog: (topic: string) => RestorableLog;
  /** Begins the names of topics and groups, where several installations share a cluster. */
  readonly namePrefix?: string;
  /** Of topics that are made here; 1 unless told, which is right for one broker only. */
  readonly replicationFactor?: number;
  /** How long a shard stays with a relay that is not heard from; the relay's own default unless told. */
  readonly leaseMs?: number;
  /** How often the end of a silent partition is compared with the publisher's log; 10 s unless told. */
  readonly tailCheckMs?: number;
  /** How long partitions stay with a consumer that is not heard from; 6 s unless told, the least that a broker allows unless told. */
  readonly sessionMs?: number;
}

/** For services in processes of their own: relays publish to Kafka, consumers read from it. */
export class KafkaTransport implements EventTransport {
  constructor(private readonly options: KafkaTransportOptions) {}

  /** Returns at once; publishing begins when Kafka is there. */
  publish({ topic, database }: Publication): KafkaPublisher {
    const { clients, logger, replicationFactor = 1, leaseMs } = this.options;
    return new KafkaPublisher({ clients, logger, replicationFactor, leaseMs, topic: this.named(topic), database });
  }

  /** A topic that nobody publishes yet is waited for. */
  subscribe(subscription: Subscription): Consuming {
    const { clients, logger, openLog, tailCheckMs = 10_000, sessionMs = 6_000 } = this.options;
    const topic = this.named(subscription.topic);
    const groupId = this.named(`${subscription.consumer}.${subscription.topic}`);
    return new KafkaConsumption({
      clients,
      logger,
      tailCheckMs,
      sessionMs,
      groupId,
      topic,
      subscription,
      log: openLog(subscription.topic),
    });
  }

  private named(name: string): string {
    return `${this.options.namePrefix ?? ''}${name}`;
  }
}
