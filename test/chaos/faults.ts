import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from './arena.ts';
import type { Dice } from './dice.ts';
import type { KafkaRecord } from './kafka-record.ts';
import type { Load } from './load.ts';

export interface Scene {
  readonly arena: Arena;
  readonly load: Load;
  readonly record: KafkaRecord;
  readonly dice: Dice;
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
  /** Parts that no other fault may touch meanwhile. */
  readonly holds: readonly string[];
  /** Waits until something is in flight at the target, breaks it and brings it back. */
  inflict(scene: Scene): Promise<Hit>;
}

const LOOK_FOR_MS = 10_000;

/** Looks until there is something; answers 0 after ten seconds without. */
export async function somethingInFlight(look: () => number | Promise<number>): Promise<number> {
  for (const deadline = Date.now() + LOOK_FOR_MS; ; await delay(20)) {
    const found = await look();
    if (found > 0 || Date.now() > deadline) return found;
  }
}

export const UNDER_WAY = 'select count(*) as n from job where ended_at is null';

/** Events of a service that its relay has not been acknowledged for. */
export const UNPUBLISHED = 'select coalesce(sum(h.next_seq - 1 - c.last_seq), 0) as n from shard_head h join relay_cursor c using (shard)';

/** Events of the scheduler's log that a consumer has not stored a watermark for. */
export async function unheard(arena: Arena, consumer: 'ledger' | 'webhooks'): Promise<number> {
  const heads = await arena.sql<{ shard: number; last: string }>('scheduler', 'select shard, next_seq - 1 as last from shard_head');
  const marks = await arena.sql<{ shard: number; seq: string }>(consumer, 'select shard, seq from consumer_watermark where consumer = $1 and topic = $2', [consumer, 'usvideo.jobs.v1']);
  const heard = new Map(marks.map(({ shard, seq }) => [shard, Number(seq)]));
  return heads.reduce((sum, { shard, last }) => sum + Math.max(0, Number(last) - (heard.get(shard) ?? 0)), 0);
}
