import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { pixelsOf, type Size } from '../conform/contract-pixels';
import type { Engine, RenderRequest } from './engine';
import { conform, type ConformedVideo } from '../conform/conform.process';
import { locateFfmpeg } from '../conform/ffmpeg.process';
import { decodeFirstFrame } from './first-frame.client';
import { probeMp4 } from '../conform/mp4-file.store';

const FRAMES = 24;
const ffmpeg = locateFfmpeg();

/** Four quadrants of plain colour, as a PNG of the given size. */
export async function quadrants(size: Size): Promise<Buffer> {
  const [width, height] = [size.width / 2, size.height / 2];
  const tile = (background: string) =>
    sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer();
  const [red, green, blue, white] = await Promise.all(['#c02020', '#20a040', '#2040c0', '#e0e0e0'].map(tile));
  return sharp({ create: { ...size, channels: 3, background: '#000' } })
    .composite([
      { input: red!, left: 0, top: 0 },
      { input: green!, left: width, top: 0 },
      { input: blue!, left: 0, top: height },
      { input: white!, left: width, top: height },
    ])
    .png()
    .toBuffer();
}

/** The mean colour of each quadrant of a video's first frame. */
export async function firstFrameQuadrants(file: string, size: Size): Promise<number[][]> {
  const { stdout } = await promisify(execFile)(
    ffmpeg,
    ['-loglevel', 'error', '-i', file, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', '-'],
    {
      encoding: 'buffer',
      maxBuffer: 32 * 1024 * 1024,
    },
  );
  // The margin keeps the seams between the quadrants, and the mark in the corner, out of the means.
  const [width, height] = [Math.floor(size.width / 2) - 60, Math.floor(size.height / 2) - 60];
  const corners = [
    [30, 30],
    [size.width / 2 + 30, 30],
    [30, size.height / 2 + 30],
    [size.width / 2 + 30, size.height / 2 + 30],
  ];
  return Promise.all(
    corners.map(async ([left, top]) => {
      // `stats` looks at its input, so the quadrant is cut out first.
      const quadrant = await sharp(stdout)
        .extract({ left: Math.floor(left!), top: Math.floor(top!), width, height })
        .png()
        .toBuffer();
      const { channels } = await sharp(quadrant).stats();
      return channels.slice(0, 3).map(({ mean }) => mean);
    }),
  );
}

/** What every engine must do, whatever draws the picture. */
export function describeEngine(name: string, open: () => Engine): void {
  describe(`engine ${name}`, () => {
    let scratchDir: string;

    beforeEach(async () => {
      scratchDir = await mkdtemp(join(tmpdir(), 'engine-'));
    });
    afterEach(() => rm(scratchDir, { recursive: true }));

    const render = async (
      wanted: Partial<RenderRequest> = {},
    ): Promise<{ video: ConformedVideo; progress: number[] }> => {
      const progress: number[] = [];
      const engine = open();
      const request: RenderRequest = {
        ...pixelsOf('480p', '16:9'),
        prompt: 'a red fox in snow',
        negativePrompt: '',
        seed: 7,
        frames: FRAMES,
        scratchDir,
        onProgress: (encoded) => progress.push(encoded),
        signal: new AbortController().signal,
        ...wanted,
      };
      const { file } = await engine.render(request);
      return { video: await conform({ ...request, ffmpeg, file, engineName: engine.name }), progress };
    };

    it('has a name, classes and slots', () => {
      const { name: engineName, jobClasses, slots } = open();
      expect(engineName).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(jobClasses.length).toBeGreaterThan(0);
      expect(slots).toBeGreaterThanOrEqual(1);
    });

    it.each(['16:9', '9:16', '1:1'])("gives the contract's pixels and frames at %s", async (aspectRatio) => {
      const { video } = await render(pixelsOf('480p', aspectRatio));
      expect(await probeMp4(video.file)).toMatchObject({
        ...pixelsOf('480p', aspectRatio),
        codec: 'avc1',
        frames: FRAMES,
        durationMs: 1_000,
        fastStart: true,
      });
      expect((await readFile(video.file)).includes(`AI-generated video, engine: ${open().name}`)).toBe(true);
      expect(await sharp(await readFile(video.thumbnail)).metadata()).toMatchObject({ format: 'jpeg' });
    });

    it('gives identical bytes for the same request and others for another prompt or seed', async () => {
      const hashes = [];
      for (const wanted of [{}, {}, { prompt: 'a blue fox' }, { seed: 8 }])
        hashes.push((await render(wanted)).video.sha256);
      expect(hashes[1]).toBe(hashes[0]);
      expect(new Set(hashes).size).toBe(3);
    });

    it('reports every frame as encoded in the end and never goes back', async () => {
      const { progress } = await render();
      expect(progress.at(-1)).toBe(FRAMES);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
    });

    it('begins with the first frame', async () => {
      const size = pixelsOf('480p', '16:9');
      const { video } = await render({ firstFrame: await decodeFirstFrame(await quadrants(size)) });
      const expected = [
        [0xc0, 0x20, 0x20],
        [0x20, 0xa0, 0x40],
        [0x20, 0x40, 0xc0],
        [0xe0, 0xe0, 0xe0],
      ];
      const shown = await firstFrameQuadrants(video.file, size);
      shown.flat().forEach((value, index) => expect(Math.abs(value - expected.flat()[index]!)).toBeLessThan(6));
    });

    it('stops at once when it is told to', async () => {
      const ending = new AbortController();
      const reason = new Error('the lease has ended');
      await expect(
        render({ frames: 240, signal: ending.signal, onProgress: () => ending.abort(reason) }),
      ).rejects.toThrow();
      expect(ending.signal.aborted).toBe(true);
      expect((await readdir(scratchDir)).filter((file) => file.endsWith('.mp4'))).toEqual([]);
    });
  });
}
