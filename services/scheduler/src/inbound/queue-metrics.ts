import type { Database } from '@usvideo/event-store';
import { queueDepth, queueOldestAge, workerSlots } from '@usvideo/runtime';
import { queueDepths } from '../outbound/queue-depth';
import type { WorkerRegistry } from './worker-registry';

const known = new Set<string>();

/** From the database and not from the workers, so that the figures survive their absence. A class that is empty reports 0. */
export async function observeQueues(database: Database, workers: WorkerRegistry): Promise<void> {
  const depths = new Map((await queueDepths(database)).map((depth) => [depth.jobClass, depth]));
  for (const jobClass of depths.keys()) known.add(jobClass);
  for (const jobClass of known) {
    queueDepth.set({ class: jobClass }, depths.get(jobClass)?.jobs ?? 0);
    queueOldestAge.set({ class: jobClass }, depths.get(jobClass)?.oldestSeconds ?? 0);
  }
  workerSlots.reset();
  for (const { engine, slots, taken } of workers.capacity()) {
    workerSlots.inc({ engine, state: 'taken' }, taken);
    workerSlots.inc({ engine, state: 'free' }, Math.max(0, slots - taken));
  }
}
