import type { SimulationOptions } from './options';
import type { Group } from './record';
import type { Simulation } from './simulation';

export interface WaitRow {
  readonly of: Group;
  readonly jobs: number;
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly p99Seconds: number;
  readonly longestSeconds: number;
}

export interface SimulationReport {
  readonly options: SimulationOptions;
  readonly waits: readonly WaitRow[];
  readonly jobs: {
    readonly submitted: number;
    readonly completed: number;
    readonly failed: Readonly<Record<string, number>>;
    readonly refused: Readonly<Record<string, number>>;
    readonly attemptsLost: number;
    readonly attemptsHandedBack: number;
    readonly queuedMost: number;
    /** Leases above the limit of their account. */
    readonly overLimit: number;
  };
  readonly fairness: {
    /** Mean over windows of ten minutes, of what accounts that waited all through were given, by weight. */
    readonly jain: number | undefined;
    readonly worstShareError: number;
    readonly windows: number;
  };
  readonly estimates: {
    /** Of the estimates given with an order that were right within 30 %. */
    readonly keptOfAll: number | undefined;
    readonly keptOfWaiting: number | undefined;
  };
  readonly fleet: {
    readonly startsPerSecond: number;
    readonly utilisation: number;
    /** Of the time of GPUs that were here, spent on what was delivered. */
    readonly productive: number;
    readonly usd: number;
    readonly idleUsd: number;
    readonly usdPerVideo: number;
  };
}

const HOUR_MS = 3_600_000;
const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));
const seconds = (ms: number): number => rounded(ms / 1_000, 2);

export function reportOf(options: SimulationOptions, { endMs, gpus, record }: Simulation): SimulationReport {
  const { upMs, busyMs } = gpus.spent(endMs);
  const usdOf = (ms: number) => rounded((ms / HOUR_MS) * options.gpuHourUsd, 2);
  const kept = (of: 'all' | 'waited') => {
    const share = record.etaKept(of);
    return share === undefined ? undefined : rounded(share);
  };
  const waits = [...record.waits]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([of, durations]) => ({
      of,
      jobs: durations.count,
      p50Seconds: seconds(durations.quantile(0.5)),
      p95Seconds: seconds(durations.quantile(0.95)),
      p99Seconds: seconds(durations.quantile(0.99)),
      longestSeconds: seconds(durations.longest),
    }));
  return {
    options,
    waits,
    jobs: {
      submitted: record.submitted,
      completed: record.completed,
      failed: Object.fromEntries(record.failed),
      refused: Object.fromEntries(record.refused),
      attemptsLost: record.lostAttempts,
      attemptsHandedBack: record.handedBack,
      queuedMost: record.queuedMax,
      overLimit: record.overLimit,
    },
    fairness: {
      jain: record.jain === undefined ? undefined : rounded(record.jain, 4),
      worstShareError: rounded(record.shareError),
      windows: record.windows,
    },
    estimates: { keptOfAll: kept('all'), keptOfWaiting: kept('waited') },
    fleet: {
      startsPerSecond: rounded(record.completed / (endMs / 1_000), 2),
      utilisation: rounded(busyMs / upMs),
      productive: rounded(record.productiveMs / upMs),
      usd: usdOf(upMs),
      idleUsd: usdOf(upMs - busyMs),
      usdPerVideo: record.completed === 0 ? 0 : rounded(usdOf(upMs) / record.completed, 4),
    },
  };
}
