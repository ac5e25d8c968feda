import type { FeedEvent, ReadFeedRequest, ReadFeedResponse } from '@usvideo/contracts/webhooks';
import { eventually } from '@usvideo/testing';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

interface Page {
  readonly data: readonly { readonly sequence: number }[];
  readonly next_cursor: string;
  readonly error?: string;
}

let test: TestGateway;
let authorization: string;
/** What the feed holds, from sequence 1. */
let feed: FeedEvent[];
let asked: ReadFeedRequest[];

const event = (seq: number): FeedEvent => ({
  seq: BigInt(seq),
  eventId: `evt_${seq}`,
  event: 'video.completed',
  jobId: `job_${seq}`,
  recordedAt: new Date(0),
  body: Buffer.from(`{"event":"video.completed","n":${seq}}`),
});

beforeEach(async () => {
  test = await startTestGateway();
  authorization = test.peers.addKey('usv_test_0123456789abcdefghijklmnop', { environment: 'test' });
  feed = [event(1), event(2), event(3)];
  asked = [];
  test.peers.webhooks.readFeed = (request) => {
    asked.push(request);
    const newest = BigInt(feed.length);
    const answer: ReadFeedResponse = {
      events: [],
      more: false,
      expired: false,
      unknown: request.after > newest,
      newest,
    };
    if (request.after === 777n) return { ...answer, expired: true };
    const behind = feed.filter(({ seq }) => seq > request.after);
    return { ...answer, events: behind.slice(0, request.limit), more: behind.length > request.limit };
  };
});
afterEach(() => test.stop());

const get = (query: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${test.url}/v1/events${query}`, { headers: { authorization, ...headers }, signal: signal ?? null });
const json = async (query: string) => {
  const response = await get(query);
  return { status: response.status, body: (await response.json()) as Page };
};

/** Grows and tells the gateway so. */
function grow(): void {
  feed.push(event(feed.length + 1));
  for (const watcher of test.peers.feedWatchers) watcher.write({ accountId: 'acc_1', environment: 'test' });
}

describe('the feed', () => {
  it('is read page by page in the environment of the key, and ends with the place to go on from', async () => {
    const first = await json('?limit=2');
    expect(first.body.data.map((each) => each.sequence)).toEqual([1, 2]);
    expect(first.body).toMatchObject({ object: 'list', has_more: true, next_cursor: '2' });
    expect(first.body.data[0]).toMatchObject({
      id: 'evt_1',
      object: 'event',
      livemode: false,
      data: { event: 'video.completed', n: 1 },
    });
    const second = await json(`?limit=2&after=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ has_more: false, next_cursor: '3' });
    expect((await json('?after=3')).body).toMatchObject({ data: [], has_more: false, next_cursor: '3' });
    expect(asked[0]).toMatchObject({ accountId: 'acc_1', environment: 'test', after: 0n, limit: 2 });
  });

  it.each([
    ['?after=evt_1', 400],
    ['?after=-1', 400],
    ['?after=99', 400],
    ['?after=777', 410],
    ['?limit=0', 400],
    ['?starting_after=1', 400],
  ])('%s is answered %d', async (query, status) => {
    const answer = await json(query);
    expect(answer.status).toBe(status);
    if (status === 410) expect(answer.body.error).toBe('cursor_expired');
  });
});

describe('the stream of events', () => {
  /** Frames as they come, comments left out. */
  async function* frames(response: Response): AsyncGenerator<string> {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const frame = text.slice(0, end);
        text = text.slice(end + 2);
        if (frame.startsWith('id: ')) yield frame.split('\n')[0]!.slice(4);
      }
    }
  }
  const stream = (headers: Record<string, string> = {}, query = '', signal?: AbortSignal) =>
    get(query, { accept: 'text/event-stream', ...headers }, signal);

  it('tells what happens from now on, each once and in order', async () => {
    const response = await stream();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const told = frames(response);
    await eventually(() => test.peers.feedWatchers.size === 1 && asked.some(({ limit }) => limit > 1), {
      what: 'the stream is at the end of the feed',
    });
    grow();
    expect((await told.next()).value).toBe('4');
    grow();
    grow();
    expect([(await told.next()).value, (await told.next()).value]).toEqual(['5', '6']);
    await told.return(undefined);
  });

  it('goes on behind Last-Event-ID, however much was missed', async () => {
    for (let seq = 4; seq <= 250; seq++) feed.push(event(seq));
    const told = frames(await stream({ 'last-event-id': '2' }));
    for (let seq = 3; seq <= 250; seq++) expect((await told.next()).value).toBe(String(seq));
    await told.return(undefined);
  });

  it('misses nothing that happened while the hints were away', async () => {
    const told = frames(await stream({}, '?after=3'));
    await eventually(() => test.peers.feedWatchers.size === 1, { what: 'the gateway listens' });
    for (const watcher of test.peers.feedWatchers) watcher.destroy();
    test.peers.feedWatchers.clear();
    feed.push(event(4));
    expect((await told.next()).value).toBe('4');
    await told.return(undefined);
  });

  it('refuses a place that is not kept before it begins', async () => {
    expect((await stream({ 'last-event-id': '777' })).status).toBe(410);
    expect((await stream({ 'last-event-id': 'evt_1' })).status).toBe(400);
    expect((await json('')).status).toBe(200);
  });

  it('gives its place back when the client goes away', async () => {
    test.peers.scheduler.getLimits = () => ({ allowed: undefined, runningJobs: 0, queuedJobs: 0 });
    const inUse = async () =>
      (
        (await (await fetch(`${test.url}/v1/limits`, { headers: { authorization } })).json()) as {
          streams: { in_use: number };
        }
      ).streams.in_use;
    const gone = new AbortController();
    const response = await stream({}, '?after=0', gone.signal);
    expect(response.status).toBe(200);
    expect(await inUse()).toBe(1);
    gone.abort();
    await eventually(async () => (await inUse()) === 0, { what: 'the place is free' });
  });
});
