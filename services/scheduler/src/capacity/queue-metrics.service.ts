import { connectedWorkers, fleetWantedSlots, leaseExpiries, queueAccounts, queueDepth, queueFreeSlots, queueOldestAge, queueVirtualTimeSpread, workerSlots } from '@usvideo/runtime';
import type { QueueLoad } from './queue-load.sql';
import { wantedSlots } from './wanted-slots';
import type { WorkerRegistry } from '../workers/worker-registry.service';

const classes = new Set<string>();
const engines = new Set<string>();

/** From the queue and not from the workers, so that the figures survive their absence. A class that is empty reports 0. */
export function observeQueues(loads: readonly QueueLoad[], leased: ReadonlyMap<string, number>, workers: WorkerRegistry): void {
  const byClass = Map.groupBy(loads, ({ jobClass }) => jobClass);
  for (const jobClass of [...byClass.keys(), ...leased.keys(), ...workers.jobClasses()]) classes.add(jobClass);
  const free = workers.free();
  const wanted = wantedSlots(loads, leased);
  for (const jobClass of classes) {
    observeClass(jobClass, byClass.get(jobClass) ?? []);
    fleetWantedSlots.set({ class: jobClass }, wanted.get(jobClass) ?? 0);
    queueFreeSlots.set({ class: jobClass }, free.reduce((slots, worker) => slots + (worker.jobClasses.includes(jobClass) ? worker.freeSlots : 0), 0));
  }
  observeSlots(workers);
}

function observeClass(jobClass: string, waiting: readonly QueueLoad[]): void {
  const labels = { class: jobClass };
  queueDepth.set(labels, waiting.reduce((sum, { jobs }) => sum + jobs, 0));
  queueOldestAge.set(labels, waiting.reduce((oldest, { oldestSeconds }) => Math.max(oldest, oldestSeconds), 0));
  queueAccounts.set(labels, waiting.length);
  const times = waiting.filter(({ suspended }) => !suspended).map(({ virtualTimeMs }) => virtualTimeMs);
  queueVirtualTimeSpread.set(labels, times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) / 1_000);
  leaseExpiries.inc(labels, 0);
}

function observeSlots(workers: WorkerRegistry): void {
  const capacity = workers.capacity();
  connectedWorkers.set(capacity.length);
  for (const { engine } of capacity) engines.add(engine);
  for (const engine of engines) for (const state of ['taken', 'free']) workerSlots.set({ engine, state }, 0);
  for (const { engine, slots, taken } of capacity) {
    workerSlots.inc({ engine, state: 'taken' }, taken);
    workerSlots.inc({ engine, state: 'free' }, Math.max(0, slots - taken));
  }
}
