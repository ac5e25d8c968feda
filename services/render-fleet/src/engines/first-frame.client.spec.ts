import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskArtifactStore } from '@usvideo/artifacts';
import { Content } from '@usvideo/contracts/scheduler';
import { GuardedHttpClient } from '@usvideo/runtime';
import { type HttpReceiver, httpReceiver } from '@usvideo/testing';
import sharp from 'sharp';
import { decodeFirstFrame, FirstFrames } from './first-frame.client';

const content = (fields: Partial<Content>): Content => Content.fromPartial({ prompt: 'a fox', ...fields });
const image = (format: 'png' | 'jpeg' | 'webp' | 'gif', width = 64, height = 48) =>
  sharp({ create: { width, height, channels: 3, background: '#3060c0' } })
    .toFormat(format)
    .toBuffer();
const noise = async (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  })
    .png()
    .toBuffer();

describe('first frame', () => {
  let folder: string;
  let store: DiskArtifactStore;
  let receiver: HttpReceiver;
  let http: GuardedHttpClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'first-frame-'));
    store = new DiskArtifactStore(folder);
    receiver = await httpReceiver();
    http = new GuardedHttpClient({ allowCidrs: ['127.0.0.0/8'] });
  });
  afterAll(async () => {
    await http.stop();
    await receiver.stop();
    await rm(folder, { recursive: true });
  });

  const served = async (status: number, body: Buffer | string, headers: Record<string, string> = {}) => {
    receiver.answerWith((_, response) => {
      response.writeHead(status, headers).end(body);
    });
    return new FirstFrames(http, store).open(content({ firstFrame: `${receiver.url}/frame` }));
  };

  it('is not there when the job has none', async () => {
    expect(await new FirstFrames(http, store).open(content({}))).toBeUndefined();
  });

  it.each(['png', 'jpeg', 'webp'] as const)('is fetched as %s', async (format) => {
    expect(await served(200, await image(format))).toMatchObject({ width: 64, height: 48 });
  });

  it('is read from the store when it was uploaded', async () => {
    await store.put('inputs/abc', await image('png'));
    const opened = await new FirstFrames(http, store).open(
      content({ firstFrame: 'sha256:abc', firstFrameKey: 'inputs/abc' }),
    );
    expect(opened).toMatchObject({ width: 64, height: 48 });
  });

  it('is turned upright before it is measured', async () => {
    const turned = await sharp(await image('jpeg', 100, 50))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await decodeFirstFrame(turned)).toMatchObject({ width: 50, height: 100 });
  });

  it('is cropped in the centre', async () => {
    const left = await sharp({ create: { width: 100, height: 100, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const wide = await sharp({ create: { width: 300, height: 100, channels: 3, background: '#000' } })
      .composite([{ input: left, left: 100, top: 0 }])
      .png()
      .toBuffer();
    const pixels = await (await decodeFirstFrame(wide)).fitTo({ width: 100, height: 100 });
    expect(pixels).toHaveLength(15_000);
    expect(Math.min(...pixels.subarray(0, 10_000))).toBeGreaterThan(230);
  });

  it('is padded with black where the order says so', async () => {
    const white = { create: { width: 300, height: 100, channels: 3, background: '#fff' } } as const;
    await store.put('inputs/wide', await sharp(white).png().toBuffer());
    const frame = await new FirstFrames(http, store).open(
      content({ firstFrame: 'sha256:w', firstFrameKey: 'inputs/wide', firstFrameFit: 'pad' }),
    );
    const luma = (await frame!.fitTo({ width: 90, height: 90 })).subarray(0, 8_100);
    const row = (y: number) => luma.subarray(y * 90, (y + 1) * 90);
    expect(Math.max(...row(10), ...row(80))).toBeLessThan(20);
    expect(Math.min(...row(45))).toBeGreaterThan(230);
    const { width, height } = await sharp(await frame!.pngOf({ width: 90, height: 90 })).metadata();
    expect([width, height]).toEqual([90, 90]);
  });

  it.each([404, 403, 500, 204])('is unreachable when the server answers %i', async (status) => {
    await expect(served(status, '')).rejects.toMatchObject({ code: 'first_frame_unreachable', retryable: false });
  });

  it('is unreachable behind a redirect', async () => {
    await expect(served(302, '', { location: 'http://169.254.169.254/' })).rejects.toMatchObject({
      code: 'first_frame_unreachable',
    });
  });

  it.each([
    'http://169.254.169.254/latest',
    'https://10.0.0.1/x',
    'http://127.0.0.1:1/x',
    'ftp://example.com/x',
    'nonsense',
  ])('is unreachable at %s', async (url) => {
    await expect(new FirstFrames(http, store).open(content({ firstFrame: url }))).rejects.toMatchObject({
      code: 'first_frame_unreachable',
      retryable: false,
    });
  });

  it('is unreachable when the upload is no longer kept', async () => {
    await expect(new FirstFrames(http, store).open(content({ firstFrameKey: 'inputs/gone' }))).rejects.toMatchObject({
      code: 'first_frame_unreachable',
    });
  });

  it.each([
    ['a text file', async () => Buffer.from('just some text')],
    ['nothing', async () => Buffer.alloc(0)],
    ['a GIF', () => image('gif')],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    [
      'a truncated PNG',
      async () => {
        const whole = await noise(200, 200);
        return whole.subarray(0, whole.length - 2_000);
      },
    ],
    [
      'half a PNG',
      async () => {
        const whole = await noise(200, 200);
        return whole.subarray(0, whole.length / 2);
      },
    ],
    [
      'a truncated JPEG',
      async () => {
        const whole = await sharp(await noise(200, 200))
          .jpeg()
          .toBuffer();
        return whole.subarray(0, whole.length / 2);
      },
    ],
    ['more pixels than allowed', () => image('png', 10_000, 6_000)],
    ['more than 10 MiB', async () => Buffer.alloc(10 * 1024 * 1024 + 1)],
  ])('is invalid when it is %s', async (_, bytes) => {
    await expect(served(200, await bytes())).rejects.toMatchObject({ code: 'first_frame_invalid', retryable: false });
  });
});
