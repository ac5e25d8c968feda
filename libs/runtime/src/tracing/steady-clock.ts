/**
 * The time of day on the clock of `performance.now()`, which nobody sets: for a stored time of which an age is shown. Intervals of
 * this process are measured on that clock from the start.
 */
export function steadyMsOf(timeOfDay: Date): number {
  return performance.now() - (Date.now() - timeOfDay.getTime());
}
