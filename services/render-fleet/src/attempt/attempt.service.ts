import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ArtifactStore } from '@usvideo/artifacts';
import type { Artifact, Content, LeaseGranted, Terms } from '@usvideo/contracts/scheduler';
import { backOffMs, inSpan, type Logger } from '@usvideo/runtime';
import { artifactKeys } from './artifact-keys';
import { AttemptFailure } from '../conform/attempt-failure';
import { DEFAULT_ASPECT_RATIO, framesOf, nearestAspectRatio, pixelsOf, type Size } from '../conform/contract-pixels';
import type { Engine } from '../engines/engine';
import { conform, type ConformedVideo } from '../conform/conform.process';
import type { Provenance } from '../conform/provenance.process';
import { picturesOf } from '../conform/video-pictures.process';
import type { FirstFrames } from '../engines/first-frame.client';
import type { Moderation } from '../moderation/moderation.client';

/** What every attempt of a worker needs. */
export interface AttemptTools {
  readonly engine: Engine;
  readonly ffmpeg: string;
  readonly firstFrames: FirstFrames;
  readonly store: ArtifactStore;
  readonly scratchRoot: string;
  /** Absent: videos are not signed. */
  readonly provenance?: Provenance | undefined;
  /** Absent: nobody is asked. */
  readonly moderation?: Moderation | undefined;
  readonly logger: Logger;
}

export interface AttemptOptions {
  readonly lease: LeaseGranted;
  /** Crosses the point of no return; resolves once the scheduler agreed, rejects when the lease is over. */
  readonly startRendering: (aspectRatio: string) => Promise<void>;
  readonly onProgress: (framesEncoded: number, frames: number) => void;
  /** Aborted when the lease has ended. */
  readonly signal: AbortSignal;
}

/** Of a first frame as the moderation sees it. */
const JUDGED_SIDE_MAX = 1_024;
const UPLOAD_BACK_OFF = { firstMs: 200, maxMs: 5_000 };

/**
 * One try at rendering a job, from its lease to its files in the artifact store.
 * @throws AttemptFailure for the customer, the signal's reason when the lease has ended.
 */
export async function runAttempt(tools: AttemptTools, options: AttemptOptions): Promise<Artifact> {
  const { lease } = options;
  const scratchDir = join(tools.scratchRoot, lease.leaseId);
  await mkdir(scratchDir, { recursive: true });
  try {
    const firstFrame = await tools.firstFrames.open(contentOf(lease));
    options.signal.throwIfAborted();
    const aspectRatio =
      termsOf(lease).aspectRatio || (firstFrame ? nearestAspectRatio(firstFrame) : DEFAULT_ASPECT_RATIO);
    await judgeRequest(tools, lease, firstFrame, options.signal);
    await options.startRendering(aspectRatio);
    const limit = AbortSignal.timeout(lease.renderTimeoutMs);
    const signal = AbortSignal.any([options.signal, limit]);
    try {
      return await renderAndUpload(tools, { ...options, signal }, { firstFrame, aspectRatio, scratchDir });
    } catch (error) {
      if (limit.aborted && !options.signal.aborted)
        throw new AttemptFailure('render_timeout', 'the render took too long', true, { cause: error });
      throw error;
    }
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

interface Setting {
  readonly firstFrame: Awaited<ReturnType<FirstFrames['open']>>;
  readonly aspectRatio: string;
  readonly scratchDir: string;
}

async function renderAndUpload(
  tools: AttemptTools,
  { lease, onProgress, signal }: AttemptOptions,
  { firstFrame, aspectRatio, scratchDir }: Setting,
): Promise<Artifact> {
  const { engine, ffmpeg, provenance } = tools;
  const terms = termsOf(lease);
  const { prompt, negativePrompt = '' } = contentOf(lease);
  const size = pixelsOf(terms.resolution, aspectRatio);
  const frames = framesOf(terms.durationSeconds);
  const { file } = await inSpan(
    'engine render',
    { attributes: { 'worker.engine': engine.name, 'video.frames': frames } },
    () =>
      engine.render({
        ...size,
        prompt,
        negativePrompt,
        seed: terms.seed,
        firstFrame,
        frames,
        signal,
        scratchDir,
        onProgress: (encoded) => onProgress(encoded, frames),
      }),
  );
  const video = await inSpan('conform', {}, () =>
    conform({ ...size, ffmpeg, file, frames, engineName: engine.name, scratchDir, signal, provenance }),
  );
  await judgeVideo(tools, lease, video, scratchDir, signal);
  return inSpan('upload', {}, () => upload(tools, lease, video, signal));
}

/** Before the prompt reaches an engine. What the customer wants not to see is no sign of what is wanted. */
async function judgeRequest(
  { moderation }: AttemptTools,
  lease: LeaseGranted,
  firstFrame: Setting['firstFrame'],
  signal: AbortSignal,
): Promise<void> {
  if (moderation === undefined) return;
  const images = firstFrame
    ? [{ type: 'image/png', bytes: await firstFrame.pngOf(judgedSize(firstFrame)) } as const]
    : [];
  const { prompt } = contentOf(lease);
  await inSpan('moderate request', {}, () =>
    moderation.judge({ stage: 'request', texts: [prompt], images }, lease.renderTimeoutMs, signal),
  );
}

/** Before anybody can see what was made. */
async function judgeVideo(
  { moderation, ffmpeg }: AttemptTools,
  lease: LeaseGranted,
  video: ConformedVideo,
  scratchDir: string,
  signal: AbortSignal,
): Promise<void> {
  if (moderation === undefined) return;
  const pictures = await picturesOf(ffmpeg, video, scratchDir, signal);
  const images = pictures.map((bytes) => ({ type: 'image/jpeg', bytes }) as const);
  await inSpan('moderate video', {}, () =>
    moderation.judge({ stage: 'video', texts: [], images }, lease.renderTimeoutMs, signal),
  );
}

function judgedSize({ width, height }: Size): Size {
  const scale = Math.min(1, JUDGED_SIDE_MAX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

async function upload(
  tools: AttemptTools,
  lease: LeaseGranted,
  video: ConformedVideo,
  signal: AbortSignal,
): Promise<Artifact> {
  const keys = artifactKeys(lease.jobId, lease.attempt, lease.leaseId);
  await Promise.all([
    putUntilStored(tools, keys.video, video.file, signal),
    putUntilStored(tools, keys.thumbnail, video.thumbnail, signal),
  ]);
  const { sizeBytes, sha256, width, height, frames, durationMs, hasAudio } = video;
  return {
    videoKey: keys.video,
    thumbnailKey: keys.thumbnail,
    sizeBytes: BigInt(sizeBytes),
    sha256,
    width,
    height,
    frames,
    durationMs,
    hasAudio,
  };
}

/** A store that is away for a while costs time, not the render: tried again for as long as the lease lasts. */
async function putUntilStored(
  { store, logger }: AttemptTools,
  key: string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await store.put(key, file);
    } catch (error) {
      logger.warn({ err: error, artifact: key }, 'the artifact store did not take a file');
      await delay(backOffMs(failures, UPLOAD_BACK_OFF), undefined, { signal });
    }
  }
}

function termsOf({ terms }: LeaseGranted): Terms {
  if (!terms) throw new Error('a lease came without terms');
  return terms;
}

function contentOf({ content }: LeaseGranted): Content {
  if (!content) throw new Error('a lease came without content');
  return content;
}
