import { backOffMs } from './back-off';
import type { Running } from './lifecycle';
import type { Logger } from '../log/logger';
import { loopErrors } from '../metrics/metrics';

export interface LoopOptions {
  readonly name: string;
  /** The longest pause between two runs; a nudge cuts it short. */
  readonly everyMs: number;
  /** Returns true when there is more to do at once. */
  readonly work: () => Promise<boolean | void>;
  readonly logger: Logger;
  /** The longest pause after repeated errors; 5 s unless told. */
  readonly backOffMaxMs?: number;
}

export interface Loop extends Running {
  /** Runs the work soon: at once when it is idle, once more when it is running. An error's pause is sat out. */
  nudge(): void;
}

const FIRST_BACK_OFF_MS = 100;
const BACK_OFF_MAX_MS = 5_000;

/** Runs the work now and again until stopped, never twice at a time. */
export function startLoop(options: LoopOptions): Loop {
  return new WorkLoop(options);
}

const DAY_MS = 24 * 60 * 60_000;
const LOOK_EVERY_MS = 60_000;
/** Heavy work that fails is not begun again at once. */
const HEAVY_BACK_OFF_MAX_MS = 60_000;
/** Not while everything else starts. */
const FIRST_AFTER_MS = 10 * 60_000;

export interface SpacedOptions extends Pick<LoopOptions, 'name' | 'everyMs' | 'logger'> {
  /** The pause before the first run. */
  readonly firstAfterMs: number;
  readonly work: () => Promise<unknown>;
}

/** Runs work that can wait while everything else starts, to the minute at worst, and again soon when it failed. */
export function startSpaced({ firstAfterMs, everyMs, work, ...options }: SpacedOptions): Loop {
  let dueAt = performance.now() + firstAfterMs;
  return startLoop({
    ...options,
    everyMs: Math.min(everyMs, LOOK_EVERY_MS),
    backOffMaxMs: HEAVY_BACK_OFF_MAX_MS,
    work: async () => {
      if (performance.now() < dueAt) return;
      await work();
      dueAt = performance.now() + everyMs;
    },
  });
}

/** Runs heavy work once a day, first after ten minutes unless told otherwise, and again soon when it failed. */
export function startDaily({
  firstAfterMs = FIRST_AFTER_MS,
  ...options
}: Pick<SpacedOptions, 'name' | 'logger' | 'work'> & { readonly firstAfterMs?: number }): Loop {
  return startSpaced({ ...options, firstAfterMs, everyMs: DAY_MS });
}

class WorkLoop implements Loop {
  readonly #options: LoopOptions;
  readonly #ended: Promise<void>;
  #stopped = false;
  #nudged = false;
  #failures = 0;
  #wake: (() => void) | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    loopErrors.inc({ loop: options.name }, 0);
    this.#ended = this.#run();
  }

  nudge(): void {
    this.#nudged = true;
    if (this.#failures === 0) this.#wake?.();
  }

  /** Resolves when the run in progress has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    return this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#nudged = false;
      const more = await this.#runOnce();
      if (this.#stopped) return;
      if (this.#failures > 0)
        await this.#pause(
          backOffMs(this.#failures, {
            firstMs: FIRST_BACK_OFF_MS,
            maxMs: this.#options.backOffMaxMs ?? BACK_OFF_MAX_MS,
          }),
        );
      else if (more || this.#nudged) await new Promise(setImmediate);
      else await this.#pause(this.#options.everyMs);
    }
  }

  async #runOnce(): Promise<boolean> {
    try {
      const more = await this.#options.work();
      this.#failures = 0;
      return more === true;
    } catch (error) {
      this.#failures += 1;
      loopErrors.inc({ loop: this.#options.name });
      this.#options.logger.error(
        { err: error, loop: this.#options.name, failures: this.#failures },
        'a background run failed',
      );
      return false;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      this.#wake = done;
      function done() {
        clearTimeout(timer);
        resolve();
      }
    }).then(() => {
      this.#wake = undefined;
    });
  }
}
