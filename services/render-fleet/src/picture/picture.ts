import type { Scene, Wave } from './scene';

// This file runs in worker threads, compiled or, in tests, as Node strips its types: it imports nothing but types and uses only
// syntax that can be stripped.

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly framesPerSecond: number;
}

/** The picture is soft, so it is worked out once per cell of this many pixels and smoothed between. */
const CELL = 4;

const TURN = 2 * Math.PI;
const SINES = Float32Array.from({ length: 8192 }, (_, index) => Math.sin((index / 8192) * TURN));
const SINE_STEP = 8192 / TURN;
const sine = (angle: number): number => SINES[(angle * SINE_STEP) & 8191]!;

/** The fractions that ordered dithering adds before rounding, so that slow gradients show no bands. */
const DITHER = Float32Array.from([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5], (level) => (level + 0.5) / 16);

export function frameBytes(width: number, height: number): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}

/** Paints the frames of one scene in any order; a frame depends on nothing but its number. */
export class Painter {
  readonly scene: Scene;
  readonly canvas: Canvas;
  /** Of the canvas' size; frame 0 is exactly this, later ones move away from it. */
  readonly firstFrame: Uint8Array | undefined;
  readonly #columns: number;
  readonly #rows: number;
  readonly #cells: [Float32Array, Float32Array, Float32Array];

  constructor(scene: Scene, canvas: Canvas, firstFrame?: Uint8Array) {
    this.scene = scene;
    this.canvas = canvas;
    this.firstFrame = firstFrame;
    this.#columns = Math.ceil(canvas.width / CELL) + 1;
    this.#rows = Math.ceil(canvas.height / CELL) + 1;
    const cells = this.#columns * this.#rows;
    this.#cells = [new Float32Array(cells), new Float32Array(cells), new Float32Array(cells)];
  }

  paint(frame: number, target: Uint8Array): void {
    if (frame === 0 && this.firstFrame) return target.set(this.firstFrame);
    const { width, height } = this.canvas;
    const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    const chroma = halfWidth * halfHeight;
    const luma = target.subarray(0, width * height);
    this.#fillCells(frame / this.canvas.framesPerSecond);
    this.#smooth(this.#cells[0], luma, width, height, CELL);
    this.#smooth(this.#cells[1], target.subarray(luma.length, luma.length + chroma), halfWidth, halfHeight, CELL / 2);
    this.#smooth(this.#cells[2], target.subarray(luma.length + chroma), halfWidth, halfHeight, CELL / 2);
    this.#addSparks(luma, frame / this.canvas.framesPerSecond);
    if (this.firstFrame) this.#blendFirstFrame(target, this.firstFrame, frame / this.canvas.frames);
  }

