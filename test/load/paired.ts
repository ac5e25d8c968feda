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
  /** Between these the middle of ever more pairs lies with a probability of 95 % or more, whatever they are distributed like; none for fewer than six. */
  readonly sure: readonly [number, number] | undefined;
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

/**
 * Of slices in turns, the means of every two. A slice after one of its own kind and one after the other's differ, for platforms by some
 * sixth; of A B B A either kind has both.
 */
export function wholeTurns(rates: readonly number[]): number[] {
  return Array.from(
    { length: Math.floor(rates.length / 2) },
    (_, turn) => (rates[2 * turn]! + rates[2 * turn + 1]!) / 2,
  );
}

/** @param a rates, as many as of `b` */
export function costOf(a: readonly number[], b: readonly number[]): Paired {
  const costs = a.map((rate, pair) => 1 - b[pair]! / rate).sort((one, other) => one - other);
  const at = (quantile: number): number => costs[Math.round((costs.length - 1) * quantile)]!;
  const left = leftOut(costs.length);
  return {
    pairs: costs.length,
    cost: at(0.5),
    costFrom: at(0.25),
    costTo: at(0.75),
    sure: left === undefined ? undefined : [costs[left]!, costs[costs.length - 1 - left]!],
  };
}

/** How many on either end the median's interval of confidence leaves out: the sign test, as each lies on either side with the same chance. */
function leftOut(count: number): number | undefined {
  let probability = 0.5 ** count;
  let fewer = 0;
  for (let left = 0; left < count; left++) {
    fewer += probability;
    if (2 * fewer > 0.05) return left === 0 ? undefined : left - 1;
    probability *= (count - left) / (left + 1);
  }
  return undefined;
}
