/** Rounds of the account's own concurrency until the job at this place, counted from 1, has been rendered. An estimate. */
export function etaSeconds(position: number, concurrentJobs: number, expectedMs: number): number {
  const rounds = Math.ceil(position / Math.max(1, concurrentJobs));
  return Math.max(1, Math.ceil(rounds * expectedMs / 1_000));
}
