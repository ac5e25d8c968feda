/** Of one account, as the queue has it. */
export interface Demand {
  readonly jobClass: string;
  readonly jobs: number;
  readonly suspended: boolean;
  readonly concurrentJobs: number;
  /** Of all its classes. */
  readonly running: number;
}

/**
 * The slots that a class could use now: what runs, and of what waits as much as the limits let run. An account at its limit wants no more,
 * however much it has queued, and a frozen one nothing: fleets are scaled by this, and slots cost money.
 */
export function wantedSlots(demands: readonly Demand[], leased: ReadonlyMap<string, number>): Map<string, number> {
  const wanted = new Map(leased);
  for (const { jobClass, jobs, suspended, concurrentJobs, running } of demands) {
    const more = suspended ? 0 : Math.max(0, Math.min(jobs, concurrentJobs - running));
    wanted.set(jobClass, (wanted.get(jobClass) ?? 0) + more);
  }
  return wanted;
}
