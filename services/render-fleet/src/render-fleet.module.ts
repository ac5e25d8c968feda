import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ArtifactStore, openArtifactStore } from '@usvideo/artifacts';
import { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import {
  dial,
  GuardedHttpClient,
  Lifecycle,
  type Logger,
  retentionRemoved,
  type Service,
  startLoop,
  watchDiskSpace,
} from '@usvideo/runtime';
import type { RenderFleetConfig } from './config';
import type { Engine } from './engines/engine';
import { watchForInterruption } from './attempt/interruption.loop';
import { Worker, type WorkerOptions } from './attempt/worker.service';
import { locateFfmpeg } from './conform/ffmpeg.process';
import { Provenance } from './conform/provenance.process';
import { FirstFrames } from './engines/first-frame.client';
import { findGpu, NO_GPU } from './engines/gpu.process';
import { ProceduralEngine } from './engines/procedural.engine';
import { SandboxEngine } from './engines/sandbox.engine';
import { Moderation } from './moderation/moderation.client';
import { DIALECTS } from './openai-videos/dialect';
import { OpenAiVideosEngine } from './openai-videos/openai-videos.engine';

export { readRenderFleetConfig, renderFleetProcessSchema, type RenderFleetConfig } from './config';

export interface RenderFleetOptions {
  readonly config: RenderFleetConfig;
  readonly logger: Logger;
}

const SWEEP_EVERY_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
/** What a stopping worker needs beyond its drain, for the answers to its hand-backs. */
const STOP_MARGIN_MS = 3_000;

const CONFIG = Symbol('config');
const LOGGER = Symbol('logger');
const ARTIFACTS = Symbol('artifact store');
const WORKERS = Symbol('workers');
const SCRATCH = Symbol('scratch folder');

class RenderFleetModule {
  static of({ config, logger }: RenderFleetOptions, lifecycle: Lifecycle): DynamicModule {
    return {
      module: RenderFleetModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: Lifecycle, useValue: lifecycle },
        { provide: SCRATCH, inject: [CONFIG], useFactory: emptyScratch },
        { provide: ARTIFACTS, inject: [CONFIG, LOGGER, Lifecycle], useFactory: sweptStore },
        { provide: FirstFrames, inject: [CONFIG, ARTIFACTS, Lifecycle], useFactory: firstFrames },
        { provide: SchedulerServiceClient, inject: [CONFIG, Lifecycle], useFactory: dialScheduler },
        {
          provide: WORKERS,
          inject: [CONFIG, LOGGER, SCRATCH, ARTIFACTS, FirstFrames, SchedulerServiceClient, Lifecycle],
          useFactory: startWorkers,
        },
      ],
    };
  }
}

