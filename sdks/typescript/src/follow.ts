import { readEvents } from './events.ts';
import { ConnectionError, TimeoutError, USVideoError } from './errors.ts';
import { abortedBy, pause } from './pause.ts';
import { delayMs } from './retry.ts';
import type { Transport } from './transport.ts';
import type { Video } from './types.ts';

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** `auto`: Server-Sent Events, and long polls where these do not come through. `poll`: long polls only. */
  readonly mode?: 'auto' | 'poll' | undefined;
}

export interface WaitOptions extends FollowOptions {
  readonly onProgress?: ((video: Video) => void) | undefined;
  /** After which waiting (not the job) is given up; a day by default. */
  readonly giveUpAfterMs?: number | undefined;
}

/** The platform says something every 15 s. */
const IDLE_MS = 45_000;
const POLL_SECONDS = 10;
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** Streams that brought nothing, one after another, before long polls are taken instead. */
const EMPTY_STREAMS = 3;

export function hasEnded({ status }: Pick<Video, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** The job whenever it changed, its end last. A stream that is cut is resumed where it was. */
export async function* follow(
  transport: Transport,
  id: string,
  options: FollowOptions = {},
): AsyncGenerator<Video, void, undefined> {
  if (options.mode !== 'poll') {
    for await (const video of stream(transport, id, options)) {
      yield video;
      if (hasEnded(video)) return;
    }
  }
  yield* poll(transport, id, options);
}

/** The job at its end, whatever that is. */
export async function wait(transport: Transport, id: string, options: WaitOptions = {}): Promise<Video> {
  const { giveUpAfterMs = GIVE_UP_AFTER_MS, onProgress, signal } = options;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), giveUpAfterMs);
  const forward = () => controller.abort();
  signal?.addEventListener('abort', forward, { once: true });
  try {
    if (signal?.aborted) throw abortedBy(signal);
    let last: Video | undefined;
    for await (last of follow(transport, id, { ...options, signal: controller.signal })) onProgress?.(last);
    return last!;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    if (signal?.aborted) throw abortedBy(signal);
    throw new TimeoutError({ code: 'timeout', message: `${id} had not ended after ${giveUpAfterMs} ms`, cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', forward);
  }
}

/** Ends without the job's end when streams do not come through. */
async function* stream(
  transport: Transport,
  id: string,
  { signal }: FollowOptions,
): AsyncGenerator<Video, void, undefined> {
  let lastEventId = '';
  for (let empty = 0; empty < EMPTY_STREAMS;) {
    if (empty > 0) await pause(delayMs(empty, undefined, Math.random()), signal);
    empty++;
    const body = await open(transport, id, lastEventId, signal);
    if (body === 'over' || body === 'barred') return;
    if (body === 'broken') continue;
    try {
      for await (const event of readEvents(body, IDLE_MS)) {
        lastEventId = event.id ?? lastEventId;
        empty = 1;
        yield JSON.parse(event.data) as Video;
      }
    } catch (error) {
      // Everything else that can go wrong here is a connection that broke, which is what resuming is for.
      if (signal?.aborted) throw abortedBy(signal);
      if (error instanceof USVideoError) throw error;
    }
  }
}

/** `over`: nothing happened since. `barred`: something between here and the platform lets no stream through, or there are too many. */
async function open(transport: Transport, id: string, lastEventId: string, signal: AbortSignal | undefined) {
  const resume: Record<string, string> = lastEventId === '' ? {} : { 'last-event-id': lastEventId };
  try {
    const response = await transport.open({
      method: 'GET',
      path: `/v1/videos/${encodeURIComponent(id)}/events`,
      headers: { accept: 'text/event-stream', ...resume },
      signal,
      maxRetries: 0,
    });
    if (response.status === 204) return 'over';
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (isStream && response.body) return response.body;
    await response.body?.cancel();
    return 'barred';
  } catch (error) {
    if (!(error instanceof USVideoError)) throw error;
    if (error.code === 'unexpected_response' || error.status === 429) return 'barred';
    if (error instanceof ConnectionError || (error.status ?? 0) >= 500) return 'broken';
    throw error;
  }
}

async function* poll(
  transport: Transport,
  id: string,
  { signal }: FollowOptions,
): AsyncGenerator<Video, void, undefined> {
  let seen = '';
  for (;;) {
    const askedAt = Date.now();
    const video = await transport.json<Video>({
      method: 'GET',
      path: `/v1/videos/${encodeURIComponent(id)}`,
      headers: { prefer: `wait=${POLL_SECONDS}` },
      signal,
      timeoutMs: transport.config.timeoutMs + POLL_SECONDS * 1_000,
    });
    const look = `${video.status} ${video.progress} ${video.queue_position}`;
    if (look !== seen || hasEnded(video)) yield video;
    if (hasEnded(video)) return;
    seen = look;
    // The platform may answer at once, as when too many requests of the account wait already.
    if (Date.now() - askedAt < POLL_SECONDS * 500) await pause(1_000 + Math.random() * 1_000, signal);
  }
}
