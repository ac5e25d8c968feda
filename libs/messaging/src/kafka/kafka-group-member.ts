import { SHARDS } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { PartitionBuffer } from './partition-buffer';
import type { KafkaClients } from '../kafka-connection/kafka-client';
import { eventOf } from './kafka-message';

export interface GroupMemberOptions {
  readonly clients: KafkaClients;
  readonly groupId: string;
  /** As Kafka knows it. */
  readonly topic: string;
  readonly sessionMs: number;
  readonly logger: Logger;
  /** Something arrived, or the assignment changed. */
  readonly onChange: () => void;
}

/** How soon the others hear of a rebalance. */
const HEARTBEAT_MS = 1_000;
/** Also how long leaving takes. */
const FETCH_WAIT_MS = 250;
/** A partition is not read on while this many of its events wait, and again when half of them are gone. */
const WAITING_MAX = 2_000;

/**
 * One membership in a consumer group: reads the partitions it is given into memory and does nothing else, so that it answers
 * the broker in time however long an effect takes. It ends with the first fault; the next membership is a new one.
 */
export class GroupMember {
  private readonly consumer: Consumer;
  private readonly assigned = new Map<number, PartitionBuffer>();
  private readonly paused = new Set<number>();
  private readonly crashed: Promise<never>;
  private joining: Promise<void> = Promise.resolve();
  /** Whether the group ever took it in. */
  joined = false;
  /** Whether the shards are those that the group gave it; while the group is divided anew it has none. */
  settled = false;

  constructor(private readonly options: GroupMemberOptions) {
    this.consumer = options.clients('consumer').consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionMs,
      rebalanceTimeout: options.sessionMs,
      heartbeatInterval: Math.min(HEARTBEAT_MS, options.sessionMs / 5),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => false },
    });
    const { CRASH, GROUP_JOIN, REBALANCING } = this.consumer.events;
    this.crashed = new Promise((_, reject) => {
      this.consumer.on(CRASH, ({ payload }) => reject(payload.error));
    });
    // Before `run` is called nobody listens yet.
    this.crashed.catch(() => undefined);
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      this.joined = true;
      this.settled = true;
      this.assign(payload.memberAssignment[options.topic] ?? []);
    });
    this.consumer.on(REBALANCING, () => {
      this.settled = false;
      this.assign([]);
    });
  }

  /** Joins and reads; never resolves, and rejects when the membership has ended. */
  async run(): Promise<never> {
    this.joining = this.join();
    await this.joining;
    return this.crashed;
  }

  shards(): number[] {
    return [...this.assigned.keys()];
  }

  /** Undefined for a partition that is not this member's. */
  arrivals(shard: number): PartitionBuffer | undefined {
    return this.assigned.get(shard);
  }

  handled(shard: number, arrivals: PartitionBuffer, count: number): void {
    arrivals.handled(count);
    if (arrivals.length > WAITING_MAX / 2 || !this.paused.delete(shard)) return;
    this.consumer.resume([{ topic: this.options.topic, partitions: [shard] }]);
  }

  /** Offsets only save reading again: whoever reads from elsewhere drops what it has and fetches what it lacks. */
  async commit(): Promise<void> {
    const offsets = [...this.assigned].flatMap(([partition, arrivals]) => {
      const offset = arrivals.takeProgress();
      return offset === undefined ? [] : [{ topic: this.options.topic, partition, offset: String(offset) }];
    });
    if (offsets.length > 0) await this.consumer.commitOffsets(offsets);
  }

  /** The client cannot leave while it joins: it would come in afterwards and keep its partitions for ever. */
  async leave(): Promise<void> {
    await this.joining.catch(() => undefined);
    await this.commit().catch((error: unknown) =>
      this.options.logger.debug({ topic: this.options.topic, err: error }, 'the last offsets could not be committed'),
    );
    this.assigned.clear();
    await this.consumer.disconnect();
  }

  private async join(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [this.options.topic], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: SHARDS,
      eachBatch: async (payload) => this.read(payload),
    });
  }

  /** After any rebalance reading starts again behind the committed offsets, so what waits is thrown away. */
  private assign(partitions: readonly number[]): void {
    this.assigned.clear();
    for (const partition of partitions) this.assigned.set(partition, new PartitionBuffer());
    const resumed = [...this.paused];
    this.paused.clear();
    if (resumed.length > 0) this.consumer.resume([{ topic: this.options.topic, partitions: resumed }]);
    this.options.onChange();
  }

  private read({ batch, pause }: EachBatchPayload): void {
    const arrivals = this.assigned.get(batch.partition);
    if (arrivals === undefined) return;
    for (const message of batch.messages) {
      const event = eventOf(batch.partition, message);
      if (event === undefined)
        this.options.logger.error(
          { topic: batch.topic, partition: batch.partition, offset: message.offset },
          'a message that no relay wrote was passed over',
        );
      arrivals.add(BigInt(message.offset), event);
    }
    if (arrivals.length > WAITING_MAX) {
      this.paused.add(batch.partition);
      pause();
    }
    this.options.onChange();
  }
}
