import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskArtifactStore, S3ArtifactStore } from '@usvideo/artifacts';
import { createLogger, type Service } from '@usvideo/runtime';
import { describeS3, EngineServer, eventually, httpReceiver } from '@usvideo/testing';
import sharp from 'sharp';
import { aLease, TestScheduler } from './attempt/scheduler.fixture';
import { locateFfmpeg } from './conform/ffmpeg.process';
import { readRenderFleetConfig, startRenderFleet } from './render-fleet.module';

describe('render fleet', () => {
  let folder: string;
  let scheduler: TestScheduler;
  let fleet: Service | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-'));
    scheduler = new TestScheduler(`unix:${join(folder, 's.sock')}`);
    await scheduler.start();
  });
  afterEach(async () => {
    await fleet?.stop();
    fleet = undefined;
    scheduler.stop();
    await rm(folder, { recursive: true });
  });

  const start = async (env: Record<string, string> = {}) => {
    fleet = await startRenderFleet({
      config: readRenderFleetConfig({
        SCHEDULER_GRPC_URL: scheduler.address,
        DATA_DIR: folder,
        ENGINES: 'sandbox',
        OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
        DRAIN_TIMEOUT_MS: '0',
        SANDBOX_SLOTS: '4',
        ...env,
      }),
      logger: createLogger('render-fleet', 'silent'),
    });
    return fleet;
  };
  const started = async (env?: Record<string, string>) => {
    const running = await start(env);
    await eventually(async () => Object.values((await running.ready()).uses!).every(Boolean), {
      what: 'the worker welcomed',
    });
    return running;
  };
  const scratch = () => readdir(join(folder, 'scratch'));

  it('renders a lease, with progress, and stores what it reports', async () => {
    await started();
    const lease = aLease({ content: { prompt: 'a fox sandbox:slow=1.5' } });
    scheduler.grant(lease);
    const { artifact, ...completed } = await scheduler.told('complete');
    expect(completed).toEqual({ jobId: lease.jobId, leaseId: lease.leaseId });
    expect(artifact).toMatchObject({
      videoKey: `videos/${lease.jobId}/1-${lease.leaseId}.mp4`,
      width: 854,
      height: 480,
      frames: 24,
      durationMs: 1_000,
    });
    const store = new DiskArtifactStore(join(folder, 'artifacts'));
    expect(await store.stat(artifact!.videoKey)).toEqual({ sizeBytes: Number(artifact!.sizeBytes) });
    expect((await store.stat(artifact!.thumbnailKey))!.sizeBytes).toBeGreaterThan(500);
    expect(scheduler.all('start')).toEqual([{ jobId: lease.jobId, leaseId: lease.leaseId, aspectRatio: '16:9' }]);
    const progress = scheduler.progressOf(lease);
    expect(new Set(progress).size).toBeGreaterThan(3);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    await eventually(async () => (await scratch()).length === 0, { what: 'an empty scratch folder' });
  });

  describeS3('with a bucket', (server) => {
    it('renders a lease from an uploaded frame, and stores what it reports', async () => {
      const {
        settings: { region, endpoint, pathStyle },
      } = server();
      const bucket = await server().makeBucket('videos');
      const store = new S3ArtifactStore({ region, endpoint, pathStyle, bucket });
      await store.put(
        'inputs/frame',
        await sharp({ create: { width: 64, height: 36, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      );
      await started({
        ARTIFACT_STORE: 's3',
        S3_BUCKET: bucket,
        S3_REGION: region,
        S3_ENDPOINT: endpoint,
        S3_PATH_STYLE: 'true',
      });
      scheduler.grant(aLease({ content: { prompt: 'a fox', firstFrameKey: 'inputs/frame' } }));
      const { artifact } = await scheduler.told('complete');
      expect(await store.stat(artifact!.videoKey)).toEqual({ sizeBytes: Number(artifact!.sizeBytes) });
      expect((await store.stat(artifact!.thumbnailKey))!.sizeBytes).toBeGreaterThan(500);
    });
  });

  it('announces each engine as one worker, and none for live jobs unless that is allowed', async () => {
    await started({ ENGINES: 'procedural,sandbox', ALLOW_PROCEDURAL_LIVE: 'true', PROCEDURAL_SLOTS: '3' });
    expect(scheduler.hellosOf('sandbox')).toMatchObject([{ jobClasses: ['sandbox'], slots: 4, leaseIds: [] }]);
    expect(scheduler.hellosOf('procedural')).toMatchObject([{ jobClasses: ['procedural'], slots: 3 }]);
    await fleet!.stop();
    await started({ ENGINES: 'procedural,sandbox' });
    expect(scheduler.hellosOf('procedural')).toHaveLength(1);
    expect(scheduler.hellosOf('sandbox')).toHaveLength(2);
  });

  describe('with an engine that runs elsewhere', () => {
    let engine: EngineServer;

    beforeEach(async () => {
      engine = await EngineServer.start('diffusers', locateFfmpeg());
    });
    afterEach(() => engine.stop());

    const video = () => ({
      ENGINES: 'openai-videos',
      ENGINE_URL: engine.url,
      ENGINE_SIDE_MULTIPLE: '32',
      ENGINE_FRAME_STEP: '8',
    });

    it("renders a lease at the next native size and stores the contract's", async () => {
      await started(video());
      expect(scheduler.hellosOf('openai-videos')).toMatchObject([{ jobClasses: ['video'], slots: 1 }]);
      scheduler.grant(aLease());
      expect((await scheduler.told('complete')).artifact).toMatchObject({
        width: 854,
        height: 480,
        frames: 24,
        durationMs: 1_000,
      });
      expect(engine.requested('POST', /./)[0]!.fields).toMatchObject({ size: '864x480', num_frames: '25', seed: '7' });
    });

    it('is not there while the engine is not, and comes back with it under its own id', async () => {
      engine.faults.add('unwell');
      const running = await start(video());
      await engine.asked('GET', /health/, 2);
      expect(scheduler.all('hello')).toEqual([]);
      expect((await running.ready()).uses).toEqual({ 'openai-videos': false });
      engine.faults.clear();
      const { workerId } = await scheduler.told('hello');
      engine.faults.add('unwell');
      await scheduler.told('drain');
      engine.faults.clear();
      expect(await scheduler.told('hello', 2)).toMatchObject({ workerId, jobClasses: ['video'] });
    });

    it('reports a job that the engine lost as one for another attempt', async () => {
      await started(video());
      engine.hold();
      scheduler.grant(aLease());
      await engine.asked('GET', /^\/v1\/videos\/./);
      await engine.restart();
      expect(await scheduler.told('fail')).toMatchObject({ errorCode: 'engine_error', retryable: true });
    });

    it('does not start without knowing where the engine is', () => {
      expect(() => readRenderFleetConfig({ SCHEDULER_GRPC_URL: 'unix:x', ENGINES: 'openai-videos' })).toThrow(
        'ENGINE_URL: is required',
      );
      expect(() =>
        readRenderFleetConfig({ SCHEDULER_GRPC_URL: 'unix:x', ENGINE_SIZES: '832,480', ENGINE_PARAMETERS: '[]' }),
      ).toThrow(/ENGINE_SIZES.*\n.*ENGINE_PARAMETERS/);
    });
  });

  it('reports the failure that the prompt asks for', async () => {
    await started();
    scheduler.grant(aLease({ content: { prompt: 'sandbox:fail=content_rejected' } }));
    expect(await scheduler.told('fail')).toMatchObject({ errorCode: 'content_rejected', retryable: false });
  });

  it('renders nothing when the start is refused', async () => {
    await started();
    scheduler.answer = (report) => (report.$case === 'start' ? 'job_ended' : '');
    scheduler.grant(aLease());
    await scheduler.told('start');
    await eventually(async () => (await scratch()).length === 0, { what: 'an empty scratch folder' });
    expect([...scheduler.all('complete'), ...scheduler.all('fail')]).toEqual([]);
  });

  it('stops rendering, cleans up and says nothing when its lease ends', async () => {
    await started();
    const lease = aLease({ content: { prompt: 'sandbox:slow=60' } });
    scheduler.grant(lease);
    await eventually(() => scheduler.progressOf(lease).some((progress) => progress > 0), { what: 'progress' });
    scheduler.end(lease, 'lease_lost');
    await eventually(async () => (await scratch()).length === 0, { what: 'an empty scratch folder' });
    const next = aLease();
    scheduler.grant(next);
    expect(await scheduler.told('complete')).toMatchObject({ leaseId: next.leaseId });
    expect([...scheduler.all('fail'), ...scheduler.all('handBack')]).toEqual([]);
  });

  it('keeps its id and its leases over a scheduler that went away, and finishes meanwhile', async () => {
    await started();
    const lease = aLease({ content: { prompt: 'sandbox:slow=1' } });
    scheduler.grant(lease);
    await eventually(() => scheduler.progressOf(lease).some((progress) => progress > 0), { what: 'progress' });
    scheduler.stop();
    const store = new DiskArtifactStore(join(folder, 'artifacts'));
    await eventually(() => store.stat(`videos/${lease.jobId}/1-${lease.leaseId}.jpg`), { what: 'the finished files' });
    await scheduler.start();
    const [first, second] = [await scheduler.told('hello'), await scheduler.told('hello', 2)];
    expect(second).toMatchObject({ workerId: first.workerId, leaseIds: [lease.leaseId] });
    expect(await scheduler.told('complete')).toMatchObject({ leaseId: lease.leaseId });
  });

  it('repeats a report until it is answered', async () => {
    await started();
    scheduler.answer = (report) => (report.$case === 'complete' ? undefined : '');
    scheduler.grant(aLease());
    const unheard = await scheduler.told('complete');
    scheduler.stop();
    scheduler.answer = () => '';
    await scheduler.start();
    expect(await scheduler.told('complete', 2)).toEqual(unheard);
    scheduler.grant(aLease());
    await scheduler.told('complete', 3);
  });

  it('hands back what is beyond its slots', async () => {
    await started();
    const leases = Array.from({ length: 5 }, () => aLease({ content: { prompt: 'sandbox:slow=60' } }));
    for (const lease of leases) scheduler.grant(lease);
    expect(await scheduler.told('handBack')).toEqual({ jobId: leases[4]!.jobId, leaseId: leases[4]!.leaseId });
  });

  it('finishes before it leaves', async () => {
    const running = await started({ DRAIN_TIMEOUT_MS: '20000' });
    const lease = aLease({ content: { prompt: 'sandbox:slow=1' } });
    scheduler.grant(lease);
    await scheduler.told('start');
    const late = aLease();
    const stopping = running.stop();
    await scheduler.told('drain');
    scheduler.grant(late);
    await stopping;
    expect(scheduler.all('complete')).toMatchObject([{ leaseId: lease.leaseId }]);
    expect(scheduler.all('handBack')).toMatchObject([{ leaseId: late.leaseId }]);
  });

  it('hands back what it cannot finish in time', async () => {
    const running = await started({ DRAIN_TIMEOUT_MS: '50' });
    const lease = aLease({ content: { prompt: 'sandbox:slow=60' } });
    scheduler.grant(lease);
    await scheduler.told('start');
    await running.stop();
    expect(scheduler.all('handBack')).toEqual([{ jobId: lease.jobId, leaseId: lease.leaseId }]);
    expect(scheduler.all('fail')).toEqual([]);
    expect(await scratch()).toEqual([]);
  });

  it('hands back at once when its machine is taken back, however long it may finish otherwise', async () => {
    const metadata = await httpReceiver();
    let taken = 'FALSE';
    metadata.answerWith((_, response) => void response.writeHead(200).end(taken));
    const lease = aLease({ content: { prompt: 'sandbox:slow=60' } });
    await started({ DRAIN_TIMEOUT_MS: '600000', SPOT_NOTICE: 'gcp', SPOT_METADATA_URL: metadata.url });
    scheduler.grant(lease);
    await scheduler.told('start');
    taken = 'TRUE';
    expect(await scheduler.told('handBack')).toEqual({ jobId: lease.jobId, leaseId: lease.leaseId });
    await fleet!.stop();
    expect([...scheduler.all('fail'), ...scheduler.all('complete')]).toEqual([]);
    await metadata.stop();
  });

  it('takes the ratio nearest to the first frame, and fails without a start when there is no such frame', async () => {
    await started();
    const receiver = await httpReceiver();
    const tall = await sharp({ create: { width: 90, height: 160, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    receiver.answerWith(({ path }, response) => {
      response.writeHead(path === '/tall' ? 200 : 404).end(tall);
    });
    scheduler.grant(
      aLease({ terms: { aspectRatio: '', mode: 'image_to_video' }, content: { firstFrame: `${receiver.url}/tall` } }),
    );
    expect(await scheduler.told('start')).toMatchObject({ aspectRatio: '9:16' });
    expect((await scheduler.told('complete')).artifact).toMatchObject({ width: 480, height: 854 });
    scheduler.grant(aLease({ content: { firstFrame: `${receiver.url}/missing` } }));
    expect(await scheduler.told('fail')).toMatchObject({ errorCode: 'first_frame_unreachable', retryable: false });
    expect(scheduler.all('start')).toHaveLength(1);
    await receiver.stop();
  });

  it('gives up a render that takes too long', async () => {
    await started();
    scheduler.grant(aLease({ renderTimeoutMs: 300, content: { prompt: 'sandbox:slow=60' } }));
    expect(await scheduler.told('fail')).toMatchObject({ errorCode: 'render_timeout', retryable: true });
  });

  it('reports a missing encoder as an engine error that another worker may not have', async () => {
    await started({ FFMPEG_PATH: join(folder, 'no-ffmpeg') });
    scheduler.grant(aLease());
    expect(await scheduler.told('fail')).toMatchObject({ errorCode: 'engine_error', retryable: true });
  });

  it('begins with an empty scratch folder', async () => {
    await mkdir(join(folder, 'scratch', 'lease_old'), { recursive: true });
    await writeFile(join(folder, 'scratch', 'lease_old', 'rendered.ts'), 'left behind');
    await started();
    expect(await scratch()).toEqual([]);
  });
});
