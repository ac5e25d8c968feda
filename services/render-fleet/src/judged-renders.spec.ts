import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskArtifactStore } from '@usvideo/artifacts';
import { createLogger, type Service } from '@usvideo/runtime';
import { type HttpReceiver, httpReceiver } from '@usvideo/testing';
import sharp from 'sharp';
import { aLease, TestScheduler } from './attempt/scheduler.fixture';
import { readRenderFleetConfig, startRenderFleet } from './render-fleet.module';

interface Question {
  readonly input: readonly {
    readonly type: string;
    readonly text?: string;
    readonly image_url?: { readonly url: string };
  }[];
}

describe('a fleet with a moderation', () => {
  let folder: string;
  let scheduler: TestScheduler;
  let moderation: HttpReceiver;
  let fleet: Service;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-'));
    scheduler = new TestScheduler(`unix:${join(folder, 's.sock')}`);
    await scheduler.start();
    moderation = await httpReceiver();
    fleet = await startRenderFleet({
      config: readRenderFleetConfig({
        SCHEDULER_GRPC_URL: scheduler.address,
        DATA_DIR: folder,
        ENGINES: 'sandbox',
        DRAIN_TIMEOUT_MS: '0',
        MODERATION_URL: `${moderation.url}/v1/moderations`,
      }),
      logger: createLogger('render-fleet', 'silent'),
    });
    await scheduler.told('hello');
  });
  afterEach(async () => {
    await fleet.stop();
    scheduler.stop();
    await moderation.stop();
    await rm(folder, { recursive: true });
  });

  const questions = () => moderation.requests.map(({ body }) => JSON.parse(body.toString()) as Question);
  const flag = (is: (question: Question) => boolean) =>
    moderation.answerWith(({ body }, response) => {
      const flagged = is(JSON.parse(body.toString()) as Question);
      response.writeHead(200).end(JSON.stringify({ results: [{ flagged }] }));
    });
  const isOfRequest = ({ input }: Question) => input.some(({ type }) => type === 'text');

  it('asks before it renders and before it sells, and sells what is allowed', async () => {
    flag(() => false);
    const frame = await sharp({ create: { width: 64, height: 36, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await new DiskArtifactStore(join(folder, 'artifacts')).put('inputs/frame', frame);
    scheduler.grant(aLease({ content: { prompt: 'a fox', negativePrompt: 'blood', firstFrameKey: 'inputs/frame' } }));
    await scheduler.told('complete');
    const [before, after] = questions();
    expect(questions()).toHaveLength(2);
    expect(before!.input.map(({ type, text }) => [type, text])).toEqual([
      ['text', 'a fox'],
      ['image_url', undefined],
    ]);
    expect(after!.input.map(({ type }) => type)).toEqual(['image_url', 'image_url', 'image_url', 'image_url']);
    const picture = Buffer.from(after!.input[0]!.image_url!.url.split(',')[1]!, 'base64');
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'jpeg', width: 640 });
  });

  it('renders nothing of a request that is flagged', async () => {
    flag(isOfRequest);
    scheduler.grant(aLease());
    expect(await scheduler.told('fail')).toMatchObject({ errorCode: 'content_rejected', retryable: false });
    expect(scheduler.all('start')).toEqual([]);
  });

  it('stores nothing of a video that is flagged', async () => {
    flag((question) => !isOfRequest(question));
    const lease = aLease();
    scheduler.grant(lease);
    expect(await scheduler.told('fail')).toMatchObject({ errorCode: 'content_rejected', retryable: false });
    expect(scheduler.all('start')).toHaveLength(1);
    const store = new DiskArtifactStore(join(folder, 'artifacts'));
    expect(await store.stat(`videos/${lease.jobId}/1-${lease.leaseId}.mp4`)).toBeUndefined();
  });

  it('waits for one that is away, and then goes on', async () => {
    moderation.answerWith(503);
    scheduler.grant(aLease());
    await moderation.received(2);
    expect(scheduler.all('start')).toEqual([]);
    flag(() => false);
    await scheduler.told('complete');
  });
});
