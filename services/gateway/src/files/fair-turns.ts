export type Refused = 'owner_waits_too_much' | 'too_many_wait';

export interface FairTurnsLimits {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  readonly waitingPerOwnerMax: number;
}

/** Who may begin: one at a time for each owner, the owners in turn, so that whoever sends much waits behind itself only. */
export class FairTurns {
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly active = new Set<string>();
  private waitingCount = 0;

  constructor(private readonly limits: FairTurnsLimits) {}

  /** Calls `begin`, now or when it is this owner's turn. Whoever began calls `done`. */
  ask(owner: string, begin: () => void): Refused | undefined {
    if (!this.active.has(owner) && this.active.size < this.limits.atOnceMax) {
      this.active.add(owner);
      begin();
      return undefined;
    }
    const own = this.waiting.get(owner) ?? [];
    if (own.length >= this.limits.waitingPerOwnerMax) return 'owner_waits_too_much';
    if (this.waitingCount >= this.limits.waitingMax) return 'too_many_wait';
    own.push(begin);
    this.waiting.set(owner, own);
    this.waitingCount++;
    return undefined;
  }

  done(owner: string): void {
    this.active.delete(owner);
    for (const [next, queue] of this.waiting) {
      if (this.active.size >= this.limits.atOnceMax) return;
      if (this.active.has(next)) continue;
      // To the end of the line of owners.
      this.waiting.delete(next);
      const begin = queue.shift()!;
      if (queue.length > 0) this.waiting.set(next, queue);
      this.waitingCount--;
      this.active.add(next);
      begin();
    }
  }
}
