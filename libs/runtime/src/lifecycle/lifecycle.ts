import type { Logger } from '../log/logger';

/** Whatever lives long. Stopping twice is harmless and gives the same promise of an end. */
export interface Running {
  stop(): Promise<void>;
}

export interface LifecycleOptions {
  /** How long one part may take to stop before the next is stopped all the same. */
  readonly stopWithinMs?: number;
}

/** The parts of a process in the order of their start, stopped in reverse: callers go before what they call. */
export class Lifecycle implements Running {
  readonly #parts: { name: string; stop: () => Promise<void> }[] = [];
  readonly #logger: Logger;
  readonly #stopWithinMs: number;
  #stopping: Promise<void> | undefined;

  constructor(logger: Logger, options: LifecycleOptions = {}) {
    this.#logger = logger;
    this.#stopWithinMs = options.stopWithinMs ?? 10_000;
  }

  add(name: string, stop: () => Promise<void>): void {
    if (this.#stopping !== undefined) throw new Error(`${name} was started while the process is stopping`);
    this.#parts.push({ name, stop });
  }

  /** Adds what runs already, and returns it. */
  keep<Part extends Running>(name: string, part: Part): Part {
    this.add(name, () => part.stop());
    return part;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** A part that fails or hangs is logged and does not keep the others from stopping. */
  async #stopAll(): Promise<void> {
    for (const part of this.#parts.reverse()) {
      try {
        await within(this.#stopWithinMs, part.stop());
      } catch (error) {
        this.#logger.error({ err: error, part: part.name }, 'a part did not stop cleanly');
      }
    }
  }
}

/** The promise's outcome, or a rejection once the time is over; the work itself goes on unobserved. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the work ended in time, however it ended. */
export async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const ended = work.then(
    () => true,
    () => true,
  );
  return within(ms, ended).catch(() => false);
}
