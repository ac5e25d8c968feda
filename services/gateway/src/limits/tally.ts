/** Counts by owner; whoever is at nothing is not kept. */
export class Tally {
  private readonly counts = new Map<string, number>();

  of(owner: string): number {
    return this.counts.get(owner) ?? 0;
  }

  /** @param change what comes to the owner's count, or what goes */
  add(owner: string, change: number): void {
    const count = this.of(owner) + change;
    if (count > 0) this.counts.set(owner, count);
    else this.counts.delete(owner);
  }
}
