import { randomUUID } from 'node:crypto';
import { within, type Logger } from '@usvideo/runtime';
import type { Consumer, KafkaMessage, SeekEntry } from 'kafkajs';
import { administer, type KafkaClients } from './kafka-client';
import { eventOf } from './kafka-message';

export interface Tail {
  readonly epoch: string;
  readonly seq: bigint;
}

type Offsets = (SeekEntry & { high: string; low: string })[];

const READ_MS = 15_000;
/** A relay asks for one shard after the other; one answer serves them all. */
const OFFSETS_MS = 1_000;

/** Reads the last message of partitions: what a relay compares with its table before it publishes. */
export class TailReader {
  private readonly known = new Map<number, { high: string; tail: Tail }>();
  private offsets: { readonly atMs: number; readonly filled: Offsets } | undefined;

  constructor(private readonly clients: KafkaClients, private readonly topic: string, private readonly logger: Logger) {}

  /** Undefined when the partition is empty. Partitions that grew are read again, all together. */
  async tail(partition: number): Promise<Tail | undefined> {
    const filled = await this.filledPartitions();
    const grown = filled.filter((each) => this.known.get(each.partition)?.high !== each.high);
    if (grown.length > 0) {
      const messages = await this.read(new Map(grown.map((each) => [each.partition, BigInt(each.high) - 1n])));
      for (const each of grown) this.known.set(each.partition, { high: each.high, tail: this.placed(each.partition, messages.get(each.partition)!) });
    }
    return filled.some((each) => each.partition === partition) ? this.known.get(partition)!.tail : undefined;
  }

  private async filledPartitions(): Promise<Offsets> {
    if (this.offsets === undefined || performance.now() - this.offsets.atMs > OFFSETS_MS) {
      const offsets = await administer(this.clients, (admin) => admin.fetchTopicOffsets(this.topic));
      this.offsets = { atMs: performance.now(), filled: offsets.filter(({ high, low }) => high !== low) };
    }
    return this.offsets.filled;
  }

  private placed(partition: number, message: KafkaMessage): Tail {
    const event = eventOf(partition, message);
    if (event === undefined) throw new Error(`the last message of ${this.topic}/${partition} was not written by a relay`);
    return { epoch: event.epoch, seq: event.seq };
  }

  /** The client reads as a member of a group only, so it gets one of its own, which is deleted afterwards. */
  private async read(offsets: ReadonlyMap<number, bigint>): Promise<Map<number, KafkaMessage>> {
    const groupId = `${this.topic}.tail.${randomUUID()}`;
    const consumer = this.clients('tail').consumer({ groupId, maxWaitTimeInMs: 50, allowAutoTopicCreation: false, retry: { restartOnFailure: async () => false } });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.topic], fromBeginning: false });
      return await this.readWith(consumer, offsets);
    } finally {
      await consumer.disconnect();
      await administer(this.clients, (admin) => admin.deleteGroups([groupId]))
        .catch((error: unknown) => this.logger.debug({ groupId, err: error }, 'a group that was used once could not be deleted'));
    }
  }

  /** Joining is waited for without a limit of its own: the client cannot be told to leave before. */
  private async readWith(consumer: Consumer, offsets: ReadonlyMap<number, bigint>): Promise<Map<number, KafkaMessage>> {
    const found = new Map<number, KafkaMessage>();
    let done!: () => void;
    const all = new Promise<void>((resolve) => { done = resolve; });
    const crashed = new Promise<never>((_, reject) => { consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error)); });
    // It may crash while it joins, when nobody listens yet.
    crashed.catch(() => undefined);
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const message = batch.messages.find(({ offset }) => offset === String(offsets.get(batch.partition)));
        if (message !== undefined) found.set(batch.partition, message);
        if (found.size === offsets.size) done();
      },
    });
    for (const [partition, offset] of offsets) consumer.seek({ topic: this.topic, partition, offset: String(offset) });
    await within(READ_MS, Promise.race([all, crashed]));
    return found;
  }
}
