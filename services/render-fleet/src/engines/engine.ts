import type { Size } from '../conform/contract-pixels';

/** The customer's image, upright and proven readable. */
export interface FirstFrame extends Size {
  /** Brought to the given size as the customer chose, cropped or padded; planar YUV 4:2:0 in BT.709 limited range. */
  fitTo(size: Size): Promise<Uint8Array>;
  /** The same as a PNG. */
  pngOf(size: Size): Promise<Uint8Array<ArrayBuffer>>;
}

export interface RenderRequest extends Size {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly seed: number;
  /** Makes it image-to-video: frame 0 shows this. */
  readonly firstFrame?: FirstFrame | undefined;
  readonly frames: number;
  /** Frames encoded so far, or as many frames' worth of the work done. */
  readonly onProgress: (framesEncoded: number) => void;
  /** Ends the render at once, its child processes and threads included. */
  readonly signal: AbortSignal;
  /** Exists and is empty; removed by the caller. */
  readonly scratchDir: string;
}

/** What an engine can do, as its worker tells people. */
export interface EngineAbilities {
  readonly models: readonly string[];
  readonly modes: readonly string[];
  readonly resolutions: readonly string[];
}

/** Of an engine that draws by rule whatever it is asked for. */
export const DRAWN: EngineAbilities = {
  models: [],
  modes: ['text_to_video', 'image_to_video'],
  resolutions: ['480p', '720p', '1080p'],
};

/**
 * Renders one clip to a file. What comes back is conformed and probed afterwards, so an engine may answer its nearest native
 * size and any length at or above the one asked for. Every engine passes `describeEngine`.
 */
export interface Engine {
  readonly name: string;
  /** The classes of job this engine can render. */
  readonly jobClasses: readonly string[];
  /** Renders at once. */
  readonly slots: number;
  readonly abilities: EngineAbilities;
  /** Hosted by others and paid by the second, and so without a GPU of ours. */
  readonly remote?: boolean;
  /** Absent: it can always take work. */
  readonly health?: EngineHealthPort;
  /** @throws AttemptFailure when the customer is to be told why; the signal's reason when it was aborted. */
  render(request: RenderRequest): Promise<{ readonly file: string }>;
  /** Called once no render is under way. */
  stop?(): Promise<void>;
}

/** An engine that runs elsewhere may be away, or fail at everything: its worker then takes no leases. */
export interface EngineHealthPort {
  /** The listener hears of every change; until the first call the engine is taken to be away. */
  start(listener: (able: boolean) => void): void;
  /** How an attempt ended that was not given up: `failed` where another engine might have succeeded. */
  attemptEnded(outcome: 'completed' | 'failed'): void;
}
