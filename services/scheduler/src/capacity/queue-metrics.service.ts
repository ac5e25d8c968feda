import { SANDBOX_CLASS } from '../catalogue/models';
import type { Environment } from '../job/job';
import type { QueueLoad } from './queue-load.sql';
import { eligibleJobs, wantedSlots } from './wanted-slots';
import type { WorkerRegistry } from '../workers/worker-registry.service';
import {
  connectedWorkers,
  fleetWantedSlots,
  leaseExpiries,
  queueAccounts,
  queueDepth,
  queueFreeSlots,
  queueOldestAge,
  queueVirtualTimeSpread,
  workerSlots,
} from '../metrics';

interface Standing {
  readonly jobs: number;
  readonly oldestSeconds: number;
}

/** What one class has waiting in one environment. */
export interface ClassStanding {
  readonly jobClass: string;
  readonly environment: Environment;
  readonly eligible: Standing;
  readonly held: Standing;
  readonly accounts: number;
}

/**
 * The queue as the operator sees it: from its rows and not from the workers, so that the figures survive their absence. What a limit holds
 * is told apart from what a worker could take, because only the latter is anybody's fault. A class that is empty reports 0.
 */
export class QueueMetrics {
  private readonly classes = new Map<string, Set<Environment>>();
  private readonly engines = new Set<string>();
  /** Since when each queue has had work that may run, in milliseconds of the monotonic clock. */
  private eligibleSince = new Map<string, number>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  observe(
    loads: readonly QueueLoad[],
    leased: ReadonlyMap<string, number>,
    workers: WorkerRegistry,
  ): readonly ClassStanding[] {
    for (const jobClass of [...leased.keys(), ...workers.jobClasses()])
      this.know(jobClass, jobClass === SANDBOX_CLASS ? 'test' : 'live');
    for (const { jobClass, environment } of loads) this.know(jobClass, environment);
    const eligible = eligibleJobs(loads);
    const wanted = wantedSlots(eligible, leased);
    const standing = this.standing(eligible);
    // A hosted engine that waits costs nothing.
    const free = workers.free().filter(({ remote }) => !remote);
    const connected = workers.present();
    const standings: ClassStanding[] = [];
    for (const [jobClass, environments] of this.classes) {
      const waiting = loads.filter((load) => load.jobClass === jobClass);
      for (const environment of environments) {
        const own = standing.filter(({ load }) => load.jobClass === jobClass && load.environment === environment);
        const sum = {
          jobClass,
          environment,
          eligible: together(own.map((one) => one.eligible)),
          held: together(own.map((one) => one.held)),
          accounts: own.length,
        };
        for (const state of ['eligible', 'held'] as const)
          observeDepth({ class: jobClass, environment, state }, sum[state]);
        standings.push(sum);
      }
      observeFairness(jobClass, waiting);
      fleetWantedSlots.set({ class: jobClass }, wanted.get(jobClass) ?? 0);
      connectedWorkers.set(
        { class: jobClass },
        connected.filter(({ jobClasses }) => jobClasses.includes(jobClass)).length,
      );
      queueFreeSlots.set(
        { class: jobClass },
        free.reduce((slots, worker) => slots + (worker.jobClasses.includes(jobClass) ? worker.freeSlots : 0), 0),
      );
    }
    this.observeSlots(workers);
    return standings;
  }

  private know(jobClass: string, environment: Environment): void {
    this.classes.set(jobClass, (this.classes.get(jobClass) ?? new Set()).add(environment));
  }

  /** A job that waited for its account's limit has not waited for a worker: its eligible age begins when the limit let go. */
  private standing(
    eligible: ReadonlyMap<QueueLoad, number>,
  ): { load: QueueLoad; eligible: Standing; held: Standing }[] {
    const nowMs = this.nowMs();
    const since = new Map<string, number>();
    const standing = [...eligible].map(([load, jobs]) => {
      const key = `${load.environment}/${load.accountId}/${load.jobClass}`;
      const sinceMs = this.eligibleSince.get(key) ?? nowMs;
      if (jobs > 0) since.set(key, sinceMs);
      const held = load.jobs - jobs;
      return {
        load,
        eligible: { jobs, oldestSeconds: jobs === 0 ? 0 : Math.min(load.oldestSeconds, (nowMs - sinceMs) / 1_000) },
        held: { jobs: held, oldestSeconds: held === 0 ? 0 : load.oldestSeconds },
      };
    });
    this.eligibleSince = since;
    return standing;
  }

  private observeSlots(workers: WorkerRegistry): void {
    const capacity = workers.capacity();
    for (const { engine } of capacity) this.engines.add(engine);
    for (const engine of this.engines) for (const state of ['taken', 'free']) workerSlots.set({ engine, state }, 0);
    for (const { engine, slots, taken } of capacity) {
      workerSlots.inc({ engine, state: 'taken' }, taken);
      workerSlots.inc({ engine, state: 'free' }, Math.max(0, slots - taken));
    }
  }
}

function together(standings: readonly Standing[]): Standing {
  return {
    jobs: standings.reduce((sum, { jobs }) => sum + jobs, 0),
    oldestSeconds: standings.reduce((oldest, { oldestSeconds }) => Math.max(oldest, oldestSeconds), 0),
  };
}

function observeDepth(
  labels: { class: string; environment: Environment; state: string },
  { jobs, oldestSeconds }: Standing,
): void {
  queueDepth.set(labels, jobs);
  queueOldestAge.set(labels, oldestSeconds);
}

function observeFairness(jobClass: string, waiting: readonly QueueLoad[]): void {
  const labels = { class: jobClass };
  queueAccounts.set(labels, waiting.length);
  const times = waiting.filter(({ suspended }) => !suspended).map(({ virtualTimeMs }) => virtualTimeMs);
  queueVirtualTimeSpread.set(labels, times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) / 1_000);
  leaseExpiries.inc(labels, 0);
}
