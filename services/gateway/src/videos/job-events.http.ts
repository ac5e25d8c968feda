import { Readable } from 'node:stream';
import type { SchedulerServiceClient, WatchJobResponse } from '@usvideo/contracts/scheduler';
import type { Caller } from '../identity/caller';
import { watchJob } from './job-watch.client';
import type { OpenStream } from '../streams/open-streams.http';

/** Shorter than the idle timeout of common proxies. */
const HEARTBEAT_MS = 15_000;
/** How long an answer may take before the stream is opened without one: a job of which nothing new is known yet. */
const FIRST_ANSWER_MS = 300;
const RECONNECT_MS = 2_000;

type Changes = AsyncIterator<WatchJobResponse>;
const QUIET = Symbol('quiet');

/**
 * One job as Server-Sent Events (WHATWG HTML, 9.2). Undefined: it has ended and nothing happened since `lastEventId`, so that the
 * client is to stop reconnecting. Rejects when the job cannot be watched at all.
 */
export async function jobEvents(
  scheduler: SchedulerServiceClient,
  caller: Caller,
  jobId: string,
  lastEventId: string,
  stream: OpenStream,
): Promise<Readable | undefined> {
  const { accountId, environment } = caller;
  const changes = watchJob(scheduler, { accountId, environment, jobId, afterUpdateId: lastEventId }, stream.signal);
  const first = changes.next();
  const early = await orQuiet(first, FIRST_ANSWER_MS);
  if (early !== QUIET && early.done) return undefined;
  return Readable.from(render(changes, first, stream), { objectMode: false });
}

async function* render(
  changes: Changes,
  first: Promise<IteratorResult<WatchJobResponse>>,
  stream: OpenStream,
): AsyncGenerator<string> {
  try {
    yield `retry: ${RECONNECT_MS}\n\n`;
    for (let next = first; ;) {
      const change = await orQuiet(next, HEARTBEAT_MS);
      if (change === QUIET) {
        yield ': still here\n\n';
        continue;
      }
      if (change.done) return;
      yield `id: ${change.value.updateId}\nevent: video.${change.value.status}\ndata: ${change.value.jobJson}\n\n`;
      next = changes.next();
    }
  } finally {
    stream.close();
    await changes.return?.();
  }
}

async function orQuiet<T>(work: Promise<T>, ms: number): Promise<T | typeof QUIET> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<typeof QUIET>((resolve) => {
    timer = setTimeout(() => resolve(QUIET), ms);
  });
  try {
    return await Promise.race([work, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
