import { setTimeout as delay } from 'node:timers/promises';
import type { DisturbableCluster, ServiceWithEvents } from './disturbable-cluster.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { KafkaRecord } from './kafka-record.ts';
import type { Load } from './load.ts';

export interface Scene {
  readonly disturbed: DisturbableCluster;
  readonly load: Load;
  readonly record: KafkaRecord;
  readonly random: SeededRandom;
}

/** What was in flight at the target when it was hit; a fault that hit nothing does not count. */
export interface Hit {
  readonly target: string;
  readonly inFlight: number;
  /** Of what. */
  readonly unit: string;
}

export interface Fault {
  readonly kind: string;
  /** Which one of a kind with several targets: they take turns. */
  readonly at?: string;
  /** Parts that no other fault may touch meanwhile. */
  readonly holds: readonly string[];
  /** Waits until something is in flight at the target, breaks it and brings it back. */
  inflict(scene: Scene): Promise<Hit>;
}

/** A consumer asks the log of a silent topic every ten seconds. */
const LOOK_FOR_MS = 12_000;

/** Looks until there is something; answers 0 after twelve seconds without. */
export async function somethingInFlight(look: () => number | Promise<number>): Promise<number> {
  for (const deadline = Date.now() + LOOK_FOR_MS; ; await delay(20)) {
    const found = await look();
    if (found > 0 || Date.now() > deadline) return found;
  }
}

export const UNDER_WAY = 'select count(*) as n from job where ended_at is null';

/** Events of a service that its relay has not been acknowledged for. */
export const UNPUBLISHED =
  'select coalesce(sum(h.next_seq - 1 - c.last_seq), 0) as n from shard_head h join relay_cursor c using (shard)';

/** What each service publishes. */
export const TOPICS = {
  'usvideo.jobs.v1': 'scheduler',
  'usvideo.ledger.v1': 'ledger',
  'usvideo.accounts.v1': 'accounts',
} as const satisfies Readonly<Record<string, ServiceWithEvents>>;
export type Topic = keyof typeof TOPICS;

/**
 * Who hears which topic, and, in SQL, what of it: of what a consumer may leave out, such as ends of test jobs, it stores no watermark at
 * once. A refund, which the scheduler hears from the ledger, is nothing that a run makes.
 */
export interface Consumption {
  readonly consumer: 'ledger' | 'webhooks' | 'scheduler';
  readonly topic: Topic;
  readonly relevant: string;
}
export const CONSUMPTIONS: readonly Consumption[] = [
  {
    consumer: 'ledger',
    topic: 'usvideo.jobs.v1',
    relevant: "kind in ('job_completed', 'job_failed', 'job_cancelled')",
  },
  {
    consumer: 'webhooks',
    topic: 'usvideo.jobs.v1',
    relevant: "kind in ('job_completed', 'job_failed', 'job_cancelled')",
  },
  { consumer: 'webhooks', topic: 'usvideo.ledger.v1', relevant: "kind = 'balance_low'" },
  { consumer: 'webhooks', topic: 'usvideo.accounts.v1', relevant: "kind = 'account_created'" },
  { consumer: 'scheduler', topic: 'usvideo.accounts.v1', relevant: 'true' },
];

/** Shards in which a consumer has not come to the last event that it isRelevant. */
export async function shardsBehind(
  disturbed: DisturbableCluster,
  { consumer, topic, relevant }: Consumption,
): Promise<number> {
  const last = await disturbed.sql<{ shard: number; seq: string }>(
    TOPICS[topic],
    `select shard, max(shard_seq) as seq from event where ${relevant} group by shard`,
  );
  const heard = await heardBy(disturbed, { consumer, topic });
  return last.filter(({ shard, seq }) => Number(seq) > (heard.get(shard) ?? 0)).length;
}

/** Events of the publisher's log that a consumer has not stored a watermark for. */
export async function unheard(disturbed: DisturbableCluster, { consumer, topic }: Consumption): Promise<number> {
  const heads = await disturbed.sql<{ shard: number; last: string }>(
    TOPICS[topic],
    'select shard, next_seq - 1 as last from shard_head',
  );
  const heard = await heardBy(disturbed, { consumer, topic });
  return heads.reduce((sum, { shard, last }) => sum + Math.max(0, Number(last) - (heard.get(shard) ?? 0)), 0);
}

async function heardBy(
  disturbed: DisturbableCluster,
  { consumer, topic }: Pick<Consumption, 'consumer' | 'topic'>,
): Promise<ReadonlyMap<number, number>> {
  const marks = await disturbed.sql<{ shard: number; seq: string }>(
    consumer,
    'select shard, seq from consumer_watermark where consumer = $1 and topic = $2',
    [consumer, topic],
  );
  return new Map(marks.map(({ shard, seq }) => [shard, Number(seq)]));
}

/** Events of a topic that are still to be published, or to be heard by one of those who hear it. */
export async function owedIn(disturbed: DisturbableCluster, topic: Topic): Promise<number> {
  const hearers = CONSUMPTIONS.filter((consumption) => consumption.topic === topic);
  const counts = await Promise.all([
    disturbed.count(TOPICS[topic], UNPUBLISHED),
    ...hearers.map((consumption) => unheard(disturbed, consumption)),
  ]);
  return counts.reduce((sum, count) => sum + count, 0);
}
