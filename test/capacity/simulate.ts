/** Orders arrive at random and independently of each other, and the first that came is rendered first; all renders take as long. */
export interface Fleet {
  readonly slots: number;
  /** The share of the time in which a slot renders. */
  readonly load: number;
}

export interface Waits {
  readonly mean: number;
  readonly p95: number;
}

const JOBS = 200_000;
/** Before the queue is what it is in the long run. */
const WARM_UP = 20_000;
const SEED = 20_261_129;

/** How long jobs wait for a slot, in render times: what 15 s of rendering and a wait of 2 mean is 30 s. */
export function waitsIn({ slots, load }: Fleet): Waits {
  const random = generator(SEED);
  const freeAt = new Float64Array(slots);
  const waits = new Float64Array(JOBS);
  let now = 0;
  for (let job = -WARM_UP; job < JOBS; job++) {
    now += -Math.log(1 - random()) / (slots * load);
    const start = Math.max(now, freeAt[0]!);
    replaceFirst(freeAt, start + 1);
    if (job >= 0) waits[job] = start - now;
  }
  const sum = waits.reduce((total, wait) => total + wait, 0);
  waits.sort();
  return { mean: sum / JOBS, p95: waits[Math.floor(JOBS * 0.95)]! };
}

/** As `docs/operations/capacity.md` shows it. */
export function table(slots: readonly number[], loads: readonly number[]): string {
  const cell = (fleet: Fleet) => waitsIn(fleet).p95.toFixed(1);
  return [
    `| slots | ${loads.map((load) => `${Math.round(load * 100)} % busy`).join(' | ')} |`,
    `|---|${loads.map(() => '---').join('|')}|`,
    ...slots.map((count) => `| ${count} | ${loads.map((load) => cell({ slots: count, load })).join(' | ')} |`),
  ].join('\n');
}

/** Of a heap whose first is the smallest. */
function replaceFirst(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    const child = right < heap.length && heap[right]! < heap[left]! ? right : left;
    if (child >= heap.length || heap[child]! >= value) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
