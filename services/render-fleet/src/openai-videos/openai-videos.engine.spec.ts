import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@usvideo/runtime';
import { EngineServer, type EngineFault, eventually } from '@usvideo/testing';
import sharp from 'sharp';
import { conform } from '../conform/conform.process';
import { pixelsOf } from '../conform/contract-pixels';
import { locateFfmpeg } from '../conform/ffmpeg.process';
import { probeMp4 } from '../conform/mp4-file.store';
import { describeEngine, quadrants } from '../engines/engine.conformance';
import type { RenderRequest } from '../engines/engine';
import { decodeFirstFrame } from '../engines/first-frame.client';
import { DIALECT_NAMES, DIALECTS, type DialectName } from './dialect';
import { OpenAiVideosEngine, type OpenAiVideosOptions } from './openai-videos.engine';

const ffmpeg = locateFfmpeg();
const PACE = { pollMs: 20, healthEveryMs: 20 };
const IMPATIENT = { ...PACE, timeoutMs: 500, stallMs: 500, silenceMs: 300, fullMs: 300 };

let server: EngineServer;
let engine: OpenAiVideosEngine | undefined;
let scratchDir: string;

beforeEach(async () => {
  scratchDir = await mkdtemp(join(tmpdir(), 'openai-videos-'));
});
afterEach(async () => {
  await server.stop();
  await engine?.stop();
  engine = undefined;
  await rm(scratchDir, { recursive: true });
});

function driving(dialect: DialectName, options: Partial<OpenAiVideosOptions> = {}): OpenAiVideosEngine {
  engine = new OpenAiVideosEngine({
    url: server.url,
    dialect: DIALECTS[dialect],
    jobClasses: ['video'],
    slots: 1,
    abilities: { models: [], modes: ['text_to_video'], resolutions: ['480p'] },
    grid: { sideMultiple: 32, frameStep: 8, framesPerSecond: 24, sizes: [] },
    parameters: {},
    logger: createLogger('engine', 'silent'),
    pace: PACE,
    ...options,
  });
  return engine;
}

function aRequest(wanted: Partial<RenderRequest> = {}): RenderRequest {
  return {
    ...pixelsOf('480p', '16:9'),
    prompt: 'a red fox',
    negativePrompt: '',
    seed: 7,
    frames: 24,
    scratchDir,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...wanted,
  };
}

const submissions = () => server.requested('POST', /^\/v1\/videos$/);
const deletions = () => server.requested('DELETE', /./).map(({ path }) => path.split('/').at(-1));

describe('openai-videos', () => {
  beforeEach(async () => {
    server = await EngineServer.start('diffusers', ffmpeg);
  });
  describeEngine('openai-videos', () => driving('diffusers'));
});

describe.each(DIALECT_NAMES)('in the dialect of %s', (dialect) => {
  const { extended } = DIALECTS[dialect];

  beforeEach(async () => {
    server = await EngineServer.start(dialect, ffmpeg);
  });

  it('asks for the next size and length on the grid, and takes the clip away', async () => {
    const { file } = await driving(dialect, {
      model: 'wan',
      apiKey: 'secret',
      parameters: extended ? { num_inference_steps: 4 } : {},
    }).render(aRequest({ negativePrompt: 'snow' }));
    expect(await probeMp4(file)).toMatchObject({ width: 864, height: 480, frames: extended ? 25 : 24 });
    const [submission] = submissions();
    expect(submission!.fields).toEqual({
      prompt: 'a red fox',
      model: 'wan',
      size: '864x480',
      seconds: '1',
      ...(extended && {
        negative_prompt: 'snow',
        num_frames: '25',
        fps: '24',
        seed: '7',
        num_inference_steps: '4',
      }),
    });
    expect(submission!.authorization).toBe('Bearer secret');
    expect(submission!.type.split(';')[0]).toBe(
      DIALECTS[dialect].body.text === 'json' ? 'application/json' : 'multipart/form-data',
    );
    await eventually(() => server.jobIds.length === 0, { what: 'the job removed from the engine' });
  });

  it('sends a first frame in the size that is rendered', async () => {
    const firstFrame = await decodeFirstFrame(await quadrants({ width: 400, height: 400 }));
    await driving(dialect).render(aRequest({ firstFrame }));
    const { image } = submissions()[0]!;
    expect(await sharp(image).metadata()).toMatchObject({ format: 'png', width: 864, height: 480 });
  });

  it('tells the failure of a render from the refusal of its content', async () => {
    server.faults.add('fails');
    await expect(driving(dialect).render(aRequest())).rejects.toMatchObject({ code: 'engine_error', retryable: true });
    server.faults.clear();
    server.faults.add('rejects');
    await expect(driving(dialect).render(aRequest())).rejects.toMatchObject({
      code: 'content_rejected',
      retryable: false,
    });
  });

  it('takes a job that the engine does not know any more for lost', async () => {
    server.hold();
    const rendering = driving(dialect).render(aRequest());
    await server.asked('GET', /^\/v1\/videos\/./);
    await server.restart();
    await expect(rendering).rejects.toMatchObject({
      code: 'engine_error',
      retryable: true,
      message: 'the engine lost the job',
    });
  });
});

