/** A cordoned worker takes no more and finishes what it has; a draining one hands back, after its grace, what it still has. */
export type CordonState = 'cordoned' | 'draining';

export interface Cordon {
  readonly kind: 'worker' | 'node';
  readonly name: string;
  readonly state: CordonState;
  /** The grace of a draining one is over. */
  readonly handsBack: boolean;
}

export interface Cordoned {
  readonly state: CordonState;
  readonly handsBack: boolean;
}

interface Placed {
  readonly workerId: string;
  readonly node: string;
}

/** The cordon of a worker, by its own name or its node's; of both the one that goes further. */
export function cordonOf(cordons: readonly Cordon[], { workerId, node }: Placed): Cordoned | undefined {
  const own = cordons.filter(({ kind, name }) => name === (kind === 'worker' ? workerId : node));
  if (own.length === 0) return undefined;
  return {
    state: own.some(({ state }) => state === 'draining') ? 'draining' : 'cordoned',
    handsBack: own.some(({ handsBack }) => handsBack),
  };
}
