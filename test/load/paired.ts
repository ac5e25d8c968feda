/**
 * Two cases in turns, A B B A, in slices so short that whatever else the machine does meets both alike. The ratios of neighbours
 * are compared, so that a slow minute changes both sides of one ratio and not one side of all.
 */
export interface Paired {
  readonly pairs: number;
  /** How much of A is missing in B, as a share of A: of the pair in the middle, and of those a quarter from either end. */
  readonly cost: number;
  readonly costFrom: number;
  readonly costTo: number;
}

/** Ends with what was measured of either, in the order of the pairs. */
export async function inTurns<T>(pairs: number, a: () => Promise<T>, b: () => Promise<T>): Promise<[T[], T[]]> {
  const measured: [T[], T[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const first = pair % 2 === 0 ? a : b;
    const [one, other] = [await first(), await (first === a ? b : a)()];
    measured[0].push(first === a ? one : other);
    measured[1].push(first === a ? other : one);
  }
  return measured;
}

/** @param a rates, as many as of `b` */
export function costOf(a: readonly number[], b: readonly number[]): Paired {
  const costs = a.map((rate, pair) => 1 - b[pair]! / rate).sort((one, other) => one - other);
  const at = (quantile: number): number => costs[Math.round((costs.length - 1) * quantile)]!;
  return { pairs: costs.length, cost: at(0.5), costFrom: at(0.25), costTo: at(0.75) };
}
