/** Places in a queue are counted so far; whoever stands further back is told this one. */
export const POSITION_MAX = 1_000;

/** A job in its account's queue. */
export interface QueuedJob {
  /** Expected GPU time of the job. */
  readonly expectedMs: number;
  /** Expected GPU time of the account's queue up to this job, which is included. */
  readonly upToMs: number;
  /** How many jobs the account may run at once, and how many it runs. */
  readonly concurrentJobs: number;
  readonly running: number;
}

/**
 * Seconds until the job has been rendered if nobody adds anything. It starts when the fleet comes to it and the account's own limit
 * lets it, and then takes its time.
 * @param startMs until the fleet comes to it.
 * @param pace GPU time really taken per expected GPU time.
 */
export function etaSeconds(job: QueuedJob, startMs: number | undefined, pace: number): number | undefined {
  if (startMs === undefined || job.concurrentJobs <= 0) return undefined;
  return Math.max(1, Math.ceil((Math.max(startMs, ownStartMs(job) * pace) + job.expectedMs * pace) / 1_000));
}

/**
 * Until the account's limit lets the job start: so many of its jobs as have room start at once, and from then on one each time that
 * one ends. The first to end is, on average, half way to its end.
 */
function ownStartMs({ expectedMs, upToMs, concurrentJobs, running }: QueuedJob): number {
  const atOnce = Math.max(0, concurrentJobs - running) * expectedMs;
  return upToMs <= atOnce ? 0 : Math.max(0, upToMs - atOnce - expectedMs / 2) / concurrentJobs;
}
