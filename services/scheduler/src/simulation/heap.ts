/** An item knows where it lies, so that it can be taken out or moved in logarithmic time. */
export interface Placed {
  /** Kept by the heap; -1: in none. */
  place: number;
}

/** A binary heap: the first by `before` is at the top. */
export class Heap<Item extends Placed> {
  private readonly items: Item[] = [];

  constructor(private readonly before: (a: Item, b: Item) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  push(item: Item): void {
    item.place = this.items.length;
    this.items.push(item);
    this.rise(item);
  }

  pop(): Item | undefined {
    const first = this.items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  remove(item: Item): void {
    const { place } = item;
    if (place < 0) return;
    const last = this.items.pop()!;
    item.place = -1;
    if (last === item) return;
    this.put(last, place);
    this.rise(last);
    this.sink(last);
  }

  private put(item: Item, place: number): void {
    this.items[place] = item;
    item.place = place;
  }

  private rise(item: Item): void {
    while (item.place > 0) {
      const parent = this.items[(item.place - 1) >> 1]!;
      if (!this.before(item, parent)) return;
      const { place } = parent;
      this.put(parent, item.place);
      this.put(item, place);
    }
  }

  private sink(item: Item): void {
    for (;;) {
      const [left, right] = [this.items[2 * item.place + 1], this.items[2 * item.place + 2]];
      const child = right !== undefined && this.before(right, left!) ? right : left;
      if (child === undefined || !this.before(child, item)) return;
      const { place } = child;
      this.put(child, item.place);
      this.put(item, place);
    }
  }
}
