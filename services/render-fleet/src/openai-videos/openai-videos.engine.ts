import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@usvideo/runtime';
import { AttemptFailure, engineError } from '../conform/attempt-failure';
import { FRAMES_PER_SECOND } from '../conform/contract-pixels';
import type { Engine, EngineAbilities, RenderRequest } from '../engines/engine';
import { type Dialect, type EngineJob, isRejection } from './dialect';
import { EngineHealth } from './engine-health.loop';
import { nativeClip, type Grid } from './native-size';
import { EngineAnswered, EngineSilent, type Submission, VideosClient } from './videos-http.client';

export interface OpenAiVideosOptions {
  readonly url: string;
  readonly dialect: Dialect;
  readonly apiKey?: string | undefined;
  readonly jobClasses: readonly string[];
  readonly slots: number;
  readonly abilities: EngineAbilities;
  /** Hosted by others, who have more customers than us: their jobs are not ours to remove. */
  readonly remote?: boolean;
  /** What the engine calls its model; undefined: it has one and is not asked by name. */
  readonly model?: string | undefined;
  readonly grid: Grid;
  /** Sent with every request: the operator's choice of steps, guidance and the like. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly logger: Logger;
  /** For tests; the defaults are for real engines. */
  readonly pace?: Partial<Pace>;
}

interface Pace {
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly stallMs: number;
  /** An engine that has not answered for this long has lost what it had. */
  readonly silenceMs: number;
  /** A full engine is asked again for this long. */
  readonly fullMs: number;
  readonly healthEveryMs: number;
}

const PACE: Pace = {
  pollMs: 500,
  timeoutMs: 15_000,
  stallMs: 30_000,
  silenceMs: 30_000,
  fullMs: 60_000,
  healthEveryMs: 2_000,
};
const FULL: readonly number[] = [429, 503];
/** Ids of this many jobs are remembered as ours, so that none is ever taken for a stray one. */
const OURS_MAX = 10_000;

/** Drives one engine process over OpenAI's Videos protocol. */
export class OpenAiVideosEngine implements Engine {
  readonly name = 'openai-videos';
  readonly jobClasses: readonly string[];
  readonly slots: number;
  readonly abilities: EngineAbilities;
  readonly remote: boolean;
  readonly health: EngineHealth;
  private readonly client: VideosClient;
  private readonly pace: Pace;
  private readonly ours = new Set<string>();
  private submissionsUnderWay = 0;
  private readonly goodbyes = new Set<Promise<void>>();

  constructor(private readonly options: OpenAiVideosOptions) {
    this.jobClasses = options.jobClasses;
    this.slots = options.slots;
    this.abilities = options.abilities;
    this.remote = options.remote ?? false;
    this.pace = { ...PACE, ...options.pace };
    this.client = new VideosClient({ ...options, timeoutMs: this.pace.timeoutMs, stallMs: this.pace.stallMs });
    this.health = new EngineHealth({
      check: () => this.client.checkHealth(),
      firstTime: async () => {
        if (!this.remote) await this.removeLeftOvers();
      },
      everyMs: this.pace.healthEveryMs,
      logger: options.logger,
    });
  }

  async stop(): Promise<void> {
    await this.health.stop();
    await Promise.all(this.goodbyes);
  }

  async render(request: RenderRequest): Promise<{ readonly file: string }> {
    const id = await this.submitted(request);
    try {
      await this.completed(id, request);
      const file = join(request.scratchDir, 'rendered.mp4');
      await this.client.download(id, file, request.signal);
      request.onProgress(request.frames);
      return { file };
    } catch (error) {
      request.signal.throwIfAborted();
      throw failureOf(error);
    } finally {
      this.forget(id);
    }
  }

  /** The engine's id of the job, once it has said that it took it. */
  private async submitted(request: RenderRequest): Promise<string> {
    const submission = await this.submissionOf(request);
    request.signal.throwIfAborted();
    const taking = this.take(submission, request);
    // Whoever gives up meanwhile leaves a job behind that nobody waits for.
    const id = await Promise.race([taking, aborted(request.signal)]);
    if (id !== undefined) return id;
    this.keep(
      taking.then(
        (late) => this.forget(late),
        () => undefined,
      ),
    );
    throw request.signal.reason;
  }

  private async take(submission: Submission, { signal, prompt }: RenderRequest): Promise<string> {
    const fullUntil = performance.now() + this.pace.fullMs;
    for (;;) {
      try {
        return await this.submit(submission, prompt);
      } catch (error) {
        if (!(error instanceof EngineAnswered && FULL.includes(error.status)) || performance.now() > fullUntil)
          throw failureOf(error);
        await delay(Math.min(error.retryAfterMs ?? Infinity, 2 * this.pace.pollMs), undefined, { signal });
      }
    }
  }

