import { yuvOfRgb } from './yuv';

const filled = (red: number, green: number, blue: number, pixels: number) =>
  Uint8Array.from({ length: 3 * pixels }, (_, index) => [red, green, blue][index % 3]!);

describe('YUV', () => {
  it.each([
    ['black', 0, 0, 0, 16, 128, 128],
    ['white', 255, 255, 255, 235, 128, 128],
    ['red', 255, 0, 0, 63, 102, 240],
    ['green', 0, 255, 0, 173, 42, 26],
    ['blue', 0, 0, 255, 32, 240, 118],
  ])('%s has its place in BT.709', (_, red, green, blue, y, u, v) => {
    expect([...yuvOfRgb(filled(red, green, blue, 4), { width: 2, height: 2 })]).toEqual([y, y, y, y, u, v]);
  });

  it('rounds chroma planes of odd sizes up', () => {
    expect(yuvOfRgb(filled(9, 9, 9, 15), { width: 5, height: 3 })).toHaveLength(15 + 2 * 3 * 2);
  });
});
