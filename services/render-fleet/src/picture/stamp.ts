import type { Size } from '../conform/contract-pixels';

/** Burned into every frame, so that nobody takes the test picture for a model's work. */
const TEXT = 'TEST ENGINE, NOT AI';

/** Five columns by seven rows, a row per number, the leftmost pixel in the highest bit. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  A: [0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
  E: [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f],
  G: [0x0e, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0f],
  I: [0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e],
  N: [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11],
  O: [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e],
  S: [0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e],
  T: [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04],
  ',': [0x00, 0x00, 0x00, 0x00, 0x0c, 0x04, 0x08],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};
const COLUMNS = 6;
const ROWS = 7;
const MARGIN = 2;
const INK = 220;

/** Writes the mark into the lower left corner of a planar YUV 4:2:0 frame: light letters on a darkened plate. */
export function stampFrame(frame: Uint8Array, { width, height }: Size): void {
  const scale = Math.max(1, Math.floor(Math.min(width, height) / 180));
  const plate = { width: (TEXT.length * COLUMNS + 2 * MARGIN) * scale, height: (ROWS + 2 * MARGIN) * scale };
  const left = 4 * scale;
  const top = height - plate.height - 4 * scale;
  for (let y = 0; y < plate.height; y++) {
    for (let x = 0; x < plate.width; x++) {
      const at = (top + y) * width + left + x;
      const inked = isInked(Math.floor(x / scale) - MARGIN, Math.floor(y / scale) - MARGIN);
      frame[at] = inked ? INK : 16 + ((frame[at]! - 16) >> 1);
    }
  }
}

function isInked(x: number, y: number): boolean {
  if (x < 0 || y < 0 || y >= ROWS) return false;
  const row = GLYPHS[TEXT[Math.floor(x / COLUMNS)] ?? ' ']![y]!;
  return ((row >> (4 - (x % COLUMNS))) & 1) === 1 && x % COLUMNS < 5;
}
