import type { Size } from '../conform/contract-pixels';

/** What a model can render. */
export interface Grid {
  /** Sides are multiples of this. */
  readonly sideMultiple: number;
  /** Frames are one more than a multiple of this. */
  readonly frameStep: number;
  readonly framesPerSecond: number;
  /** The sizes that the model was trained on; empty: any on the grid. Each also stands for itself on end. */
  readonly sizes: readonly Size[];
}

export interface NativeClip extends Size {
  readonly frames: number;
  readonly framesPerSecond: number;
}

/** The smallest clip that the model can render and that contains the contract's pixels and length: what is over is cut away. */
export function nativeClip(grid: Grid, contract: Size, durationSeconds: number): NativeClip {
  const { frameStep, framesPerSecond } = grid;
  const frames = Math.ceil((durationSeconds * framesPerSecond - 1) / frameStep) * frameStep + 1;
  return { ...nativeSize(grid, contract), frames, framesPerSecond };
}

function nativeSize({ sideMultiple, sizes }: Grid, contract: Size): Size {
  const up = (side: number) => Math.ceil(side / sideMultiple) * sideMultiple;
  if (sizes.length === 0) return { width: up(contract.width), height: up(contract.height) };
  const upright = contract.height > contract.width;
  const turned = sizes.map((size) =>
    size.height > size.width === upright ? size : { width: size.height, height: size.width },
  );
  const contains = turned.filter(({ width, height }) => width >= contract.width && height >= contract.height);
  // With none large enough the largest is scaled up: the operator has chosen to sell that.
  return contains.length > 0 ? leastBy(contains, area) : leastBy(turned, (size) => -area(size));
}

function leastBy<T>(items: readonly T[], of: (item: T) => number): T {
  return items.reduce((least, item) => (of(item) < of(least) ? item : least));
}

function area({ width, height }: Size): number {
  return width * height;
}
