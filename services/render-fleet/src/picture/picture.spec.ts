import { createHash } from 'node:crypto';
import { frameBytes, Painter } from './picture';
import { composeScene } from './scene';

const canvas = { width: 320, height: 180, frames: 24, framesPerSecond: 24 };

function frameOf(prompt: string, seed: number, frame: number, firstFrame?: Uint8Array): Uint8Array {
  const target = new Uint8Array(frameBytes(canvas.width, canvas.height));
  new Painter(composeScene(prompt, '', seed), canvas, firstFrame).paint(frame, target);
  return target;
}

const hashOf = (pixels: Uint8Array) => createHash('sha256').update(pixels).digest('hex');

describe('picture', () => {
  it('is the same for the same prompt, seed and frame number, whatever was painted before', () => {
    const painter = new Painter(composeScene('a red fox', '', 7), canvas);
    const target = new Uint8Array(frameBytes(canvas.width, canvas.height));
    painter.paint(20, target);
    painter.paint(3, target);
    expect(hashOf(target)).toBe(hashOf(frameOf('a red fox', 7, 3)));
  });

  it('differs by prompt, by negative prompt, by seed and by frame', () => {
    const hashes = [frameOf('a', 1, 0), frameOf('b', 1, 0), frameOf('a', 2, 0), frameOf('a', 1, 1)].map(hashOf);
    expect(new Set(hashes).size).toBe(4);
    expect(composeScene('a', 'blurry', 1)).not.toEqual(composeScene('a', '', 1));
  });

  it('stays within the limited range', () => {
    for (let seed = 0; seed < 20; seed++) {
      const pixels = frameOf('range', seed, seed);
      const luma = pixels.subarray(0, canvas.width * canvas.height);
      expect(Math.min(...luma)).toBeGreaterThanOrEqual(16);
      expect(Math.max(...luma)).toBeLessThanOrEqual(236);
    }
  });

  it('moves: neighbouring frames differ a little, distant ones much', () => {
    const difference = (a: Uint8Array, b: Uint8Array) =>
      a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;
    const [first, second, later] = [0, 1, 23].map((frame) => frameOf('motion', 4, frame)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(difference(first, second)).toBeGreaterThan(0);
    expect(difference(first, second)).toBeLessThan(difference(first, later));
  });

  it('begins with the first frame and moves away from it', () => {
    const image = new Uint8Array(frameBytes(canvas.width, canvas.height)).fill(90);
    expect(frameOf('a', 1, 0, image)).toEqual(image);
    expect(frameOf('a', 1, 12, image)).not.toEqual(image);
  });

  it.each([
    [854, 480],
    [480, 854],
    [481, 853],
  ])('fills a canvas of %i x %i to its last pixel', (width, height) => {
    const target = new Uint8Array(frameBytes(width, height));
    new Painter(composeScene('edge', '', 1), { ...canvas, width, height }).paint(5, target);
    expect(target.includes(0)).toBe(false);
  });
});