  #fillCells(seconds: number): void {
    const { waves, warp, rings, palette, drift } = this.scene;
    const [a, b, c, d] = waves as [Wave, Wave, Wave, Wave];
    const colours = palette.length / 3;
    const unit = 2 / Math.min(this.canvas.width, this.canvas.height);
    const [ya, ua, va] = this.#cells;
    const centerX = rings.orbit * sine(seconds * 0.7 + rings.phase);
    const centerY = rings.orbit * sine(seconds * 0.5 + rings.phase + 1.3);
    for (let row = 0, cell = 0; row < this.#rows; row++) {
      const v = (row * CELL - this.canvas.height / 2) * unit;
      const bend = warp.strength * sine(warp.frequency * v + warp.speed * seconds + warp.phase);
      for (let column = 0; column < this.#columns; column++, cell++) {
        const u = (column * CELL - this.canvas.width / 2) * unit;
        const x = u + bend;
        const y = v + warp.strength * sine(warp.frequency * x - warp.speed * seconds);
        const dx = x - centerX;
        const dy = y - centerY;
        const level =
          a.weight * sine(a.x * x + a.y * y + a.speed * seconds + a.phase) +
          b.weight * sine(b.x * x + b.y * y + b.speed * seconds + b.phase) +
          c.weight * sine(c.x * y - c.y * x + c.speed * seconds + c.phase) +
          rings.weight * sine(rings.frequency * Math.sqrt(dx * dx + dy * dy) - rings.speed * seconds);
        const streak = sine(d.x * x + d.y * y + d.speed * seconds + 1.7 * level + d.phase);
        const entry = 3 * (((level * 0.24 + drift * seconds + 2) * colours) & (colours - 1));
        const light = (0.94 + 0.12 * streak) * (1 - 0.07 * (u * u + v * v));
        ya[cell] = 16 + (palette[entry]! - 16) * (light > 0.2 ? light : 0.2);
        ua[cell] = palette[entry + 1]!;
        va[cell] = palette[entry + 2]!;
      }
    }
  }

  /** Bilinear between cells, row by row, rounded with dither. */
  #smooth(cells: Float32Array, plane: Uint8Array, width: number, height: number, scale: number): void {
    const columns = this.#columns;
    const between = new Float32Array(columns);
    for (let y = 0; y < height; y++) {
      const row = (y / scale) | 0;
      const down = y / scale - row;
      const above = row * columns;
      for (let column = 0; column < columns; column++) {
        const value = cells[above + column]!;
        between[column] = value + (cells[above + columns + column]! - value) * down;
      }
      const dither = (y & 3) * 4;
      for (let x = 0, column = 0, at = y * width, end = at + width; at < end; column++) {
        const step = (between[column + 1]! - between[column]!) / scale;
        for (let value = between[column]!, inside = 0; inside < scale && at < end; inside++, at++, x++, value += step) {
          plane[at] = value + DITHER[dither + (x & 3)]!;
        }
      }
    }
  }

  #addSparks(luma: Uint8Array, seconds: number): void {
    const { width, height } = this.canvas;
    const side = Math.min(width, height);
    for (const spark of this.scene.sparks) {
      const angle = spark.speed * seconds + spark.phase;
      const centerX = spark.x * width + spark.reach * side * sine(angle);
      const centerY = spark.y * height + spark.reach * side * sine(1.4 * angle + 0.9);
      const radius = Math.max(1.5, spark.radius * side);
      const glow = spark.glow * (0.55 + 0.45 * sine(2.3 * angle));
      for (
        let y = Math.max(0, Math.ceil(centerY - radius)), bottom = Math.min(height - 1, centerY + radius);
        y <= bottom;
        y++
      ) {
        const dy = (y - centerY) / radius;
        for (
          let x = Math.max(0, Math.ceil(centerX - radius)), right = Math.min(width - 1, centerX + radius);
          x <= right;
          x++
        ) {
          const dx = (x - centerX) / radius;
          const fade = 1 - dx * dx - dy * dy;
          if (fade <= 0) continue;
          const lit = luma[y * width + x]! + glow * fade * fade;
          luma[y * width + x] = lit > 235 ? 235 : lit;
        }
      }
    }
  }

  /** The image grows slowly while the scene comes through it. */
  #blendFirstFrame(target: Uint8Array, image: Uint8Array, progress: number): void {
    const { width, height } = this.canvas;
    const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    const scene = 0.82 * progress * progress * (3 - 2 * progress);
    const zoom = 1 / (1 + 0.18 * progress);
    const luma = width * height;
    blendPlane(target.subarray(0, luma), image.subarray(0, luma), width, height, zoom, scene);
    for (const start of [luma, luma + halfWidth * halfHeight]) {
      const end = start + halfWidth * halfHeight;
      blendPlane(target.subarray(start, end), image.subarray(start, end), halfWidth, halfHeight, zoom, scene);
    }
  }
}

function blendPlane(
  target: Uint8Array,
  image: Uint8Array,
  width: number,
  height: number,
  zoom: number,
  sceneShare: number,
): void {
  for (let y = 0; y < height; y++) {
    const sourceY = (y - height / 2) * zoom + height / 2;
    const row = Math.min(sourceY | 0, height - 2);
    const down = sourceY - row;
    for (let x = 0; x < width; x++) {
      const sourceX = (x - width / 2) * zoom + width / 2;
      const column = Math.min(sourceX | 0, width - 2);
      const right = sourceX - column;
      const at = row * width + column;
      const upper = image[at]! + (image[at + 1]! - image[at]!) * right;
      const lower = image[at + width]! + (image[at + width + 1]! - image[at + width]!) * right;
      const shown = upper + (lower - upper) * down;
      target[y * width + x] = shown + (target[y * width + x]! - shown) * sceneShare + 0.5;
    }
  }
}
