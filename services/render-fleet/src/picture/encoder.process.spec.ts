import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@usvideo/testing';
import { frameBytes, Painter } from './picture';
import { composeScene } from './scene';
import { encodeFrames, type EncodingOptions } from './encoder.process';
import { locateFfmpeg } from '../conform/ffmpeg.process';

const size = { width: 426, height: 240 };
const FRAMES = 120;
const MANY_FRAMES = 600;

describe('encoder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'encoder-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function* drawn(count: number, onDrawn: () => void = () => undefined): AsyncGenerator<Uint8Array> {
    const painter = new Painter(composeScene('encoder', '', 1), { ...size, frames: count, framesPerSecond: 24 });
    const pixels = new Uint8Array(frameBytes(size.width, size.height));
    for (let frame = 0; frame < count; frame++) {
      painter.paint(frame, pixels);
      onDrawn();
      yield pixels;
    }
  }

  const optionsFor = (frames: AsyncIterable<Uint8Array>, changes: Partial<EncodingOptions> = {}): EncodingOptions => ({
    ffmpeg: locateFfmpeg(),
    frames,
    drawn: size,
    encoded: size,
    effort: 'small',
    file: join(folder, 'out.ts'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...changes,
  });

  /** An ffmpeg that leaves its process id in a file. */
  async function knownFfmpeg(): Promise<{ ffmpeg: string; pid(): Promise<number> }> {
    const [script, pidFile] = [join(folder, 'ffmpeg.sh'), join(folder, 'pid')];
    await writeFile(script, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${locateFfmpeg()}' "$@"\n`);
    await chmod(script, 0o755);
    return { ffmpeg: script, pid: async () => Number(await readFile(pidFile, 'utf8')) };
  }

  /** Resolves once a value has not moved for the given time. */
  async function standing(value: () => number, ms: number): Promise<number> {
    let [last, since] = [value(), Date.now()];
    return eventually(
      () => {
        if (value() !== last) [last, since] = [value(), Date.now()];
        return Date.now() - since >= ms && last;
      },
      { what: 'a value standing still' },
    );
  }

  it('reports at least ten steps and every frame in the end', async () => {
    const seen = new Set<number>();
    await encodeFrames(optionsFor(drawn(FRAMES), { onProgress: (encoded) => seen.add(encoded) }));
    expect(seen.size).toBeGreaterThanOrEqual(10);
    expect(Math.max(...seen)).toBe(FRAMES);
  });

  it('stands still while the encoder is stopped, though frames wait, and goes on when it is', async () => {
    const { ffmpeg, pid } = await knownFfmpeg();
    let [encoded, painted] = [0, 0];
    const encoding = encodeFrames(
      optionsFor(
        drawn(MANY_FRAMES, () => painted++),
        {
          ffmpeg,
          onProgress: (frames) => {
            encoded = frames;
          },
        },
      ),
    );
    await eventually(() => encoded >= 12, { what: 'twelve frames encoded' });
    process.kill(await pid(), 'SIGSTOP');
    const whenStopped = await standing(() => painted, 300);
    expect(whenStopped).toBeLessThan(MANY_FRAMES);
    const before = encoded;
    expect(await standing(() => encoded, 500)).toBe(before);
    process.kill(await pid(), 'SIGCONT');
    await eventually(() => encoded > before, { what: 'progress after the encoder goes on' });
    await encoding;
    expect(encoded).toBe(MANY_FRAMES);
  });

  it('kills a stopped encoder when it is aborted', async () => {
    const { ffmpeg, pid } = await knownFfmpeg();
    const ending = new AbortController();
    let encoded = 0;
    const encoding = encodeFrames(
      optionsFor(drawn(MANY_FRAMES), {
        ffmpeg,
        signal: ending.signal,
        onProgress: (frames) => {
          encoded = frames;
        },
      }),
    );
    await eventually(() => encoded > 0, { what: 'the first frame encoded' });
    const encoder = await pid();
    process.kill(encoder, 'SIGSTOP');
    ending.abort(new Error('the lease has ended'));
    await expect(encoding).rejects.toThrow('the lease has ended');
    expect(() => process.kill(encoder, 0)).toThrow('ESRCH');
  });

  it('says that the encoder died, also when it is killed from outside', async () => {
    const { ffmpeg, pid } = await knownFfmpeg();
    let encoded = 0;
    const encoding = encodeFrames(
      optionsFor(drawn(MANY_FRAMES), {
        ffmpeg,
        onProgress: (frames) => {
          encoded = frames;
        },
      }),
    );
    await eventually(() => encoded > 0, { what: 'the first frame encoded' });
    process.kill(await pid(), 'SIGKILL');
    await expect(encoding).rejects.toThrow();
  });

  it('says that there is no encoder', async () => {
    await expect(encodeFrames(optionsFor(drawn(5), { ffmpeg: join(folder, 'missing') }))).rejects.toMatchObject({
      code: 'engine_error',
      retryable: true,
    });
  });

  it('passes on why no frames came', async () => {
    const broken = async function* () {
      yield new Uint8Array(frameBytes(size.width, size.height));
      await delay(1);
      throw new Error('out of paint');
    };
    await expect(encodeFrames(optionsFor(broken()))).rejects.toThrow('out of paint');
  });
});
