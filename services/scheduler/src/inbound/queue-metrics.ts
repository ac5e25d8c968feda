import { queueDepth, queueOldestAge, workerSlots } from '@usvideo/runtime';
import type { QueueLoad } from '../outbound/queue-load';
import type { WorkerRegistry } from './worker-registry';

const known = new Set<string>();

/** From the queue and not from the workers, so that the figures survive their absence. A class that is empty reports 0. */
export function observeQueues(loads: readonly QueueLoad[], workers: WorkerRegistry): void {
  const byClass = Map.groupBy(loads, ({ jobClass }) => jobClass);
  for (const jobClass of byClass.keys()) known.add(jobClass);
  for (const jobClass of known) {
    const waiting = byClass.get(jobClass) ?? [];
    queueDepth.set({ class: jobClass }, waiting.reduce((sum, { jobs }) => sum + jobs, 0));
    queueOldestAge.set({ class: jobClass }, waiting.reduce((oldest, { oldestSeconds }) => Math.max(oldest, oldestSeconds), 0));
  }
  workerSlots.reset();
  for (const { engine, slots, taken } of workers.capacity()) {
    workerSlots.inc({ engine, state: 'taken' }, taken);
    workerSlots.inc({ engine, state: 'free' }, Math.max(0, slots - taken));
  }
}
