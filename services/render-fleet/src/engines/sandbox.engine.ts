import { EventEmitter, once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AttemptFailure } from '../conform/attempt-failure';
import { FRAMES_PER_SECOND, type Size } from '../conform/contract-pixels';
import { DRAWN, type Engine, type RenderRequest } from './engine';
import { frameBytes, Painter } from '../picture/picture';
import { readDirectives } from './sandbox-directives';
import { composeScene } from '../picture/scene';
import { stampFrame } from '../picture/stamp';
import { encodeFrames } from '../picture/encoder.process';

/** Test jobs are to cost next to nothing: a ninth of the pixels, and a new picture only every third frame. */
const SHRINK = 3;
const FRAMES_PER_PICTURE = 3;

/** Serves test keys: a real, small video of the contract's pixels, or the failure or slowness that the prompt asks for. */
export class SandboxEngine implements Engine {
  readonly name = 'sandbox';
  readonly abilities = DRAWN;
  readonly jobClasses = ['sandbox'];

  private readonly turns = new EventEmitter().setMaxListeners(0);
  private drawing = 0;

  /**
   * @param slots A customer at a raised limit should see it: what waits for its prompt's time takes next to no processor.
   * @param drawnAtOnce of the others, which take a core each while they last
   */
  constructor(
    private readonly ffmpeg: string,
    readonly slots: number,
    private readonly drawnAtOnce = Math.max(4, availableParallelism()),
  ) {}

  async render(request: RenderRequest): Promise<{ readonly file: string }> {
    const { failCode, slowSeconds = 0 } = readDirectives(request.prompt);
    if (failCode) {
      await delay(slowSeconds * 1_000, undefined, { signal: request.signal });
      throw new AttemptFailure(failCode, 'The prompt asked the sandbox to fail.', false);
    }
    return slowSeconds > 0 ? this.draw(request, slowSeconds) : this.inTurn(request.signal, () => this.draw(request, 0));
  }

  private async inTurn<T>(signal: AbortSignal, draw: () => Promise<T>): Promise<T> {
    while (this.drawing >= this.drawnAtOnce) await once(this.turns, 'free', { signal });
    this.drawing += 1;
    try {
      return await draw();
    } finally {
      this.drawing -= 1;
      this.turns.emit('free');
    }
  }

  private async draw(request: RenderRequest, slowSeconds: number): Promise<{ readonly file: string }> {
    const file = join(request.scratchDir, 'rendered.ts');
    const drawn = { width: evenShare(request.width), height: evenShare(request.height) };
    await encodeFrames({
      ffmpeg: this.ffmpeg,
      file,
      effort: 'quick',
      drawn,
      encoded: request,
      frames: paced(smallFrames(request, drawn), (slowSeconds * 1_000) / request.frames, request.signal),
      onProgress: request.onProgress,
      signal: request.signal,
    });
    return { file };
  }
}

function evenShare(pixels: number): number {
  return 2 * Math.round(pixels / SHRINK / 2);
}

async function* smallFrames(request: RenderRequest, drawn: Size): AsyncGenerator<Uint8Array> {
  const canvas = { ...drawn, frames: request.frames, framesPerSecond: FRAMES_PER_SECOND };
  const scene = composeScene(request.prompt, request.negativePrompt, request.seed);
  const painter = new Painter(scene, canvas, await request.firstFrame?.fitTo(drawn));
  const pixels = new Uint8Array(frameBytes(drawn.width, drawn.height));
  for (let frame = 0; frame < request.frames; frame++) {
    if (frame % FRAMES_PER_PICTURE === 0) {
      painter.paint(frame, pixels);
      stampFrame(pixels, drawn);
    }
    yield pixels;
  }
}

/** Holds each frame back until its share of the whole time has passed. */
async function* paced(
  frames: AsyncIterable<Uint8Array>,
  msPerFrame: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const startedAt = performance.now();
  let given = 0;
  for await (const frame of frames) {
    yield frame;
    const early = startedAt + ++given * msPerFrame - performance.now();
    if (early > 0) await delay(early, undefined, { signal });
  }
}
