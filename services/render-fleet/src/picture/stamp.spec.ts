import { stampFrame } from './stamp';

/** The stamped plate as text, one character per pixel of the font. */
function readStamp(): string[] {
  const [width, height] = [320, 240];
  const frame = new Uint8Array((width * height * 3) / 2).fill(100);
  stampFrame(frame, { width, height });
  return Array.from({ length: 7 }, (_, row) =>
    Array.from({ length: 24 }, (__, column) =>
      frame[(height - 4 - 9 + row) * width + 6 + column] === 220 ? '#' : '.',
    ).join(''),
  );
}

describe('stamp', () => {
  it('writes its letters', () => {
    expect(readStamp()).toEqual([
      '#####.#####..####.#####.',
      '..#...#.....#.......#...',
      '..#...#.....#.......#...',
      '..#...####...###....#...',
      '..#...#.........#...#...',
      '..#...#.........#...#...',
      '..#...#####.####....#...',
    ]);
  });

  it('fits every contract size and leaves the chroma alone', () => {
    for (const [width, height] of [
      [854, 480],
      [480, 480],
      [720, 1280],
      [1080, 1080],
    ] as const) {
      const frame = new Uint8Array(width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2)).fill(77);
      stampFrame(frame, { width, height });
      expect(frame.subarray(width * height).every((value) => value === 77)).toBe(true);
      for (let y = 0; y < height; y++) expect(frame[y * width + width - 1]).toBe(77);
    }
  });
});
