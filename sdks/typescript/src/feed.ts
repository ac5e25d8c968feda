import { ConnectionError, USVideoError } from './errors.ts';
import { readEvents } from './events.ts';
import { abortedBy, pause } from './pause.ts';
import { delayMs } from './retry.ts';
import type { Transport } from './transport.ts';
import type { Event, Page } from './types.ts';

export interface FeedOptions {
  readonly signal?: AbortSignal | undefined;
  /** The sequence of the last event that you have seen, `0` for all that are kept; without it from now on. */
  readonly after?: string | undefined;
  /** Each time that the stream stands, with the sequence behind which it goes on. */
  readonly onConnect?: ((after: string) => void) | undefined;
}

/** The platform says something every 15 s. */
const IDLE_MS = 45_000;
const POLL_MS = 2_000;
const PAGE = 100;
/** Answers that were no stream, one after another, before pages are asked for instead. */
const BARRED_MAX = 3;

/** Where a reader is; what it knows nothing of yet it learns from the first words of a stream. */
interface Place {
  after: string | undefined;
  barred: number;
  failed: number;
}

export async function* followFeed(transport: Transport, options: FeedOptions): AsyncGenerator<Event, void, undefined> {
  const place: Place = { after: options.after, barred: 0, failed: 0 };
  while (place.barred < BARRED_MAX) {
    yield* connection(transport, options, place);
    if (options.signal?.aborted) throw abortedBy(options.signal);
    await pause(delayMs(Math.max(1, place.failed), undefined, Math.random()), options.signal);
  }
  yield* pages(transport, options, place);
}

/** What one connection brings, however it ends. */
async function* connection(
  transport: Transport,
  { signal, onConnect }: FeedOptions,
  place: Place,
): AsyncGenerator<Event, void, undefined> {
  try {
    const resume: Record<string, string> = place.after === undefined ? {} : { 'last-event-id': place.after };
    const { headers, body } = await transport.open({
      method: 'GET',
      path: '/v1/events',
      headers: { accept: 'text/event-stream', ...resume },
      signal,
      maxRetries: 0,
    });
    if (body === null || headers.get('content-type')?.startsWith('text/event-stream') !== true) {
      place.barred++;
      return void (await body?.cancel());
    }
    const stand = (id: string) => {
      [place.after, place.barred, place.failed] = [id, 0, 0];
      onConnect?.(id);
    };
    for await (const event of readEvents(body, IDLE_MS, stand)) {
      place.after = event.id ?? place.after;
      [place.barred, place.failed] = [0, 0];
      yield JSON.parse(event.data) as Event;
    }
  } catch (error) {
    if (signal?.aborted) throw abortedBy(signal);
    place.failed++;
    // Whatever broke after the answer began is a connection; resuming is for that.
    if (!(error instanceof USVideoError)) return;
    if (error.code === 'unexpected_response' || error.status === 429) place.barred++;
    else if (!(error instanceof ConnectionError) && (error.status ?? 0) < 500) throw error;
  }
}

/** Where no stream comes through. Nobody who never had one knows where "now" is: that is the end of the pages. */
async function* pages(
  transport: Transport,
  { signal, onConnect }: FeedOptions,
  place: Place,
): AsyncGenerator<Event, void, undefined> {
  const page = (after: string) =>
    transport.json<Page<Event>>({ method: 'GET', path: '/v1/events', query: { after, limit: PAGE }, signal });
  const isFromNow = place.after === undefined;
  let told = !isFromNow;
  for (let after = place.after ?? '0'; ;) {
    const { data, has_more: more, next_cursor: next } = await page(after);
    if (told) yield* data;
    after = next ?? after;
    if (more) continue;
    if (!told) onConnect?.(after);
    told = true;
    await pause(POLL_MS, signal);
  }
}
