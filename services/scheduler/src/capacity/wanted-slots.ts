/** Of one account in one class, as the queue has it. */
export interface Demand {
  readonly jobClass: string;
  readonly accountId: string;
  readonly environment: string;
  readonly jobs: number;
  readonly oldestSeconds: number;
  readonly suspended: boolean;
  readonly concurrentJobs: number;
  /** Of all its classes. */
  readonly running: number;
}

/**
 * How many of the jobs of each queue may run now: of what waits as much as its account's limit lets run, nothing of a frozen one. Where an
 * account waits in several classes, the one that has waited longest takes its room first.
 */
export function eligibleJobs<Each extends Demand>(demands: readonly Each[]): Map<Each, number> {
  const eligible = new Map<Each, number>();
  for (const own of Map.groupBy(demands, ({ accountId, environment }) => `${environment}/${accountId}`).values()) {
    const [{ suspended, concurrentJobs, running }] = own as [Each, ...Each[]];
    let room = suspended ? 0 : Math.max(0, concurrentJobs - running);
    for (const demand of own.toSorted(
      (a, b) => b.oldestSeconds - a.oldestSeconds || (a.jobClass < b.jobClass ? -1 : 1),
    )) {
      const jobs = Math.min(demand.jobs, room);
      eligible.set(demand, jobs);
      room -= jobs;
    }
  }
  return eligible;
}

/**
 * The slots that a class could use now: what runs, and what may run of what waits. An account at its limit wants no more, however much it
 * has queued: fleets are scaled by this, and slots cost money.
 */
export function wantedSlots<Each extends Demand>(
  eligible: ReadonlyMap<Each, number>,
  leased: ReadonlyMap<string, number>,
): Map<string, number> {
  const wanted = new Map(leased);
  for (const [{ jobClass }, jobs] of eligible) wanted.set(jobClass, (wanted.get(jobClass) ?? 0) + jobs);
  return wanted;
}
