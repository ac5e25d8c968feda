import { Controller, Get, Req, Res } from '@nestjs/common';
import type { ReadFeedResponse } from '@usvideo/contracts/webhooks';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller';
import { callerOf, sendJson } from '../access/request-state.http';
import { openStream, sendText } from '../streams/response-stream.http';
import { OpenStreams, type OpenStream } from '../streams/open-streams.http';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { invalidRequest, Refusal } from '../refusals/refusal';
import { parseQuery, renderList } from '../validation/query';
import { eventsQuery } from './event-requests';
import { feedEventJson, feedFrame, readCursor } from './feed-event';
import { FeedWatches } from './feed-watch.client';
import { ReadTurns } from './read-turns.client';

/** Shorter than the idle timeout of common proxies. */
const HEARTBEAT_MS = 15_000;
/** A hint may be lost: the feed is looked at all the same, now and then. */
const LOOK_EVERY_HEARTBEATS = 4;
const RECONNECT_MS = 2_000;
/** A page is held for as long as its client does not read. */
const STREAM_PAGE = 10;
/** Pages that the streams of an account fetch at a time. */
const PAGES_AT_ONCE = 4;
/** Before a page whose stream had to wait for another's: an account that catches up with a hundred reads some 20 MB a second. */
const BREATH_MS = 25;

/** The public events of an account and environment, in order and without a gap, by page or as they happen. */
@Controller('v1/events')
export class EventsController {
  private readonly turns = new ReadTurns(PAGES_AT_ONCE, BREATH_MS);

  constructor(
    private readonly peers: Peers,
    private readonly streams: OpenStreams,
    private readonly settings: Settings,
    private readonly watches: FeedWatches,
  ) {}

  @Get()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const { after, limit } = parseQuery(eventsQuery, request.query);
    if (wantsStream(request)) return this.follow(request, reply, caller, after);
    if (caller.until !== undefined)
      throw new Refusal('forbidden', 'A stream token opens the stream only: ask with Accept: text/event-stream.');
    const page = await this.page(caller, cursorOf('after', after ?? '0'), limit);
    const next = page.events.at(-1)?.seq.toString() ?? after ?? '0';
    const data = page.events.map((event) => feedEventJson(event, caller.environment));
    // Also at the end of the feed: it is where the next question goes on.
    sendJson(
      reply,
      200,
      renderList({ limit, offset: 0, startingAfter: '' }, data, page.more, next).replace(
        '"next_cursor":null',
        `"next_cursor":"${next}"`,
      ),
    );
  }

  private async follow(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    after: string | undefined,
  ): Promise<void> {
    const lastEventId = request.headers['last-event-id'];
    const place =
      typeof lastEventId === 'string' && lastEventId !== ''
        ? cursorOf('Last-Event-ID', lastEventId)
        : after === undefined
          ? undefined
          : cursorOf('after', after);
    const stream = openStream(this.streams, caller, reply, this.settings.supportUrl);
    await sendText(
      reply,
      { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
      this.texts(caller, place, stream),
      stream,
    );
  }

  private async *texts(caller: Caller, after: bigint | undefined, { signal }: OpenStream): AsyncGenerator<string> {
    const watch = this.watches.watch(caller);
    try {
      let place = after ?? (await this.newest(caller));
      let page = await this.nextPage(caller, place);
      // Whoever is cut off before the first event knows where to go on.
      yield `retry: ${RECONNECT_MS}\nid: ${place}\n\n`;
      for (let quiet = 0; !signal.aborted; page = await this.nextPage(caller, place)) {
        for (const event of page.events) {
          yield feedFrame(event, caller.environment);
          place = event.seq;
        }
        if (page.more) continue;
        for (let grown = false; !grown && !signal.aborted; quiet++) {
          const heard = await watch.next(HEARTBEAT_MS, signal);
          if (!heard && !signal.aborted) yield ': still here\n\n';
          grown = heard || quiet % LOOK_EVERY_HEARTBEATS === LOOK_EVERY_HEARTBEATS - 1;
        }
      }
    } finally {
      watch.end();
    }
  }

  private nextPage(caller: Caller, after: bigint): Promise<ReadFeedResponse> {
    return this.turns.take(caller.accountId, () => this.page(caller, after, STREAM_PAGE));
  }

  private async newest({ accountId, environment }: Caller): Promise<bigint> {
    return (await call(this.peers.webhooks, 'readFeed', { accountId, environment, after: 0n, limit: 0 })).newest;
  }

  /** @throws Refusal cursor_expired, or invalid_request for a place that the feed has not reached */
  private async page({ accountId, environment }: Caller, after: bigint, limit: number): Promise<ReadFeedResponse> {
    const page = await call(this.peers.webhooks, 'readFeed', { accountId, environment, after, limit });
    if (page.expired)
      throw new Refusal(
        'cursor_expired',
        'Events behind this place are not kept any more. Begin again without a cursor.',
      );
    if (page.unknown)
      throw invalidRequest([
        { field: 'after', message: 'is ahead of the feed: it is no cursor of this account and environment' },
      ]);
    return page;
  }
}

function wantsStream(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').toLowerCase().includes('text/event-stream');
}

function cursorOf(field: string, text: string): bigint {
  const cursor = readCursor(text);
  if (cursor === undefined) throw invalidRequest([{ field, message: 'must be the sequence of an event' }]);
  return cursor;
}
