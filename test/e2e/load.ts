import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@usvideo/testing';
import type { Customer } from './customer';

const EVERY_MS = 250;
/** Who read at the same time, besides who orders. */
const READERS = 4;
const AT_ONCE_MS = 3_000;

/** A customer who goes on ordering and reading videos whatever happens to the platform, and notes each answer. */
export class Load {
  readonly jobs: string[] = [];
  readonly failures: string[] = [];
  /** Those that cannot have lacked time, however busy the machine is: they came sooner than any deadline of the platform ends. */
  readonly failedAtOnce: string[] = [];
  requests = 0;
  private isEnding = false;
  private readonly running: Promise<void>[];

  constructor(private readonly customer: Customer) {
    this.running = [
      this.repeat(() => this.order()),
      ...Array.from({ length: READERS }, () => this.repeat(() => this.read())),
    ];
  }

  /** As many more jobs are accepted, or something failed. */
  async takenUp(jobs: number): Promise<void> {
    const before = this.jobs.length;
    await eventually(() => this.jobs.length >= before + jobs || this.failedAtOnce.length > 0, {
      what: `${jobs} jobs more to be accepted`,
      deadlineMs: 120_000,
    });
  }

  /** @returns once the last request has been answered */
  async end(): Promise<void> {
    this.isEnding = true;
    await Promise.all(this.running);
  }

  private async repeat(request: () => Promise<void>): Promise<void> {
    while (!this.isEnding) {
      const next = pause(EVERY_MS);
      this.requests += 1;
      const begun = performance.now();
      await request().catch((error: Error) => {
        const failure = error.cause === undefined ? error.message : `${error.message}: ${String(error.cause)}`;
        const elapsedMs = performance.now() - begun;
        this.failures.push(`after ${elapsedMs.toFixed(0)} ms ${failure}`);
        if (elapsedMs < AT_ONCE_MS) this.failedAtOnce.push(failure);
      });
      await next;
    }
  }

  private async order(): Promise<void> {
    const { status, text, body } = await this.customer.create(
      { prompt: 'A kite over the dunes', resolution: '480p', duration: 1 },
      { 'idempotency-key': randomUUID() },
    );
    if (status === 202) this.jobs.push(body.id);
    else throw new Error(`POST answered ${status}: ${text}`);
  }

  private async read(): Promise<void> {
    const { status, text } = await this.customer.get('/v1/videos?limit=5');
    if (status !== 200) throw new Error(`GET answered ${status}: ${text}`);
  }
}
