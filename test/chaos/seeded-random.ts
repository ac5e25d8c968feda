import { Random } from '../../services/scheduler/src/simulation/random.ts';

/** The simulation's chance, with what a campaign draws besides. */
export class SeededRandom extends Random {
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('there is nothing to pick from');
    return from[this.below(from.length)]!;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.below(left.length), 1)[0]!);
  }

  override another(): SeededRandom {
    return new SeededRandom(this.below(2 ** 32));
  }
}
