interface Turns {
  taken: number;
  readonly waiting: (() => void)[];
}

/**
 * A few reads of each owner at a time, in the order in which they came, each of those that had to wait after a breath: whoever catches
 * up with many streams crowds out nobody.
 */
export class ReadTurns {
  private readonly owners = new Map<string, Turns>();

  constructor(
    private readonly atOnce: number,
    private readonly breathMs: number,
  ) {}

  async take<T>(owner: string, read: () => Promise<T>): Promise<T> {
    const turns = this.owners.get(owner) ?? { taken: 0, waiting: [] };
    this.owners.set(owner, turns);
    if (turns.taken < this.atOnce) turns.taken += 1;
    else await new Promise<void>((resolve) => turns.waiting.push(resolve));
    try {
      return await read();
    } finally {
      const next = turns.waiting.shift();
      if (next) setTimeout(next, this.breathMs);
      else if (--turns.taken === 0) this.owners.delete(owner);
    }
  }
}
