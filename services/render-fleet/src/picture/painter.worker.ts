import { parentPort, workerData } from 'node:worker_threads';
import type { Canvas } from './picture';
import type { Scene } from './scene';

// Paints every step-th frame, two ahead of what has been taken. A buffer that comes back is leave to paint one more.
// The picture is loaded by address because this file runs compiled as well as, in tests, as Node strips its types.

type Picture = typeof import('./picture');

export interface PaintingOrder {
  readonly pictureUrl: string;
  readonly scene: Scene;
  readonly canvas: Canvas;
  readonly firstFrame: Uint8Array | undefined;
  readonly firstNumber: number;
  readonly step: number;
}

export const FRAMES_AHEAD = 2;

async function paintFrames(order: PaintingOrder): Promise<void> {
  const picture = (await import(order.pictureUrl)) as Picture & { readonly default?: Picture };
  // Compiled, the picture is a CommonJS module: an import sees its exports under `default`.
  const { Painter, frameBytes } = picture.default ?? picture;
  const { canvas } = order;
  const painter = new Painter(order.scene, canvas, order.firstFrame);
  let frame = order.firstNumber;
  const paintNext = (target: Uint8Array<ArrayBuffer>): void => {
    if (frame >= canvas.frames) return parentPort!.close();
    painter.paint(frame, target);
    frame += order.step;
    parentPort!.postMessage(target, [target.buffer]);
  };
  parentPort!.on('message', paintNext);
  for (let ahead = 0; ahead < FRAMES_AHEAD; ahead++) paintNext(new Uint8Array(frameBytes(canvas.width, canvas.height)));
}

void paintFrames(workerData as PaintingOrder);
