import type { FeedEvent } from '@usvideo/contracts/webhooks';

/** An event as the feed shows it; `data` is null once the content was erased. Bodies are JSON already: their bytes are passed through. */
export function feedEventJson(event: FeedEvent, environment: string): string {
  const about = {
    id: event.eventId,
    object: 'event',
    sequence: Number(event.seq),
    event: event.event,
    job_id: event.jobId === '' ? null : event.jobId,
    livemode: environment === 'live',
    created_at: event.recordedAt?.toISOString() ?? null,
  };
  const data = event.body.length === 0 ? 'null' : event.body.toString('utf8');
  return `${JSON.stringify(about).slice(0, -1)},"data":${data}}`;
}

/** As a Server-Sent Event (WHATWG HTML, 9.2): its id is where the client goes on. */
export function feedFrame(event: FeedEvent, environment: string): string {
  return `id: ${event.seq}\nevent: ${event.event}\ndata: ${feedEventJson(event, environment)}\n\n`;
}

/** Undefined: not a place in a feed. */
export function readCursor(text: string): bigint | undefined {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}