describe('an engine that misbehaves', () => {
  beforeEach(async () => {
    server = await EngineServer.start('diffusers', ffmpeg);
  });

  it.each<[EngineFault, string]>([
    ['error', 'whether the engine took the job is not known'],
    ['garbage', 'whether the engine took the job is not known'],
    ['hang', 'whether the engine took the job is not known'],
    ['full', 'the engine failed'],
    ['refuses', 'the engine failed'],
    ['cut-connection', 'the engine failed'],
  ])('%s: the attempt fails and may be repeated elsewhere', async (fault, message) => {
    server.faults.add(fault);
    const pace = ['hang', 'full'].includes(fault) ? IMPATIENT : PACE;
    await expect(driving('diffusers', { pace }).render(aRequest())).rejects.toMatchObject({
      code: 'engine_error',
      retryable: true,
      message,
    });
  });

  it.each<EngineFault>(['cut-file', 'no-video', 'short'])('%s: what it gave is never sold', async (fault) => {
    server.faults.add(fault);
    const request = aRequest();
    const { file } = await driving('diffusers').render(request);
    await expect(conform({ ...request, ffmpeg, file, engineName: 'openai-videos' })).rejects.toMatchObject({
      code: 'engine_error',
      retryable: true,
    });
  });

  it('a clip of half the size is brought to the contract', async () => {
    server.faults.add('small');
    const request = aRequest();
    const { file } = await driving('diffusers').render(request);
    expect(await conform({ ...request, ffmpeg, file, engineName: 'openai-videos' })).toMatchObject({
      width: 854,
      height: 480,
      frames: 24,
    });
  });

  it('an id that would leave its path is not used; the job is found by its prompt', async () => {
    server.faults.add('odd-id');
    await expect(driving('diffusers').render(aRequest())).resolves.toHaveProperty('file');
    expect(server.requests.filter(({ path }) => path.includes('..') || path.includes('health'))).toEqual([]);
  });

  it('a job that it took without saying so is found again by its prompt', async () => {
    server.faults.add('takes-silently');
    const { file } = await driving('diffusers').render(aRequest());
    expect((await readFile(file)).length).toBeGreaterThan(1_000);
    expect(submissions()).toHaveLength(1);
  });

  it('where several could be the one, none is, and the GPU is freed of them', async () => {
    server.faults.add('takes-silently');
    const stray = server.stray('a red fox');
    await expect(driving('diffusers').render(aRequest())).rejects.toMatchObject({
      message: 'whether the engine took the job is not known',
    });
    await eventually(() => deletions().length === 2, { what: 'both strays removed' });
    expect(deletions()).toContain(stray);
  });

  it('a full engine is asked again until it has room', async () => {
    server.faults.add('full');
    const rendering = driving('diffusers').render(aRequest());
    await server.asked('POST', /^\/v1\/videos$/, 3);
    server.faults.clear();
    await expect(rendering).resolves.toHaveProperty('file');
  });

  it('an engine that is silent for a moment keeps its job', async () => {
    server.hold();
    const rendering = driving('diffusers').render(aRequest());
    await server.asked('GET', /^\/v1\/videos\/./);
    server.faults.add('error');
    await server.asked('GET', /^\/v1\/videos\/./, 4);
    server.faults.clear();
    server.release();
    await expect(rendering).resolves.toHaveProperty('file');
  });

  it('one that is silent for good has lost it', async () => {
    server.hold();
    const rendering = driving('diffusers', { pace: { ...PACE, silenceMs: 300 } }).render(aRequest());
    await server.asked('GET', /^\/v1\/videos\/./);
    server.faults.add('error');
    await expect(rendering).rejects.toMatchObject({ code: 'engine_error', retryable: true });
  });

  it('a render that is given up is taken off the engine, also while it is being submitted', async () => {
    server.faults.add('stuck');
    for (const moment of [/^\/v1\/videos\/./, /^\/v1\/videos$/]) {
      const ending = new AbortController();
      const rendering = driving('diffusers').render(aRequest({ signal: ending.signal }));
      await server.asked(moment.source.endsWith('$') ? 'POST' : 'GET', moment);
      ending.abort(new Error('the lease has ended'));
      await expect(rendering).rejects.toThrow();
      await eventually(() => server.jobIds.length === 0, { what: 'no job left on the engine' });
      server.requests.length = 0;
    }
  });
});

describe('the health of an engine', () => {
  beforeEach(async () => {
    server = await EngineServer.start('diffusers', ffmpeg);
  });

  const heard = async (told: boolean[], expected: boolean[]) =>
    eventually(() => told.length >= expected.length, { what: `${expected.length} changes` }).then(() =>
      expect(told).toEqual(expected),
    );

  it('is told as it comes and goes, and what an earlier process left is removed first', async () => {
    const left = server.stray('of an earlier process');
    server.faults.add('unwell');
    const told: boolean[] = [];
    driving('diffusers').health.start((able) => told.push(able));
    await server.asked('GET', /health/, 3);
    expect(told).toEqual([]);
    server.faults.clear();
    await heard(told, [true]);
    expect(deletions()).toEqual([left]);
    server.faults.add('unwell');
    await heard(told, [true, false]);
    server.faults.clear();
    await heard(told, [true, false, true]);
    expect(deletions()).toEqual([left]);
  });

  it('counts failures in a row: an engine that fails at everything gets a rest', async () => {
    const told: boolean[] = [];
    const { health } = driving('diffusers');
    health.start((able) => told.push(able));
    await heard(told, [true]);
    for (const outcome of ['failed', 'failed', 'completed', 'failed', 'failed'] as const) health.attemptEnded(outcome);
    expect(told).toEqual([true]);
    health.attemptEnded('failed');
    expect(told).toEqual([true, false]);
  });
});
