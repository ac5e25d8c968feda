import { createHash } from 'node:crypto';

/** Everything that makes one picture differ from another; plain numbers, so that it crosses threads. */
export interface Scene {
  /** Look-up table of colours, a power of two of them, Y, U, V after one another, in BT.709 limited range. */
  readonly palette: Float32Array;
  readonly waves: readonly Wave[];
  readonly warp: {
    readonly strength: number;
    readonly frequency: number;
    readonly speed: number;
    readonly phase: number;
  };
  readonly rings: {
    readonly weight: number;
    readonly frequency: number;
    readonly speed: number;
    readonly orbit: number;
    readonly phase: number;
  };
  readonly drift: number;
  readonly sparks: readonly Spark[];
}

export interface Wave {
  readonly x: number;
  readonly y: number;
  readonly speed: number;
  readonly phase: number;
  readonly weight: number;
}

export interface Spark {
  readonly x: number;
  readonly y: number;
  readonly reach: number;
  readonly radius: number;
  readonly speed: number;
  readonly phase: number;
  readonly glow: number;
}

const PALETTE_ENTRIES = 1024;
const TURN = 2 * Math.PI;

/** The same prompt and seed make the same scene, any other pair another one. */
export function composeScene(prompt: string, negativePrompt: string, seed: number): Scene {
  const random = randomNumbers(JSON.stringify([prompt, negativePrompt, seed]));
  const between = (low: number, high: number) => low + (high - low) * random();
  const signed = (low: number, high: number) => between(low, high) * (random() < 0.5 ? -1 : 1);
  return {
    palette: mixPalette(random),
    waves: Array.from({ length: 4 }, (_, index) => {
      const direction = between(0, TURN);
      const frequency = between(0.8, 2.2) * (1 + 0.55 * index);
      return {
        x: frequency * Math.cos(direction),
        y: frequency * Math.sin(direction),
        speed: signed(0.4, 1.3),
        phase: between(0, TURN),
        weight: between(0.5, 1) / (1 + 0.6 * index),
      };
    }),
    warp: {
      strength: between(0.15, 0.6),
      frequency: between(1.2, 3.2),
      speed: signed(0.3, 0.9),
      phase: between(0, TURN),
    },
    rings: {
      weight: between(0, 0.9),
      frequency: between(2, 6),
      speed: signed(0.6, 1.8),
      orbit: between(0.2, 0.8),
      phase: between(0, TURN),
    },
    drift: signed(0.02, 0.07),
    sparks: Array.from({ length: 40 }, () => ({
      x: between(0, 1),
      y: between(0, 1),
      reach: between(0.02, 0.14),
      radius: between(0.006, 0.05),
      speed: signed(0.3, 1.4),
      phase: between(0, TURN),
      glow: between(18, 60),
    })),
  };
}

/** A ring of colours around one hue, dark to bright and back, mixed in OKLab so that no step looks muddy. */
function mixPalette(random: () => number): Float32Array {
  const hue = random() * TURN;
  const spread = (0.5 + random() * 1.4) * (random() < 0.5 ? -1 : 1);
  const accent = hue + Math.PI * (0.7 + 0.6 * random());
  const stops = [
    [0.24, 0.07, hue],
    [0.48, 0.15, hue + 0.4 * spread],
    [0.7, 0.16, hue + spread],
    [0.93, 0.08, hue + 1.4 * spread],
    [0.68, 0.17, accent],
    [0.4, 0.13, accent + 0.5],
  ].map(([lightness, chroma, angle]) => [lightness!, chroma! * Math.cos(angle!), chroma! * Math.sin(angle!)]);
  const palette = new Float32Array(3 * PALETTE_ENTRIES);
  for (let entry = 0; entry < PALETTE_ENTRIES; entry++) {
    const place = (entry / PALETTE_ENTRIES) * stops.length;
    const from = stops[Math.floor(place)]!;
    const to = stops[(Math.floor(place) + 1) % stops.length]!;
    const share = 0.5 - 0.5 * Math.cos(Math.PI * (place % 1));
    palette.set(yuvOfOklab(from.map((value, index) => value + (to[index]! - value) * share)), 3 * entry);
  }
  return palette;
}

/** OKLab to linear sRGB (Björn Ottosson, https://bottosson.github.io/posts/oklab/), gamma, then BT.709 limited range. */
function yuvOfOklab([lightness, a, b]: readonly number[]): [number, number, number] {
  const l = (lightness! + 0.3963377774 * a! + 0.2158037573 * b!) ** 3;
  const m = (lightness! - 0.1055613458 * a! - 0.0638541728 * b!) ** 3;
  const s = (lightness! - 0.0894841775 * a! - 1.291485548 * b!) ** 3;
  const [red, green, blue] = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) =>
    linear <= 0.0031308 ? 12.92 * Math.max(0, linear) : 1.055 * Math.min(1, linear) ** (1 / 2.4) - 0.055,
  ) as [number, number, number];
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return [16 + 219 * luma, 128 + (224 * (blue - luma)) / 1.8556, 128 + (224 * (red - luma)) / 1.5748];
}

/** SHA-256 of the seed text, unrolled by a counter: uniform in [0, 1). */
function randomNumbers(seedText: string): () => number {
  let block = createHash('sha256').update(seedText).digest();
  let offset = 0;
  return () => {
    if (offset === block.length) {
      block = createHash('sha256').update(block).digest();
      offset = 0;
    }
    offset += 4;
    return block.readUInt32BE(offset - 4) / 2 ** 32;
  };
}
