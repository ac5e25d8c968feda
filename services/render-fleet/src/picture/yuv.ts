import type { Size } from '../conform/contract-pixels';

/** Interleaved 8-bit RGB to planar YUV 4:2:0, BT.709 in limited range; each chroma sample is the mean of its (up to) four pixels. */
export function yuvOfRgb(rgb: Uint8Array, { width, height }: Size): Uint8Array {
  const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const yuv = new Uint8Array(width * height + 2 * halfWidth * halfHeight);
  for (let at = 0; at < width * height; at++) {
    yuv[at] = 16.5 + (219 / 255) * lumaAt(rgb, 3 * at);
  }
  const chroma = halfWidth * halfHeight;
  for (let row = 0; row < halfHeight; row++) {
    for (let column = 0; column < halfWidth; column++) {
      const [red, green, blue] = meanOfBlock(rgb, width, height, 2 * column, 2 * row);
      const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      const at = width * height + row * halfWidth + column;
      yuv[at] = 128.5 + ((224 / 255) * (blue - luma)) / 1.8556;
      yuv[at + chroma] = 128.5 + ((224 / 255) * (red - luma)) / 1.5748;
    }
  }
  return yuv;
}

function lumaAt(rgb: Uint8Array, at: number): number {
  return 0.2126 * rgb[at]! + 0.7152 * rgb[at + 1]! + 0.0722 * rgb[at + 2]!;
}

function meanOfBlock(
  rgb: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
): [number, number, number] {
  let [red, green, blue, count] = [0, 0, 0, 0];
  for (let y = top; y < Math.min(top + 2, height); y++) {
    for (let x = left; x < Math.min(left + 2, width); x++, count++) {
      const at = 3 * (y * width + x);
      red += rgb[at]!;
      green += rgb[at + 1]!;
      blue += rgb[at + 2]!;
    }
  }
  return [red / count, green / count, blue / count];
}
