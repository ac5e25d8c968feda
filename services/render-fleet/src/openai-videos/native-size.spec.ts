import fc from 'fast-check';
import { pixelsOf } from '../conform/contract-pixels';
import { nativeClip, type Grid } from './native-size';

const WAN: Grid = { sideMultiple: 16, frameStep: 4, framesPerSecond: 16, sizes: [] };
const LTX: Grid = { sideMultiple: 32, frameStep: 8, framesPerSecond: 24, sizes: [] };

it.each([
  ['480p', '16:9', 5, WAN, { width: 864, height: 480, frames: 81, framesPerSecond: 16 }],
  ['480p', '9:16', 5, WAN, { width: 480, height: 864, frames: 81, framesPerSecond: 16 }],
  ['720p', '16:9', 5, WAN, { width: 1280, height: 720, frames: 81, framesPerSecond: 16 }],
  ['720p', '16:9', 5, LTX, { width: 1280, height: 736, frames: 121, framesPerSecond: 24 }],
  ['1080p', '1:1', 1, LTX, { width: 1088, height: 1088, frames: 25, framesPerSecond: 24 }],
])('%s %s of %d s is rendered as the next that the model can do', (resolution, ratio, seconds, grid, clip) => {
  expect(nativeClip(grid, pixelsOf(resolution, ratio), seconds)).toEqual(clip);
});

it.each([
  ['480p', '16:9', { width: 1280, height: 720 }],
  ['480p', '9:16', { width: 720, height: 1280 }],
  ['720p', '16:9', { width: 1280, height: 720 }],
  ['1080p', '16:9', { width: 1280, height: 720 }],
])('%s %s is rendered at a size that the model was trained on', (resolution, ratio, size) => {
  const sizes = [
    { width: 832, height: 480 },
    { width: 1280, height: 720 },
  ];
  expect(nativeClip({ ...WAN, sizes }, pixelsOf(resolution, ratio), 5)).toMatchObject(size);
});

it('contains the contract, is on the grid and wastes less than one step of it', () => {
  const grids = fc.record({
    sideMultiple: fc.constantFrom(2, 8, 16, 32, 64),
    frameStep: fc.constantFrom(1, 4, 8),
    framesPerSecond: fc.integer({ min: 8, max: 60 }),
    sizes: fc.constant([]),
  });
  fc.assert(
    fc.property(
      grids,
      fc.constantFrom('480p', '720p', '1080p'),
      fc.constantFrom('16:9', '9:16', '1:1'),
      fc.integer({ min: 1, max: 10 }),
      (grid, resolution, ratio, seconds) => {
        const contract = pixelsOf(resolution, ratio);
        const clip = nativeClip(grid, contract, seconds);
        for (const side of ['width', 'height'] as const) {
          expect(clip[side] % grid.sideMultiple).toBe(0);
          expect(clip[side] - contract[side]).toBeGreaterThanOrEqual(0);
          expect(clip[side] - contract[side]).toBeLessThan(grid.sideMultiple);
        }
        expect((clip.frames - 1) % grid.frameStep).toBe(0);
        expect(clip.frames - seconds * grid.framesPerSecond).toBeGreaterThanOrEqual(0);
        expect(clip.frames - seconds * grid.framesPerSecond).toBeLessThan(grid.frameStep);
      },
    ),
  );
});
