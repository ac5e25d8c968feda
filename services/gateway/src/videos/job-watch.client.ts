import type { SchedulerServiceClient, WatchJobRequest, WatchJobResponse } from '@usvideo/contracts/scheduler';
import { traceMetadata } from '@usvideo/runtime';

const TERMINAL = new Set(['completed', 'failed', 'cancelled']);

export function hasEnded(status: string): boolean {
  return TERMINAL.has(status);
}

/**
 * The job as it changes, ending after its terminal state. Breaking out of the loop, or the signal, ends the call; a slow reader
 * slows the stream down instead of filling memory.
 */
export async function* watchJob(scheduler: SchedulerServiceClient, request: WatchJobRequest, signal: AbortSignal): AsyncGenerator<WatchJobResponse> {
  if (signal.aborted) return;
  const stream = scheduler.watchJob(request, traceMetadata());
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const change of stream as AsyncIterable<WatchJobResponse>) {
      yield change;
      if (hasEnded(change.status)) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.on('error', ignoreCancellation);
    stream.cancel();
  }
}

/** Cancelling a call makes it fail with CANCELLED, which is what was asked for. */
function ignoreCancellation(): void {
  return undefined;
}