  private async submit(submission: Submission, prompt: string): Promise<string> {
    this.submissionsUnderWay += 1;
    try {
      const { id } = await this.client.submit(submission);
      return this.own(id);
    } catch (error) {
      if (error instanceof EngineAnswered && error.status < 500) throw error;
      if (error instanceof EngineAnswered && FULL.includes(error.status)) throw error;
      return await this.adopt(prompt, error);
    } finally {
      this.submissionsUnderWay -= 1;
    }
  }

  /**
   * Whether the engine took the job is not known. If it has exactly one that is not ours and repeats the prompt, it is the one; any
   * other stray job is removed, so that it does not keep the GPU from the next attempt.
   */
  private async adopt(prompt: string, cause: unknown): Promise<string> {
    if (this.remote) throw engineError('whether the engine took the job is not known', cause);
    const strays = (await this.client.list().catch(() => [])).filter(({ id }) => !this.ours.has(id));
    const [stray] = strays;
    if (stray !== undefined && strays.length === 1 && this.submissionsUnderWay === 1 && stray.prompt === prompt) {
      this.options.logger.warn(
        { err: cause, engine_job: stray.id },
        'an engine took a job without saying so; it goes on',
      );
      return this.own(stray.id);
    }
    if (this.submissionsUnderWay === 1) for (const { id } of strays) this.forget(id);
    throw engineError('whether the engine took the job is not known', cause);
  }

  private async completed(id: string, request: RenderRequest): Promise<void> {
    let answeredAt = performance.now();
    for (;;) {
      await delay(this.pace.pollMs, undefined, { signal: request.signal });
      try {
        const job = await this.client.job(id);
        answeredAt = performance.now();
        if (job.status === 'completed') return;
        if (job.status === 'failed') throw failureOfJob(job);
        if (this.options.dialect.tellsProgress) request.onProgress(Math.floor((job.percent / 100) * request.frames));
      } catch (error) {
        if (error instanceof EngineAnswered && error.status === 404)
          throw engineError('the engine lost the job', error);
        if (error instanceof AttemptFailure || performance.now() - answeredAt > this.pace.silenceMs) throw error;
      }
    }
  }

  private async submissionOf(request: RenderRequest): Promise<Submission> {
    const { model, grid, parameters, dialect } = this.options;
    const seconds = Math.ceil(request.frames / FRAMES_PER_SECOND);
    const { width, height, frames, framesPerSecond } = nativeClip(grid, request, request.frames / FRAMES_PER_SECOND);
    return {
      fields: {
        prompt: request.prompt,
        ...(model && { model }),
        size: `${width}x${height}`,
        seconds: dialect.secondsAsNumber ? seconds : String(seconds),
        ...(dialect.extended && {
          ...(request.negativePrompt && { negative_prompt: request.negativePrompt }),
          num_frames: frames,
          fps: framesPerSecond,
          seed: request.seed,
        }),
        ...parameters,
      },
      ...(request.firstFrame && { image: await request.firstFrame.pngOf({ width, height }) }),
    };
  }

  private own(id: string): string {
    this.ours.add(id);
    for (const oldest of this.ours) {
      if (this.ours.size <= OURS_MAX) break;
      this.ours.delete(oldest);
    }
    return id;
  }

  /** Its file is ours by now, or nobody waits for it: the engine need not keep it, nor render on. */
  private forget(id: string): void {
    this.keep(
      this.client.delete(this.own(id)).catch((error: unknown) => {
        this.options.logger.warn({ err: error, engine_job: id }, 'a job could not be removed from its engine');
      }),
    );
  }

  private keep(goodbye: Promise<void>): void {
    this.goodbyes.add(goodbye);
    void goodbye.finally(() => this.goodbyes.delete(goodbye));
  }

  /** Jobs of an earlier process of ours: their leases are over and their ids forgotten. */
  private async removeLeftOvers(): Promise<void> {
    const listed = await this.client.list();
    for (const { id } of listed) await this.client.delete(this.own(id));
    if (listed.length > 0)
      this.options.logger.info({ jobs: listed.length }, 'removed from the engine what an earlier process left there');
  }
}

/** Resolves with nothing when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function failureOfJob(job: Extract<EngineJob, { status: 'failed' }>): AttemptFailure {
  if (isRejection(job))
    return new AttemptFailure('content_rejected', 'The model refused to render this content.', false, {
      cause: new Error(`${job.code} ${job.message}`),
    });
  return engineError('the engine failed', new Error(`${job.code} ${job.message}`.trim()));
}

function failureOf(error: unknown): unknown {
  if (error instanceof EngineAnswered && isRejection({ code: error.message, message: '' })) {
    return new AttemptFailure('content_rejected', 'The model refused to render this content.', false, { cause: error });
  }
  return error instanceof EngineAnswered || error instanceof EngineSilent
    ? engineError('the engine failed', error)
    : error;
}
