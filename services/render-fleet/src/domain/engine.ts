import type { Size } from './contract-pixels';

/** An image as planar YUV 4:2:0 in BT.709 limited range: what encoders take. */
export interface YuvImage extends Size {
  /** Full-size luma, then both chroma planes at half the size, rounded up. */
  readonly data: Uint8Array;
}

export interface RenderRequest extends Size {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly seed: number;
  /** Exactly of the request's size. Makes it image-to-video: frame 0 shows it. */
  readonly firstFrame?: YuvImage;
  readonly frames: number;
  /** Frames encoded so far. */
  readonly onProgress: (framesEncoded: number) => void;
  /** Ends the render at once, its child processes and threads included. */
  readonly signal: AbortSignal;
  /** Exists and is empty; removed by the caller. */
  readonly scratchDir: string;
}

/**
 * Renders one clip to a file. What comes back is conformed and probed afterwards, so an engine may answer its nearest native
 * size and any length at or above the one asked for.
 * @throws AttemptFailure when the customer is to be told why.
 */
export interface Engine {
  readonly name: string;
  /** The classes of job this engine can render. */
  readonly jobClasses: readonly string[];
  /** Renders at once. */
  readonly slots: number;
  render(request: RenderRequest): Promise<{ readonly file: string }>;
}