/** Starts the whole service or nothing of it. */
export async function startRenderFleet(options: RenderFleetOptions): Promise<Service> {
  const stopWithinMs = options.config.DRAIN_TIMEOUT_MS + STOP_MARGIN_MS;
  const lifecycle = new Lifecycle(options.logger, { stopWithinMs });
  try {
    const app = await NestFactory.createApplicationContext(RenderFleetModule.of(options, lifecycle), {
      logger: false,
      abortOnError: false,
    });
    lifecycle.add('application', () => app.close());
    const workers = app.get<readonly Worker[]>(WORKERS);
    return {
      // A worker without the scheduler's ear finishes what it renders and reports later.
      ready: async () => ({
        needs: {},
        uses: Object.fromEntries(workers.map(({ engineName, connected }) => [engineName, connected])),
      }),
      stop: () => lifecycle.stop(),
      stopWithinMs: stopWithinMs + STOP_MARGIN_MS,
    };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** What an earlier process left there belongs to leases that are no longer anybody's. */
async function emptyScratch(config: RenderFleetConfig): Promise<string> {
  const scratchRoot = config.SCRATCH_DIR ?? join(config.DATA_DIR, 'scratch');
  await rm(scratchRoot, { recursive: true, force: true });
  await mkdir(scratchRoot, { recursive: true });
  return scratchRoot;
}

function sweptStore(config: RenderFleetConfig, logger: Logger, lifecycle: Lifecycle): ArtifactStore {
  const store = openArtifactStore(config);
  startSweeping(store, config, logger, lifecycle);
  if (config.ARTIFACT_STORE === 'disk')
    lifecycle.keep('disk space', watchDiskSpace('artifacts', join(config.DATA_DIR, 'artifacts'), logger));
  return store;
}

function firstFrames(config: RenderFleetConfig, store: ArtifactStore, lifecycle: Lifecycle): FirstFrames {
  return new FirstFrames(lifecycle.keep('first frames', GuardedHttpClient.of(config)), store);
}

function dialScheduler(
  { SCHEDULER_GRPC_URL: address, SERVICE_TOKEN: token }: RenderFleetConfig,
  lifecycle: Lifecycle,
): SchedulerServiceClient {
  const client = dial(SchedulerServiceClient, address, token);
  lifecycle.add('scheduler client', async () => client.close());
  return client;
}

async function startWorkers(
  config: RenderFleetConfig,
  logger: Logger,
  scratchRoot: string,
  store: ArtifactStore,
  frames: FirstFrames,
  client: SchedulerServiceClient,
  lifecycle: Lifecycle,
): Promise<Worker[]> {
  const ffmpeg = locateFfmpeg(config.FFMPEG_PATH);
  const shared = {
    client,
    ffmpeg,
    store,
    scratchRoot,
    firstFrames: frames,
    provenance: await provenanceOf(config),
    moderation: moderationOf(config, logger),
    drainTimeoutMs: config.DRAIN_TIMEOUT_MS,
    gpuHourUsd: config.GPU_HOUR_USD,
    node: config.NODE_NAME,
    gpu: config.ENGINES.includes('openai-videos') && !config.ENGINE_REMOTE ? await findGpu() : NO_GPU,
  };
  const workers = enginesOf(config, ffmpeg, logger).map(
    (engine) =>
      new Worker({ ...shared, engine, logger: logger.child({ engine: engine.name }) } satisfies WorkerOptions),
  );
  lifecycle.add('workers', async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
  });
  if (config.SPOT_NOTICE !== 'off')
    lifecycle.keep(
      'interruption',
      watchForInterruption({
        cloud: config.SPOT_NOTICE,
        metadataUrl: config.SPOT_METADATA_URL,
        logger,
        onNotice: () => void Promise.all(workers.map((worker) => worker.interrupt())),
      }),
    );
  return workers;
}

/** Whether it can sign is known before the first video is paid for. */
async function provenanceOf(config: RenderFleetConfig): Promise<Provenance | undefined> {
  const { C2PA_CERTIFICATE_FILE: certificate, C2PA_KEY_FILE: key } = config;
  if (certificate === undefined || key === undefined) return undefined;
  const provenance = new Provenance({
    certificate,
    key,
    algorithm: config.C2PA_ALGORITHM,
    timestamps: config.C2PA_TIMESTAMP_URL,
    python: config.C2PA_PYTHON,
  });
  await provenance.check();
  return provenance;
}

function moderationOf(config: RenderFleetConfig, logger: Logger): Moderation | undefined {
  if (config.MODERATION_URL === undefined) return undefined;
  return new Moderation({
    url: config.MODERATION_URL,
    token: config.MODERATION_TOKEN,
    model: config.MODERATION_MODEL,
    timeoutMs: config.MODERATION_TIMEOUT_MS,
    whenAway: config.MODERATION_WHEN_AWAY,
    logger,
  });
}

function enginesOf(config: RenderFleetConfig, ffmpeg: string, logger: Logger): Engine[] {
  const engines: Record<RenderFleetConfig['ENGINES'][number], () => Engine> = {
    procedural: () =>
      new ProceduralEngine(ffmpeg, config.ALLOW_PROCEDURAL_LIVE ? ['procedural'] : [], config.PROCEDURAL_SLOTS),
    sandbox: () => new SandboxEngine(ffmpeg, config.SANDBOX_SLOTS),
    'openai-videos': () => videosEngine(config, logger),
  };
  return [...new Set(config.ENGINES)]
    .map((name) => engines[name]())
    .filter((engine) => {
      if (engine.jobClasses.length === 0)
        logger.warn(
          { engine: engine.name },
          'this engine may render no class of job and stays idle (ALLOW_PROCEDURAL_LIVE is off)',
        );
      return engine.jobClasses.length > 0;
    });
}

function videosEngine(config: RenderFleetConfig, logger: Logger): Engine {
  return new OpenAiVideosEngine({
    url: config.ENGINE_URL!,
    dialect: DIALECTS[config.ENGINE_DIALECT],
    apiKey: config.ENGINE_API_KEY,
    model: config.ENGINE_MODEL,
    jobClasses: config.ENGINE_JOB_CLASSES,
    slots: config.ENGINE_SLOTS,
    parameters: config.ENGINE_PARAMETERS,
    remote: config.ENGINE_REMOTE,
    abilities: {
      models: config.ENGINE_MODEL === undefined ? [] : [config.ENGINE_MODEL],
      modes: config.ENGINE_MODES,
      resolutions: config.ENGINE_RESOLUTIONS,
    },
    grid: {
      sideMultiple: config.ENGINE_SIDE_MULTIPLE,
      frameStep: config.ENGINE_FRAME_STEP,
      framesPerSecond: config.ENGINE_FPS,
      sizes: config.ENGINE_SIZES,
    },
    logger: logger.child({ engine: 'openai-videos' }),
  });
}

function startSweeping(store: ArtifactStore, config: RenderFleetConfig, logger: Logger, lifecycle: Lifecycle): void {
  retentionRemoved.inc({ what: 'artifacts' }, 0);
  const sweep = startLoop({
    name: 'artifact_sweep',
    everyMs: SWEEP_EVERY_MS,
    logger,
    work: async () => {
      const swept = await store.sweep(config.ARTIFACT_RETENTION_HOURS * HOUR_MS);
      retentionRemoved.inc({ what: 'artifacts' }, swept);
      if (swept > 0) logger.info({ artifacts: swept }, 'artifacts past their retention are deleted');
    },
  });
  lifecycle.add('artifact sweep', () => sweep.stop());
}
