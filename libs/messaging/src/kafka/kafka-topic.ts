import { SHARDS } from '@usvideo/event-store';
import type { Admin } from 'kafkajs';

/** The topic is there, but not as the platform needs it. */
export class UnsuitableTopic extends Error {
  override readonly name = 'UnsuitableTopic';
}

/**
 * Makes the topic with a partition per shard where it is missing.
 * @throws UnsuitableTopic when it has another number of partitions: events of a shard would be looked for in the wrong one
 */
export async function ensureTopic(admin: Admin, topic: string, replicationFactor: number): Promise<void> {
  if (!(await admin.listTopics()).includes(topic)) await createTopic(admin, topic, replicationFactor);
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]!.partitions.length;
  if (partitions !== SHARDS)
    throw new UnsuitableTopic(`the topic ${topic} has ${partitions} partitions and needs ${SHARDS}`);
}

/** Acknowledged means on two machines wherever there are three. A topic that somebody else made at the same time is as good. */
async function createTopic(admin: Admin, topic: string, replicationFactor: number): Promise<void> {
  const configEntries = replicationFactor >= 3 ? [{ name: 'min.insync.replicas', value: '2' }] : [];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: SHARDS, replicationFactor, configEntries }],
  });
}
