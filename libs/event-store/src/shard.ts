import { crc32 } from 'node:zlib';

/** Fixed for life: stored sequences, Kafka partitions and watermarks are all numbered by it. */
export const SHARDS = 16;

/** The shard of everything that belongs to an account, the same in every service. */
export function shardOf(accountId: string): number {
  return crc32(accountId) % SHARDS;
}
