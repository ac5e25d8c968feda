import { expectedGpuMs } from '../catalogue/models';
import type { SimulationOptions } from './options';
import type { Random } from './random';

/** Small: it needs less than a slot on average. */
export type Tier = 'small' | 'standard' | 'raised' | 'burst';

export interface Tenant {
  readonly accountId: string;
  readonly tier: Tier;
  readonly concurrentJobs: number;
  readonly queuedJobs: number;
  readonly createsPerMinute: number;
}

export const BURST_ACCOUNT = 'acc_burst';

/** One more tenant, with raised limits. */
export function burstTenant(concurrentJobs: number): Tenant {
  return {
    accountId: BURST_ACCOUNT,
    tier: 'burst',
    concurrentJobs,
    queuedJobs: 1_000_000,
    createsPerMinute: 1_000_000,
  };
}

const RESOLUTIONS = [
  [0.2, '480p'],
  [0.8, '720p'],
  [1, '1080p'],
] as const;
const DURATION_MAX = 10;
/** An order is one to so many jobs at once. */
const ORDER_MAX = 3;
export const ORDER_MEAN = (1 + ORDER_MAX) / 2;
const STANDARD_JOBS = 10;
const RAISED_JOBS = 50;
/** Whoever on average needs more of its limit than this has asked for a higher one. */
const COMFORTABLE = 0.6;

export function orderSize(random: Random): number {
  return 1 + random.below(ORDER_MAX);
}

/** What a job is expected to take of a GPU. */
export function drawExpectedMs(random: Random, renderSeconds: number): number {
  const at = random.next();
  const resolution = RESOLUTIONS.find(([upTo]) => at < upTo)![1];
  return expectedGpuMs([], { model: '', resolution, durationSeconds: 1 + random.below(DURATION_MAX) }) * renderSeconds;
}

export function meanExpectedMs(renderSeconds: number): number {
  const durationSeconds = (1 + DURATION_MAX) / 2;
  let before = 0;
  return RESOLUTIONS.reduce((sum, [upTo, resolution]) => {
    const share = upTo - before;
    before = upTo;
    return sum + share * expectedGpuMs([], { model: '', resolution, durationSeconds }) * renderSeconds;
  }, 0);
}

/** The accounts, and who of them orders: demand falls with their rank as in Zipf's law with exponent 0.8. */
export class Population {
  readonly tenants: readonly Tenant[];
  private readonly sums: number[] = [];

  constructor({ tenants, gpus, load }: Pick<SimulationOptions, 'tenants' | 'gpus' | 'load'>) {
    const demands = Array.from({ length: tenants }, (_, rank) => (rank + 1) ** -0.8);
    const total = demands.reduce((sum, demand) => sum + demand, 0);
    let sum = 0;
    this.tenants = demands.map((demand, rank) => {
      sum += demand / total;
      this.sums.push(sum);
      return tenant(rank, (demand / total) * gpus * load);
    });
  }

  draw(random: Random): Tenant {
    const at = random.next() * this.sums.at(-1)!;
    let [low, high] = [0, this.sums.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sums[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return this.tenants[low]!;
  }
}

/** @param needed slots that it takes on average. */
function tenant(rank: number, needed: number): Tenant {
  const accountId = `acc_${String(rank).padStart(5, '0')}`;
  const standard = { accountId, concurrentJobs: STANDARD_JOBS, queuedJobs: 1_000, createsPerMinute: 300 };
  if (needed <= COMFORTABLE * STANDARD_JOBS) return { ...standard, tier: needed < 1 ? 'small' : 'standard' };
  const concurrentJobs = Math.max(RAISED_JOBS, 10 * Math.ceil(needed / COMFORTABLE / 10));
  return { accountId, tier: 'raised', concurrentJobs, queuedJobs: 10_000, createsPerMinute: 30 * concurrentJobs };
}
