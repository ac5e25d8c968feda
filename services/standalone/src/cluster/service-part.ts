import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BackOff, type Part } from './part';
import type { PlannedProcess } from './plan';
import type { StatusRow } from './status-table';

export interface ServicePartOptions {
  readonly plan: PlannedProcess;
  /** The service's compiled `main.js`. */
  readonly entry: string;
  readonly logFile: string;
  /** Hears of every change that nobody here asked for, and of the service's return. */
  readonly report: (line: string) => void;
  /** Called after each change of the row. */
  readonly changed: () => void;
}

const START_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 45_000;
const ASK_WITHIN_MS = 3_000;
/** How long a service that has just come up may look for what it only uses. */
const LOOK_AROUND_MS = 3_000;
const ASK_OFTEN_MS = 100;
const ASK_NOW_AND_THEN_MS = 2_000;
const LOG_LINES_SHOWN = 20;

/** One service as its own process, watched through its operations port and started again whenever it ends by itself. */
export class ServicePart implements Part {
  readonly #backOff = new BackOff();
  #child: ChildProcess | undefined;
  #state = 'not started';
  #isWanted = false;
  /** Somebody waits for it to come up, and hears of a failure from there. */
  #isAwaited = false;
  #restarts = 0;
  #logFrom = 0;
  #restart: NodeJS.Timeout | undefined;
  #starting = Promise.withResolvers<void>();

  constructor(private readonly options: ServicePartOptions) {}

  get name(): string {
    return this.options.plan.name;
  }

  row(): StatusRow {
    const { name, address, opsUrl } = this.options.plan;
    return { name, pid: this.#child?.pid, address, operations: opsUrl, state: this.#state, restarts: this.#restarts };
  }

  async start(): Promise<void> {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#isAwaited = true;
    this.#starting = Promise.withResolvers();
    const timer = setTimeout(
      () => this.#starting.reject(new Error(`is not ready after ${START_WITHIN_MS / 1_000} s`)),
      START_WITHIN_MS,
    );
    this.#launch();
    try {
      await this.#starting.promise;
    } catch (error) {
      throw new Error(
        `${this.name} ${(error as Error).message}; its log ${this.options.logFile} ends with\n${this.#logEnd()}`,
        { cause: error },
      );
    } finally {
      this.#isAwaited = false;
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return this.#become('stopped');
    const ended = once(child, 'exit');
    const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    this.#become('stopping');
    // One that was paused hears nothing before it goes on.
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await ended;
    clearTimeout(impatient);
    this.#become('stopped');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Stands still with all its connections open, as behind a broken network. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  #launch(): void {
    const { plan, entry, logFile } = this.options;
    const log = openSync(logFile, 'a', 0o600);
    this.#logFrom = fstatSync(log).size;
    // In a session of its own it does not hear the terminal's Ctrl-C: parts stop in their order. Its standard input ends with us.
    const child = spawn(process.execPath, ['--enable-source-maps', entry], {
      stdio: ['pipe', log, log],
      detached: true,
      env: { ...plan.environment },
    });
    closeSync(log);
    this.#child = child;
    this.#backOff.started(performance.now());
    this.#become('starting');
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `code ${code}`));
    void this.#watch(child);
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    const wasStarting = this.#state === 'starting';
    this.#child = undefined;
    if (!this.#isWanted) return;
    if (wasStarting) this.#starting.reject(new Error(`ended with ${how} while it started`));
    const pauseMs = this.#backOff.ended(performance.now());
    this.#become(`ended with ${how}`);
    if (!this.#isAwaited) this.options.report(`${this.name} ended with ${how} and starts again in ${pauseMs} ms`);
    this.#restart = setTimeout(() => {
      this.#restarts += 1;
      this.#launch();
    }, pauseMs);
  }

  async #watch(child: ChildProcess): Promise<void> {
    let upSinceMs = Infinity;
    while (this.#child === child && this.#isWanted) {
      const seen = await this.#ask();
      if (this.#child !== child || !this.#isWanted) return;
      if (seen.startsWith('serving')) upSinceMs = Math.min(upSinceMs, performance.now());
      const isUp = seen === 'serving' || performance.now() - upSinceMs > LOOK_AROUND_MS;
      if (seen !== this.#state && (isUp || this.#state !== 'starting')) this.#noticed(seen);
      await delay(this.#state.startsWith('serving') ? ASK_NOW_AND_THEN_MS : ASK_OFTEN_MS, undefined, { ref: false });
    }
  }

  #noticed(state: string): void {
    this.#become(state);
    if (state.startsWith('serving')) this.#starting.resolve();
    if (!this.#isAwaited || state !== 'serving') this.options.report(`${this.name} is ${state}`);
  }

  /** `serving`, `serving without kafka`, `not ready (database)` or `not answering`. */
  async #ask(): Promise<string> {
    try {
      const response = await fetch(`${this.options.plan.opsUrl}/readyz`, {
        signal: AbortSignal.timeout(ASK_WITHIN_MS),
      });
      const { ready, parts } = (await response.json()) as { ready: boolean; parts: Record<string, boolean> };
      const missing = Object.keys(parts)
        .filter((part) => !parts[part])
        .join(', ');
      if (!ready) return `not ready (${missing})`;
      return missing === '' ? 'serving' : `serving without ${missing}`;
    } catch {
      return 'not answering';
    }
  }

  #become(state: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.options.changed();
  }

  /** Of this life only. */
  #logEnd(): string {
    const log = readFileSync(this.options.logFile);
    return log
      .subarray(log.length < this.#logFrom ? 0 : this.#logFrom)
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .slice(-LOG_LINES_SHOWN)
      .join('\n');
  }
}
