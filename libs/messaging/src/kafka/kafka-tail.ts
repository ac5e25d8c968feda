import { randomUUID } from 'node:crypto';
import { within, type Logger } from '@usvideo/runtime';
import type { Consumer, KafkaMessage, SeekEntry } from 'kafkajs';
import { administer, type KafkaClients } from '../kafka-connection/kafka-client';
import { eventOf } from './kafka-message';

export interface Tail {
  readonly epoch: string;
  readonly seq: bigint;
  readonly eventId: string;
}

type Offsets = (SeekEntry & { high: string; low: string })[];

const READ_MS = 15_000;
/** A relay asks for one shard after the other; one answer serves them all. */
const OFFSETS_MS = 1_000;
const SEARCH_MAX = 100;

/** Reads the last message of partitions, which a relay compares with its table before it publishes, and earlier ones by their sequence. */
export class TailReader {
  private readonly known = new Map<number, { high: string; tail: Tail }>();
  private offsets: { readonly atMs: number; readonly filled: Offsets } | undefined;

  constructor(
    private readonly clients: KafkaClients,
    private readonly topic: string,
    private readonly logger: Logger,
  ) {}

  /** Of all partitions that hold something; none where there is no topic. */
  async tails(): Promise<Map<number, Tail>> {
    if (!(await administer(this.clients, (admin) => admin.listTopics())).includes(this.topic)) return new Map();
    const tails = new Map<number, Tail>();
    for (const { partition } of await this.filledPartitions()) tails.set(partition, (await this.tail(partition))!);
    return tails;
  }

  /** The event that a partition has at a sequence, in the epoch of its tail; undefined where it has none, or none any more. */
  async find(partition: number, seq: bigint): Promise<Tail | undefined> {
    const tail = await this.tail(partition);
    const bounds = (await this.filledPartitions()).find((each) => each.partition === partition);
    if (tail === undefined || bounds === undefined) return undefined;
    let event = tail;
    let offset = BigInt(bounds.high) - 1n;
    for (let steps = 0; steps < SEARCH_MAX && event.epoch === tail.epoch; steps++) {
      if (event.seq === seq) return event;
      // Batches that were sent twice lie between: a step back may be too short, or lead to the repetition of something earlier.
      offset -= event.seq > seq ? event.seq - seq : 1n;
      if (offset < BigInt(bounds.low)) return undefined;
      event = this.placed(partition, (await this.read(new Map([[partition, offset]]))).get(partition)!);
    }
    return undefined;
  }

  /** Undefined when the partition is empty. Partitions that grew are read again, all together. */
  async tail(partition: number): Promise<Tail | undefined> {
    const filled = await this.filledPartitions();
    const grown = filled.filter((each) => this.known.get(each.partition)?.high !== each.high);
    if (grown.length > 0) {
      const messages = await this.read(new Map(grown.map((each) => [each.partition, BigInt(each.high) - 1n])));
      for (const each of grown)
        this.known.set(each.partition, {
          high: each.high,
          tail: this.placed(each.partition, messages.get(each.partition)!),
        });
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
    if (event === undefined)
      throw new Error(`the last message of ${this.topic}/${partition} was not written by a relay`);
    return { epoch: event.epoch, seq: event.seq, eventId: event.eventId };
  }

  /** The client reads as a member of a group only, so it gets one of its own, which is deleted afterwards. */
  private async read(offsets: ReadonlyMap<number, bigint>): Promise<Map<number, KafkaMessage>> {
    const groupId = `${this.topic}.tail.${randomUUID()}`;
    const consumer = this.clients('tail').consumer({
      groupId,
      maxWaitTimeInMs: 50,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => false },
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.topic], fromBeginning: false });
      return await this.readWith(consumer, offsets);
    } finally {
      await consumer.disconnect();
      await administer(this.clients, (admin) => admin.deleteGroups([groupId])).catch((error: unknown) =>
        this.logger.debug({ groupId, err: error }, 'a group that was used once could not be deleted'),
      );
    }
  }

  /** Joining is waited for without a limit of its own: the client cannot be told to leave before. */
  private async readWith(consumer: Consumer, offsets: ReadonlyMap<number, bigint>): Promise<Map<number, KafkaMessage>> {
    const found = new Map<number, KafkaMessage>();
    let done!: () => void;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    const crashed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
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
