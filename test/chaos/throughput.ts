import type { DisturbableCluster } from './disturbable-cluster.ts';
import type { Proof } from './proofs.ts';

export interface Throughput {
  readonly beforePerSecond: number;
  readonly duringPerSecond: number;
  /** Over half a minute that begins when the last fault is over. */
  readonly afterPerSecond: number;
  /** From the end of the last fault to the first ten seconds in which the old rate was reached again to four fifths; undefined: never. */
  readonly backAfterSeconds: number | undefined;
}

export interface Phases {
  readonly loadedAtMs: number;
  readonly firstFaultAtMs: number;
  readonly lastFaultOverAtMs: number;
  readonly endedAtMs: number;
}

const WINDOW_MS = 10_000;
const STEP_MS = 500;
const REACHED = 0.8;
const BACK_WITHIN_SECONDS = 30;
const ENDS =
  "select (extract(epoch from recorded_at) * 1000)::float8 as at from event where kind in ('job_completed', 'job_failed', 'job_cancelled') order by recorded_at";

/** Jobs that ended per second, from the log. */
export async function throughput(
  disturbed: DisturbableCluster,
  { loadedAtMs, firstFaultAtMs, lastFaultOverAtMs, endedAtMs }: Phases,
): Promise<Throughput> {
  const ends = (await disturbed.sql<{ at: number }>('scheduler', ENDS)).map(({ at }) => at);
  const rate = (fromMs: number, toMs: number) =>
    toMs <= fromMs ? 0 : (ends.filter((at) => at >= fromMs && at < toMs).length * 1_000) / (toMs - fromMs);
  const beforePerSecond = rate(loadedAtMs, firstFaultAtMs);
  let backAfterSeconds: number | undefined;
  for (
    let fromMs = lastFaultOverAtMs;
    fromMs + WINDOW_MS <= endedAtMs && backAfterSeconds === undefined;
    fromMs += STEP_MS
  ) {
    if (rate(fromMs, fromMs + WINDOW_MS) >= REACHED * beforePerSecond)
      backAfterSeconds = (fromMs - lastFaultOverAtMs) / 1_000;
  }
  return {
    beforePerSecond,
    duringPerSecond: rate(firstFaultAtMs, lastFaultOverAtMs),
    afterPerSecond: rate(lastFaultOverAtMs, endedAtMs),
    backAfterSeconds,
  };
}

export function throughputProof({ beforePerSecond, backAfterSeconds }: Throughput): Proof {
  const isBack = backAfterSeconds !== undefined && backAfterSeconds <= BACK_WITHIN_SECONDS;
  const faults = isBack
    ? []
    : [backAfterSeconds === undefined ? 'it never came back' : `it came back after ${backAfterSeconds} s`];
  return {
    name: `throughput is back at 80 % within ${BACK_WITHIN_SECONDS} s of the last fault`,
    checked: Number(beforePerSecond.toFixed(2)),
    of: 'jobs/s before',
    faults,
  };
}
