import { framesOf, nearestAspectRatio, pixelsOf } from './contract-pixels';

describe('contract pixels', () => {
  it.each([
    ['480p', '16:9', 854, 480],
    ['720p', '16:9', 1280, 720],
    ['1080p', '16:9', 1920, 1080],
    ['480p', '9:16', 480, 854],
    ['720p', '9:16', 720, 1280],
    ['1080p', '9:16', 1080, 1920],
    ['480p', '1:1', 480, 480],
    ['720p', '1:1', 720, 720],
    ['1080p', '1:1', 1080, 1080],
  ])('%s %s is %i x %i', (resolution, aspectRatio, width, height) => {
    expect(pixelsOf(resolution, aspectRatio)).toEqual({ width, height });
  });

  it('knows no others', () => {
    expect(() => pixelsOf('4k', '16:9')).toThrow(RangeError);
    expect(() => pixelsOf('720p', '4:3')).toThrow(RangeError);
  });

  it('has 24 frames a second', () => {
    expect(framesOf(5)).toBe(120);
  });

  it.each([
    [1920, 1080, '16:9'],
    [4000, 3000, '1:1'],
    [1400, 1000, '16:9'],
    [1300, 1000, '1:1'],
    [1000, 1300, '1:1'],
    [720, 1280, '9:16'],
    [1, 9000, '9:16'],
  ])('crops a frame of %i x %i to %s', (width, height, expected) => {
    expect(nearestAspectRatio({ width, height })).toBe(expected);
  });
});
