import { backOffMs } from '@usvideo/runtime';

export interface PumpOptions {
  /** One pass; true when there is more to do at once. */
  readonly work: () => Promise<boolean>;
  /** The first wait after an idle pass; it doubles up to `idleMaxMs`. */
  readonly idleMinMs: number;
  readonly idleMaxMs: number;
  /** A nudged pass begins at least this long after the one before began: under load it finds more at once. 0 unless told. */
  readonly gapMs?: number;
  /** A pass that throws is told here and repeated after a growing pause with some chance in it, 5 s at most. */
  readonly onError: (error: unknown) => void;
}

const AFTER_FAILURE = { firstMs: 50, maxMs: 5_000 };

/** Repeats a pass of work: at once while there is more, when nudged, and after an idle wait in any case. */
export class Pump {
  private stopped = false;
  private nudged = false;
  private wake: (() => void) | undefined;
  private readonly ended: Promise<void>;

  constructor(private readonly options: PumpOptions) {
    this.ended = this.run();
  }

  /** Something was committed that the next pass may find. */
  nudge(): void {
    this.nudged = true;
    this.wake?.();
  }

  /** Resolves when the pass under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    await this.ended;
  }

  private async run(): Promise<void> {
    let idleMs = this.options.idleMinMs;
    let failures = 0;
    // The first pass comes after the constructor, when its owner is complete.
    await null;
    while (!this.stopped) {
      this.nudged = false;
      const begunAtMs = performance.now();
      try {
        const more = await this.options.work();
        failures = 0;
        if (!more) await this.rest(idleMs, begunAtMs);
        idleMs = more || this.nudged ? this.options.idleMinMs : Math.min(idleMs * 2, this.options.idleMaxMs);
      } catch (error) {
        this.options.onError(error);
        await this.pause(backOffMs(++failures, AFTER_FAILURE), false);
      }
    }
  }

  private async rest(idleMs: number, begunAtMs: number): Promise<void> {
    if (!this.nudged) await this.pause(idleMs, true);
    const tooSoonMs = begunAtMs + (this.options.gapMs ?? 0) - performance.now();
    if (tooSoonMs > 0) await this.pause(tooSoonMs, false);
  }

  /** A nudge cuts an idle wait short, but never the pause after a failure. */
  private async pause(waitMs: number, nudgeable: boolean): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.wake = () => {
        if (!nudgeable && !this.stopped) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
