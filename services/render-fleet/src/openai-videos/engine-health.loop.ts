import { type Logger, startLoop, type Loop } from '@usvideo/runtime';
import type { EngineHealthPort } from '../engines/engine';
import { afterFailure, afterSuccess, BREAKER_AT_REST, takesWork } from './circuit-breaker';

export interface EngineHealthOptions {
  /** Rejects when the engine cannot take work. */
  readonly check: () => Promise<void>;
  /** Once, before the engine gets its first work. */
  readonly firstTime: () => Promise<void>;
  readonly everyMs: number;
  readonly logger: Logger;
}

/** A single missed answer is no reason to turn work away. */
const MISSES_MAX = 2;

/** Whether an engine is to be given work: it answers that it can, and its last renders did not all fail. */
export class EngineHealth implements EngineHealthPort {
  private loop: Loop | undefined;
  private prepared = false;
  private misses = MISSES_MAX;
  private breaker = BREAKER_AT_REST;
  private told = false;
  private listener: (able: boolean) => void = () => undefined;

  constructor(private readonly options: EngineHealthOptions) {}

  /** The listener hears of every change, first of the engine being able at all. */
  start(listener: (able: boolean) => void): void {
    this.listener = listener;
    this.loop = startLoop({
      name: 'engine-health',
      everyMs: this.options.everyMs,
      logger: this.options.logger,
      work: () => this.look(),
    });
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  /** A failure that is the customer's doing is none of the engine's. */
  attemptEnded(outcome: 'completed' | 'failed'): void {
    this.breaker = outcome === 'completed' ? afterSuccess() : afterFailure(this.breaker, performance.now());
    this.tell();
  }

  private async look(): Promise<void> {
    try {
      await this.options.check();
      if (!this.prepared) await this.options.firstTime();
      this.prepared = true;
      this.misses = 0;
    } catch (error) {
      this.misses += 1;
      if (this.told)
        this.options.logger.warn({ err: error, misses: this.misses }, 'the engine does not say that it is well');
    }
    this.tell();
  }

  private tell(): void {
    const able = this.misses < MISSES_MAX && takesWork(this.breaker, performance.now());
    if (able === this.told) return;
    this.told = able;
    this.options.logger.info(
      { able, failures: this.breaker.failures },
      able ? 'the engine takes work' : 'the engine takes no work',
    );
    this.listener(able);
  }
}
