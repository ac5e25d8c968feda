/**
 * Fairness between accounts, in GPU time. Each (account, environment, class) has a virtual time: the GPU milliseconds it was
 * given, divided by its weight. Whoever has least is served next (start-time fair queueing, Goyal et al. 1996). A job is
 * charged its expected GPU time at dispatch and corrected when it ends, so that nobody gains by looking short.
 */

/** One (account, environment, class) that has jobs to run. */
export interface Contender<Job extends WaitingJob> {
  readonly accountId: string;
  readonly environment: string;
  readonly jobClass: string;
  readonly virtualTime: number;
  readonly weight: number;
  /** How many more jobs the account may run at once, over all of its classes in this environment. */
  readonly room: number;
  /** In the order in which they are to run. */
  readonly jobs: readonly Job[];
}

export interface WaitingJob {
  readonly jobId: string;
  readonly expectedGpuMs: number;
}

/** A worker that could start jobs at once. */
export interface FreeWorker {
  readonly workerId: string;
  readonly engine: string;
  readonly jobClasses: readonly string[];
  readonly freeSlots: number;
  /** Hosted by others and paid by the second. */
  readonly remote?: boolean;
}

export interface Assignment<Job extends WaitingJob> {
  readonly job: Job;
  readonly contender: Contender<Job>;
  readonly worker: FreeWorker;
}

/** What running for `gpuMs` adds to a virtual time. */
export function charge(gpuMs: number, weight: number): number {
  return gpuMs / weight;
}

/**
 * Where an account goes on that was idle, or held back by its own limit while its class moved on: no earlier than its class has
 * come. Nobody banks what it did not use.
 */
export function notBefore(clock: number, virtualTime: number): number {
  return Math.max(clock, virtualTime);
}

/** An account's share of the fleet: 10 jobs at once, the standard plan's, weigh 1. */
export function weightOf(concurrentJobs: number): number {
  return Math.max(concurrentJobs, 1) / 10;
}

export function accountKey(of: { readonly accountId: string; readonly environment: string }): string {
  return `${of.accountId}/${of.environment}`;
}

/**
 * Gives free slots to jobs: each next slot goes to the contender with the least virtual time that has a job, room and a
 * worker for its class. No slot stays free while a job that it could run has room.
 */
export function assignFairly<Job extends WaitingJob>(
  contenders: readonly Contender<Job>[],
  workers: readonly FreeWorker[],
): Assignment<Job>[] {
  const slots = workers.map((worker) => ({ worker, free: worker.freeSlots }));
  const rooms = new Map(contenders.map((contender) => [accountKey(contender), contender.room]));
  const lines = contenders.map((contender) => ({ contender, virtualTime: contender.virtualTime, next: 0 }));
  const assignments: Assignment<Job>[] = [];
  for (;;) {
    const line = leastServed(
      lines.filter(
        (l) =>
          l.next < l.contender.jobs.length &&
          rooms.get(accountKey(l.contender))! > 0 &&
          slotFor(slots, l.contender.jobClass) !== undefined,
      ),
    );
    if (line === undefined) return assignments;
    const slot = slotFor(slots, line.contender.jobClass)!;
    const job = line.contender.jobs[line.next]!;
    assignments.push({ job, contender: line.contender, worker: slot.worker });
    slot.free -= 1;
    line.next += 1;
    line.virtualTime += charge(job.expectedGpuMs, line.contender.weight);
    rooms.set(accountKey(line.contender), rooms.get(accountKey(line.contender))! - 1);
  }
}

interface Slot {
  readonly worker: FreeWorker;
  free: number;
}

/** The most specialised worker first, so that those who can do anything stay free for anything; then the one with most slots. */
function slotFor(slots: readonly Slot[], jobClass: string): Slot | undefined {
  let best: Slot | undefined;
  for (const slot of slots) {
    if (slot.free <= 0 || !slot.worker.jobClasses.includes(jobClass)) continue;
    const fewer = best === undefined ? -1 : slot.worker.jobClasses.length - best.worker.jobClasses.length;
    if (best === undefined || fewer < 0 || (fewer === 0 && slot.free > best.free)) best = slot;
  }
  return best;
}

function leastServed<Line extends { readonly virtualTime: number }>(lines: readonly Line[]): Line | undefined {
  return lines.reduce<Line | undefined>(
    (least, line) => (least === undefined || line.virtualTime < least.virtualTime ? line : least),
    undefined,
  );
}

/**
 * What the clock of each class has come to: the least virtual time that was served. A class that a serving worker renders as
 * well has had its chance by then, so its clock comes along; otherwise a class that wakes after a long sleep would be served
 * alone until it had caught up.
 */
export function clocksAfter(
  served: readonly { readonly virtualTime: number; readonly worker: { readonly jobClasses: readonly string[] } }[],
): Map<string, number> {
  const clocks = new Map<string, number>();
  for (const { virtualTime, worker } of served) {
    for (const jobClass of worker.jobClasses)
      clocks.set(jobClass, Math.min(clocks.get(jobClass) ?? Infinity, virtualTime));
  }
  return clocks;
}
