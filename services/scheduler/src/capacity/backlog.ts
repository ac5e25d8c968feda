/** What one account has waiting in a class. */
export interface QueuedWork {
  readonly accountId: string;
  readonly gpuMs: number;
  readonly weight: number;
  /** Of its share so far, in GPU milliseconds over weight. */
  readonly virtualTimeMs: number;
}

/**
 * What waits in one class, asked how much of it comes before an account's own work. Fairness gives account j the share wⱼ
 * while it gives account i the share wᵢ, and never more than j has waiting: until i was given q, everybody together was given
 * Σⱼ min(Qⱼ, q·wⱼ/wᵢ). Sorted by Qⱼ/wⱼ the sum is two prefix sums, so that an answer costs one binary search however many
 * accounts wait.
 */
export class Backlog {
  readonly totalMs: number;
  private readonly works: ReadonlyMap<string, QueuedWork>;
  /** Qⱼ/wⱼ, ascending: how far fairness comes before account j has nothing left. */
  private readonly levels: readonly number[];
  /** Sums over the accounts before each place. */
  private readonly workBefore: readonly number[];
  private readonly weightBefore: readonly number[];
  private readonly leastServedMs: number;

  constructor(works: readonly QueuedWork[]) {
    const sorted = [...works].sort((a, b) => a.gpuMs / a.weight - b.gpuMs / b.weight);
    this.works = new Map(sorted.map((work) => [work.accountId, work]));
    this.levels = sorted.map(({ gpuMs, weight }) => gpuMs / weight);
    this.workBefore = prefixSums(sorted.map(({ gpuMs }) => gpuMs));
    this.weightBefore = prefixSums(sorted.map(({ weight }) => weight));
    this.totalMs = this.workBefore.at(-1)!;
    this.leastServedMs = sorted.reduce((least, { virtualTimeMs }) => Math.min(least, virtualTimeMs), Infinity);
  }

  /** What the account has waiting. */
  workOf(accountId: string): number {
    return this.works.get(accountId)?.gpuMs ?? 0;
  }

  /** How much of its share, in GPU milliseconds over weight, the account is ahead of the one that was given least. */
  leadOf(accountId: string): number {
    const known = this.works.get(accountId);
    return known === undefined ? 0 : known.virtualTimeMs - this.leastServedMs;
  }

  /** Of everybody who waits, and of the account. */
  weightWith(accountId: string, weight: number): number {
    return this.weightBefore.at(-1)! + (this.works.has(accountId) ? 0 : weight);
  }

  /** GPU time given to everybody until the first `ownMs` of the account have been given, these included. They may be more than it is known to have. */
  givenUntil(accountId: string, ownMs: number, weight: number): number {
    const level = ownMs / weight;
    const known = this.works.get(accountId);
    return this.givenAt(level) - (known ? Math.min(known.gpuMs, level * known.weight) : 0) + ownMs;
  }

  private givenAt(level: number): number {
    const done = placesUpTo(this.levels, level);
    return this.workBefore[done]! + level * (this.weightBefore.at(-1)! - this.weightBefore[done]!);
  }
}

function prefixSums(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push(sums.at(-1)! + value);
  return sums;
}

/** How many of the ascending values are at most the limit. */
function placesUpTo(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
