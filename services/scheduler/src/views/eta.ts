/** A job in its account's queue. */
export interface QueuedJob {
  /** Expected GPU time of the job. */
  readonly expectedMs: number;
  /** Expected GPU time of the account's queue up to this job, which is included. */
  readonly upToMs: number;
  /** How many jobs the account may run at once. */
  readonly concurrentJobs: number;
}

/**
 * Seconds until the job has been rendered if nobody adds anything: as long as the fleet takes to come to it, as long as the
 * account's own limit lets its queue take, and never less than the job itself. Undefined when nobody can tell.
 * @param fleetMs until the fleet has given the account its queue up to this job.
 * @param pace GPU time really taken per expected GPU time.
 */
export function etaSeconds(
  { expectedMs, upToMs, concurrentJobs }: QueuedJob,
  fleetMs: number | undefined,
  pace: number,
): number | undefined {
  if (fleetMs === undefined || concurrentJobs <= 0) return undefined;
  return Math.max(1, Math.ceil(Math.max(fleetMs, (upToMs / concurrentJobs) * pace, expectedMs * pace) / 1_000));
}
