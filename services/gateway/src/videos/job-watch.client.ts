import { type NameOf, nameOf } from '@usvideo/contracts/names';
import {
  JobStatus,
  type SchedulerServiceClient,
  type WatchJobRequest,
  type WatchJobResponse,
} from '@usvideo/contracts/scheduler';
import { traceMetadata } from '@usvideo/runtime';

const ENDED = {
  pending: false,
  processing: false,
  completed: true,
  failed: true,
  cancelled: true,
  // Of a newer scheduler: whoever waits for the end goes on waiting.
  unknown: false,
} satisfies Record<NameOf<typeof JobStatus> | 'unknown', boolean>;

export function hasEnded({ status, statusKind }: Pick<WatchJobResponse, 'status' | 'statusKind'>): boolean {
  return ENDED[nameOf(JobStatus, statusKind, status) ?? 'pending'];
}

/**
 * The job as it changes, ending after its terminal state. Breaking out of the loop, or the signal, ends the call. Changes are taken
 * from the connection as they come and only the newest is kept, so that whoever reads slowly costs one job object and holds up
 * nobody else on the connection.
 */
export async function* watchJob(
  scheduler: SchedulerServiceClient,
  request: WatchJobRequest,
  signal: AbortSignal,
): AsyncGenerator<WatchJobResponse> {
  if (signal.aborted) return;
  const stream = scheduler.watchJob(request, traceMetadata());
  const newest = new Newest<WatchJobResponse>();
  stream.on('data', (change: WatchJobResponse) => newest.put(change));
  stream.once('end', () => newest.end());
  stream.on('error', (error) => newest.end(error));
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (let change = await newest.take(); change !== undefined; change = await newest.take()) {
      yield change;
      if (hasEnded(change)) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  }
}

/** Holds the last value put, until it is taken. */
class Newest<T> {
  private value: T | undefined;
  private ended = false;
  private error: Error | undefined;
  private wake: (() => void) | undefined;

  put(value: T): void {
    this.value = value;
    this.wake?.();
  }

  end(error?: Error): void {
    this.ended = true;
    this.error ??= error;
    this.wake?.();
  }

  /** Undefined at the end. What was put before a failure is taken before it is told. */
  async take(): Promise<T | undefined> {
    while (this.value === undefined && !this.ended)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    const { value } = this;
    this.value = undefined;
    if (value === undefined && this.error) throw this.error;
    return value;
  }
}
