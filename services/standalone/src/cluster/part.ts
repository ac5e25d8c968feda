import { backOffMs } from '@usvideo/runtime';
import type { StatusRow } from './status-table';

/** Something that runs beside the others: a service's process, PostgreSQL, Kafka. */
export interface Part {
  readonly name: string;
  row(): StatusRow;
  /** Resolves when it serves; rejects, telling why, when it does not come up. */
  start(): Promise<void>;
  /** Orderly. It stays stopped until it is started. */
  stop(): Promise<void>;
  /** As if it had crashed: it starts again by itself. */
  kill(): Promise<void>;
}

const BACK_OFF = { firstMs: 250, maxMs: 5_000 };
/** Who ran this long has not failed again but anew. */
const STEADY_MS = 30_000;

/** When to start again what ended by itself: soon at first, then ever later. */
export class BackOff {
  #failures = 0;
  #startedAtMs = 0;

  started(nowMs: number): void {
    this.#startedAtMs = nowMs;
  }

  /** The pause before the next start, in whole milliseconds. */
  ended(nowMs: number): number {
    if (nowMs - this.#startedAtMs >= STEADY_MS) this.#failures = 0;
    return Math.round(backOffMs(++this.#failures, BACK_OFF));
  }
}
