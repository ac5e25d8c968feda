export interface BackOffLimits {
  /** Before the first repetition, in milliseconds. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The pause before what failed is tried again, in milliseconds: it doubles with every failure up to its bound, and chance takes up to
 * half of it away, so that those who failed together do not come back together.
 * @param failures in a row, at least 1
 */
export function backOffMs(failures: number, { firstMs, maxMs }: BackOffLimits): number {
  return Math.min(firstMs * 2 ** (failures - 1), maxMs) * (0.5 + Math.random() / 2);
}
