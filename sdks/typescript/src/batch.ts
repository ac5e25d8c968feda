import { createVideo } from './create-video.ts';
import { ConnectionError, type USVideoError } from './errors.ts';
import { wait } from './follow.ts';
import { pause } from './pause.ts';
import { delayMs } from './retry.ts';
import type { Transport } from './transport.ts';
import type { CreateVideoRequest, Video } from './types.ts';

export interface BatchOptions {
  /** How many videos are under way at once, 10 by default. */
  readonly concurrency?: number | undefined;
  /** False resolves once all are created; true, the default, once all have ended. */
  readonly wait?: boolean | undefined;
  /** Of each request: a batch that is run again with the same keys within a day makes no video twice. */
  readonly idempotencyKey?: ((request: CreateVideoRequest, index: number) => string) | undefined;
  /** Told of each as soon as it is done. */
  readonly onResult?: ((result: BatchResult) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `job` in whatever state it ended, or the `error` because of which there is none. */
export type BatchResult = { readonly index: number; readonly request: CreateVideoRequest } & (
  { readonly job: Video; readonly error?: undefined } | { readonly job?: Video; readonly error: USVideoError }
);

const CONCURRENCY = 10;
/** About a minute: whoever does not answer for longer is not there. */
const UNASKED_REPETITIONS = 10;

/**
 * Results in the order of the requests; one that fails does not stop the others. Where the platform says 429 or 503 all wait as long
 * as it asks and try again, for as long as it takes: give a `signal` to bound that.
 */
export async function batch(
  transport: Transport,
  requests: readonly (CreateVideoRequest | string)[],
  options: BatchOptions = {},
): Promise<BatchResult[]> {
  const { concurrency = CONCURRENCY, onResult } = options;
  const results: BatchResult[] = [];
  const gate = new Gate();
  let next = 0;
  const lane = async () => {
    while (next < requests.length) {
      const index = next++;
      const given = requests[index]!;
      const request = typeof given === 'string' ? { prompt: given } : given;
      results[index] = { index, request, ...(await one(transport, request, index, gate, options)) };
      onResult?.(results[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, requests.length)) }, lane));
  return results;
}

async function one(
  transport: Transport,
  request: CreateVideoRequest,
  index: number,
  gate: Gate,
  options: BatchOptions,
): Promise<{ job: Video } | { error: USVideoError }> {
  const { signal } = options;
  const idempotencyKey = options.idempotencyKey?.(request, index) ?? crypto.randomUUID();
  try {
    const job = await gate.through(
      () => createVideo(transport, request, { idempotencyKey, signal, maxRetries: 0 }),
      signal,
    );
    if (options.wait === false) return { job };
    return { job: await gate.through(() => wait(transport, job.id, { signal }), signal) };
  } catch (error) {
    return { error: error as USVideoError };
  }
}

/** Closed for all lanes while the platform asks one of them to wait. */
class Gate {
  private opensAt = 0;

  async through<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      while (Date.now() < this.opensAt) await pause(this.opensAt - Date.now(), signal);
      try {
        return await work();
      } catch (thrown) {
        const error = thrown as USVideoError;
        const isAsked = error.status === 429 || error.status === 503;
        if (!isAsked && (!mayPass(error) || attempt > UNASKED_REPETITIONS)) throw error;
        const waitMs = delayMs(attempt, error.retryAfterMs, Math.random());
        if (isAsked) this.opensAt = Math.max(this.opensAt, Date.now() + waitMs);
        else await pause(waitMs, signal);
      }
    }
  }
}

function mayPass(error: USVideoError): boolean {
  return (error.status ?? 0) >= 500 || error.code === 'idempotency_in_progress' || error instanceof ConnectionError;
}
