import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FRAMES_PER_SECOND } from '../conform/contract-pixels';
import { DRAWN, type Engine, type RenderRequest } from './engine';
import { composeScene } from '../picture/scene';
import { stampFrame } from '../picture/stamp';
import { encodeFrames } from '../picture/encoder.process';
import { paintedFrames } from '../picture/painted-frames.process';

/** A render keeps about two cores busy: two threads paint while the encoder's own threads follow. */
const CORES_PER_RENDER = 2;
const PAINTING_THREADS = 2;

/** Draws, on the processor alone, a moving picture that depends on nothing but prompt, seed and first frame. */
export class ProceduralEngine implements Engine {
  readonly name = 'procedural';
  readonly abilities = DRAWN;
  readonly slots: number;

  /** @param jobClasses Empty where live jobs are not to be served by a picture that no model made. */
  constructor(
    private readonly ffmpeg: string,
    readonly jobClasses: readonly string[],
    slots?: number,
  ) {
    this.slots = slots ?? Math.max(1, Math.floor(availableParallelism() / CORES_PER_RENDER));
  }

  async render(request: RenderRequest): Promise<{ readonly file: string }> {
    const file = join(request.scratchDir, 'rendered.ts');
    await encodeFrames({
      ffmpeg: this.ffmpeg,
      file,
      effort: 'small',
      drawn: request,
      encoded: request,
      frames: stampedFrames(request),
      onProgress: request.onProgress,
      signal: request.signal,
    });
    return { file };
  }
}

async function* stampedFrames({
  prompt,
  negativePrompt,
  seed,
  width,
  height,
  frames,
  signal,
  ...request
}: RenderRequest): AsyncGenerator<Uint8Array> {
  const scene = composeScene(prompt, negativePrompt, seed);
  const canvas = { width, height, frames, framesPerSecond: FRAMES_PER_SECOND };
  const firstFrame = await request.firstFrame?.fitTo(canvas);
  for await (const frame of paintedFrames({ scene, canvas, firstFrame, threads: PAINTING_THREADS, signal })) {
    stampFrame(frame, canvas);
    yield frame;
  }
}
