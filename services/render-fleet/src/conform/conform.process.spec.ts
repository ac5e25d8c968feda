import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { conform } from './conform.process';
import { locateFfmpeg } from './ffmpeg.process';
import { probeMp4 } from './mp4-file.store';

const ffmpeg = locateFfmpeg();
const wanted = { width: 854, height: 480, frames: 24 };

describe('conform', () => {
  let scratchDir: string;

  beforeEach(async () => {
    scratchDir = await mkdtemp(join(tmpdir(), 'conform-'));
  });
  afterEach(() => rm(scratchDir, { recursive: true }));

  /** A clip as some engine might give it. */
  const engineGave = async (
    seconds: number,
    {
      size = '854x480',
      rate = 24,
      name = 'given.mp4',
      codec = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
      sound = [] as string[],
    } = {},
  ) => {
    const file = join(scratchDir, name);
    await promisify(execFile)(ffmpeg, [
      '-loglevel',
      'error',
      '-f',
      'lavfi',
      '-i',
      `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
      ...(sound.length > 0 ? ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, ...sound] : []),
      ...codec,
      file,
    ]);
    return file;
  };
  const conformed = (file: string) =>
    conform({ ...wanted, ffmpeg, file, engineName: 'other', scratchDir, signal: new AbortController().signal });

  it('takes what fits', async () => {
    const video = await conformed(await engineGave(1));
    expect(video).toMatchObject({ ...wanted, durationMs: 1_000 });
    expect(video.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('trims what is longer', async () => {
    expect(await conformed(await engineGave(3))).toMatchObject({ ...wanted, durationMs: 1_000 });
  });

  it('accepts a frame less and refuses two', async () => {
    expect(await conformed(await engineGave(23 / 24))).toMatchObject({ frames: 23 });
    await expect(conformed(await engineGave(22 / 24, { name: 'short.mp4' }))).rejects.toMatchObject({
      code: 'engine_error',
      retryable: true,
      message: expect.stringContaining('22 frames of 24'),
    });
  });

  it.each([
    ['another size', { size: '832x480' }],
    ['another rate', { rate: 30 }],
    ['another shape', { size: '512x512' }],
  ])('brings %s to the contract', async (_, given) => {
    const video = await conformed(await engineGave(1.2, given));
    expect(await probeMp4(video.file)).toMatchObject({ ...wanted, codec: 'avc1', durationMs: 1_000, fastStart: true });
  });

  it('encodes anew what few players know', async () => {
    const file = await engineGave(1, { codec: ['-c:v', 'libx264', '-pix_fmt', 'yuv444p'] });
    expect(await probeMp4((await conformed(file)).file)).toMatchObject({ codec: 'avc1', profile: 100 });
    const mpeg4 = await engineGave(1, { name: 'given.avi', codec: ['-c:v', 'mpeg4', '-q:v', '5'] });
    expect(await probeMp4((await conformed(mpeg4)).file)).toMatchObject({ ...wanted, codec: 'avc1' });
  });

  /** What a player is told of the tracks. */
  const tracksOf = (file: string) =>
    promisify(execFile)(ffmpeg, ['-hide_banner', '-i', file]).then(
      () => '',
      ({ stderr }: { stderr: string }) => stderr,
    );
  /** The luma of one pixel of the first picture. */
  const lumaAt = async (file: string, x: number, y: number) => {
    const parameters = ['-loglevel', 'error', '-i', file, '-frames:v', '1', '-vf', `crop=2:2:${x}:${y},format=gray`];
    const { stdout } = await promisify(execFile)(ffmpeg, [...parameters, '-f', 'rawvideo', '-'], {
      encoding: 'buffer',
    });
    return stdout[0]!;
  };

  it.each([
    ['wide', '427x480', '2/1', 'yuv420p'],
    ['high', '854x240', '1/2', 'yuv420p'],
    ['wide and of another profile', '427x480', '2/1', 'yuv444p'],
  ])('makes square pixels of %s ones, and loses nothing of the picture', async (_, size, ratio, format) => {
    // A white frame around black: its edges are where the picture ends.
    const frame = `drawbox=t=16:c=white,setsar=${ratio}`;
    const { file } = await conformed(
      await engineGave(1.2, {
        size: size.replace('427', '428'),
        codec: ['-vf', `drawbox=t=fill:c=black,${frame}`, '-c:v', 'libx264', '-crf', '10', '-pix_fmt', format],
      }),
    );
    expect(await tracksOf(file)).toMatch(/Video: h264 .* 854x480 \[SAR 1:1 /);
    const edges = [lumaAt(file, 426, 2), lumaAt(file, 426, 476), lumaAt(file, 4, 240), lumaAt(file, 848, 240)];
    for (const edge of await Promise.all(edges)) expect(edge).toBeGreaterThan(180);
    expect(await lumaAt(file, 426, 240)).toBeLessThan(60);
  });

  it('takes nothing with other pixels as it is', async () => {
    const given = { size: '854x480', codec: ['-vf', 'setsar=4/3', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'] };
    const { file } = await conformed(await engineGave(1, given));
    expect(await probeMp4(file)).toMatchObject({ ...wanted, hasSquarePixels: true });
  });

  it.each([
    ['of AAC', 'given.mp4', ['-c:a', 'aac']],
    ['of another codec', 'given.mp4', ['-c:a', 'libmp3lame']],
    ['without compression', 'given.mov', ['-c:a', 'pcm_s16le']],
  ])('keeps sound %s as AAC, as long as the picture', async (_, name, sound) => {
    const video = await conformed(await engineGave(3, { name, sound }));
    expect(video).toMatchObject({ ...wanted, durationMs: 1_000, hasAudio: true });
    expect(await probeMp4(video.file)).toMatchObject({ audioCodec: 'mp4a', fastStart: true });
    expect(await tracksOf(video.file)).toMatch(/Duration: 00:00:01\.0[0-9],[\s\S]*Audio: aac/);
  });

  it('says that there is no sound where an engine made none', async () => {
    expect(await conformed(await engineGave(1))).toMatchObject({ hasAudio: false });
  });

  it("reads no index that is larger than any clip's", async () => {
    const file = join(scratchDir, 'vast.mp4');
    const index = Buffer.alloc(8);
    index.writeUInt32BE(16 * 1024 * 1024 + 1, 0);
    index.write('moov', 4, 'latin1');
    await writeFile(file, index);
    await truncate(file, 16 * 1024 * 1024 + 1);
    await expect(probeMp4(file)).rejects.toThrow('no readable index');
  });

  it('refuses what is no video', async () => {
    const file = join(scratchDir, 'text.mp4');
    await writeFile(file, 'no video');
    await expect(conformed(file)).rejects.toMatchObject({ code: 'engine_error', retryable: true });
  });
});
