import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import type { DisturbableCluster } from './disturbable-cluster.ts';
import { type Topic, TOPICS } from './faults.ts';
import type { Proof } from './proofs.ts';

export interface Published {
  readonly partition: number;
  readonly message: kafkajs.KafkaMessage;
}

const READ_WITHIN_MS = 120_000;
const LEADERS_WITHIN_MS = 30_000;

/** Everything that a topic holds, in the order of each partition; asked again while its partitions look for their leaders. */
export async function readTopic(disturbed: DisturbableCluster, topic: string): Promise<Published[]> {
  for (const deadline = Date.now() + LEADERS_WITHIN_MS; ; await delay(300)) {
    try {
      return await readOnce(disturbed, topic);
    } catch (error) {
      if (Date.now() > deadline || !(error as Error).name.startsWith('KafkaJS')) throw error;
    }
  }
}

async function readOnce(disturbed: DisturbableCluster, topic: string): Promise<Published[]> {
  const offsets = await disturbed.administer((admin) => admin.fetchTopicOffsets(topic));
  const ends = new Map(
    offsets.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
  );
  if (ends.size === 0) return [];
  const groupId = `chaos.${randomUUID()}`;
  const consumer = disturbed.kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
  const read: Published[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${topic} was not read to its end in ${READ_WITHIN_MS / 1_000} s`)),
        READ_WITHIN_MS,
      );
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch: { partition, messages } }) => {
            const end = ends.get(partition);
            if (end === undefined) return;
            for (const message of messages) if (BigInt(message.offset) < end) read.push({ partition, message });
            if (BigInt(messages.at(-1)!.offset) + 1n >= end) ends.delete(partition);
            if (ends.size > 0) return;
            clearTimeout(late);
            resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
    // A group that cannot be deleted now is deleted with the broker.
    await disturbed.administer((admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
  return read;
}

interface Row {
  shard: number;
  seq: string;
  event_id: string;
  stream_id: string;
  payload: Buffer;
}

/** What every topic held, one list for each life of the topic: it may have been deleted and made again. */
export class KafkaRecord {
  private readonly lives = new Map<string, Published[][]>();
  private readonly disturbed: DisturbableCluster;

  constructor(disturbed: DisturbableCluster) {
    this.disturbed = disturbed;
  }

  /** Before a topic is deleted, and at the end. */
  async keep(topic: string): Promise<void> {
    this.lives.set(topic, [...(this.lives.get(topic) ?? []), await readTopic(this.disturbed, topic)]);
  }

  /**
   * The first occurrences in a partition are the rows of the shard, in their order and with their bytes. Nothing is missing; what was
   * in a topic when it was deleted need not be in the next one, which goes on where the relay stood.
   */
  async proof(): Promise<Proof> {
    const faults: string[] = [];
    let checked = 0;
    let repeated = 0;
    for (const [topic, service] of Object.entries(TOPICS) as [Topic, (typeof TOPICS)[Topic]][]) {
      await this.keep(topic);
      const rows = await this.disturbed.sql<Row>(
        service,
        'select shard, shard_seq as seq, event_id, stream_id, payload from event order by shard, shard_seq',
      );
      const table = new Map(rows.map((row) => [`${row.shard}/${row.seq}`, row]));
      const seen = new Set<string>();
      for (const life of this.lives.get(topic)!) {
        const isFirst = life === this.lives.get(topic)![0];
        for (const [partition, published] of Map.groupBy(life, ({ partition: number }) => number)) {
          const told = inOrder(
            `${topic}/${partition}`,
            published.map(({ message }) => message),
            partition,
            isFirst,
            table,
            seen,
          );
          repeated += told.repeated;
          faults.push(...told.faults);
        }
      }
      checked += seen.size;
      faults.push(...this.missing(topic, rows, seen));
    }
    return {
      name: `events in Kafka are those of the tables, in their order (${repeated} repetitions)`,
      checked,
      of: 'events',
      faults,
    };
  }

  /** After a topic was deleted, whatever the log has between two of its lives may be missing, as long as the last life reaches the end. */
  private missing(topic: string, rows: readonly Row[], seen: ReadonlySet<string>): string[] {
    const lives = this.lives.get(topic)!.length;
    const faults: string[] = [];
    for (const [shard, of] of Map.groupBy(rows, ({ shard: number }) => number)) {
      const absent = of.filter(({ seq }) => !seen.has(`${shard}/${seq}`));
      if (lives === 1 && absent.length > 0)
        faults.push(
          `${absent.length} events of ${topic}/${shard} were never published, the first is ${absent[0]!.seq}`,
        );
    }
    return faults;
  }
}

function inOrder(
  at: string,
  messages: readonly kafkajs.KafkaMessage[],
  partition: number,
  isFirst: boolean,
  table: ReadonlyMap<string, Row>,
  seen: Set<string>,
): { faults: string[]; repeated: number } {
  const faults: string[] = [];
  let last: number | undefined = isFirst ? 0 : undefined;
  let repeated = 0;
  for (const { key, value, headers } of messages) {
    const header = (name: string) => headers?.[name]?.toString() ?? '';
    const seq = Number(header('seq'));
    const row = table.get(`${partition}/${seq}`);
    if (row === undefined || header('shard') !== String(partition))
      faults.push(`${at} has event ${header('shard')}/${seq}, which the table has not`);
    else if (row.event_id !== header('ce_id') || row.stream_id !== key?.toString() || !row.payload.equals(value!))
      faults.push(`${at} has another event ${seq} than the table`);
    if (last !== undefined && seq <= last) repeated += 1;
    else if (last !== undefined && seq !== last + 1) faults.push(`${at} has ${seq} after ${last}`);
    last = Math.max(last ?? 0, seq);
    seen.add(`${partition}/${seq}`);
  }
  return { faults, repeated };
}
