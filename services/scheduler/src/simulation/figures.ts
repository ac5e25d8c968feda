/** Buckets of a histogram per doubling: a quantile is right within 3 %. */
const PER_DOUBLING = 24;
const LEAST_MS = 1;

/** Quantiles of any number of times in bounded memory. */
export class Durations {
  private readonly counts = new Map<number, number>();
  private longestMs = 0;
  count = 0;

  add(ms: number): void {
    const bucket = ms < LEAST_MS ? -1 : Math.floor(Math.log2(ms / LEAST_MS) * PER_DOUBLING);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
    this.longestMs = Math.max(this.longestMs, ms);
    this.count += 1;
  }

  /** In milliseconds; 0 where there is none. */
  quantile(share: number): number {
    let left = Math.ceil(this.count * share);
    for (const bucket of [...this.counts.keys()].sort((a, b) => a - b)) {
      left -= this.counts.get(bucket)!;
      if (left <= 0) return bucket < 0 ? 0 : Math.min(this.longestMs, LEAST_MS * 2 ** ((bucket + 0.5) / PER_DOUBLING));
    }
    return 0;
  }

  get longest(): number {
    return this.longestMs;
  }
}

/** 1 where all have the same, 1/n where one has everything (Jain, Chiu and Hawe 1984). Undefined for fewer than two. */
export function jainIndex(shares: readonly number[]): number | undefined {
  const squares = shares.reduce((sum, share) => sum + share * share, 0);
  if (shares.length < 2 || squares === 0) return undefined;
  const sum = shares.reduce((total, share) => total + share, 0);
  return (sum * sum) / (shares.length * squares);
}
