import { on } from 'node:events';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { engineError } from '../conform/attempt-failure';
import type { Canvas } from './picture';
import type { Scene } from './scene';
import type { PaintingOrder } from './painter.worker';

/** `.js` when compiled; `.ts` under a test runner, which Node 24 runs as it is. */
const EXTENSION = extname(__filename);
const WORKER_FILE = join(__dirname, `painter.worker${EXTENSION}`);
const PICTURE_URL = pathToFileURL(join(__dirname, `picture${EXTENSION}`)).href;

/** Under a test runner Node finds out by itself that the file is an ES module, and would say so for every thread. */
const WORKER_FLAGS = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'];

export interface PaintingOptions {
  readonly scene: Scene;
  readonly canvas: Canvas;
  readonly firstFrame?: Uint8Array | undefined;
  readonly threads: number;
  readonly signal: AbortSignal;
}

/**
 * The frames of a scene in order, painted by worker threads that live as long as this generator. A frame is the caller's until
 * it asks for the next one: then its memory is painted over.
 */
export async function* paintedFrames({
  scene,
  canvas,
  firstFrame,
  threads,
  signal,
}: PaintingOptions): AsyncGenerator<Uint8Array> {
  const workers = Array.from({ length: Math.min(threads, canvas.frames) }, (_, index) => {
    const workerData: PaintingOrder = {
      pictureUrl: PICTURE_URL,
      scene,
      canvas,
      firstFrame,
      firstNumber: index,
      step: threads,
    };
    return new Worker(WORKER_FILE, { workerData, execArgv: WORKER_FLAGS });
  });
  try {
    const painted = workers.map((worker) => on(worker, 'message', { signal, close: ['exit'] }));
    for (let frame = 0; frame < canvas.frames; frame++) {
      const next = await painted[frame % threads]!.next();
      if (next.done) throw engineError('a painting thread ended early');
      const [pixels] = next.value as [Uint8Array<ArrayBuffer>];
      yield pixels;
      workers[frame % threads]!.postMessage(pixels, [pixels.buffer]);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
