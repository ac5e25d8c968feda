import type { ReadFeedRequest, ReadFeedResponse } from '@usvideo/contracts/webhooks';
import { eventually } from '@usvideo/testing';
import { LINK_SECRET, type TestGateway, startTestGateway } from '../http/gateway.fixture';
import { sealStreamToken } from '../identity/stream-token';

interface Made {
  readonly token: string;
  readonly url: string;
  readonly job_id: string | null;
  readonly expires_at: string;
  readonly error?: string;
}

let test: TestGateway;
let key: string;
let asked: ReadFeedRequest[];

beforeEach(async () => {
  test = await startTestGateway();
  key = test.peers.addKey('usv_test_0123456789abcdefghijklmnop', { environment: 'test' });
  asked = [];
  test.peers.webhooks.readFeed = (request): ReadFeedResponse => {
    asked.push(request);
    const events =
      request.after > 0n || request.limit === 0
        ? []
        : [
            {
              seq: 1n,
              eventId: 'evt_1',
              event: 'video.completed',
              jobId: 'job_1',
              recordedAt: new Date(0),
              body: Buffer.from('{}'),
            },
          ];
    return { events, more: false, expired: false, unknown: false, newest: 1n };
  };
  test.peers.scheduler.getJob = ({ jobId }) => ({ jobJson: jobId === 'job_1' ? '{}' : '', status: 'pending' });
  test.peers.watchJob = (_, push) => {
    push({ updateId: '1.0', status: 'processing', jobJson: '{}' });
  };
});
afterEach(() => test.stop());

async function make(body: object, authorization = key): Promise<Made & { status: number }> {
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(`${test.url}/v1/stream-tokens`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, ...((await response.json()) as Made) };
}

/** As EventSource of a page of another origin asks. */
const follow = (path: string, token: string, headers: Record<string, string> = {}) =>
  fetch(`${test.url}${path}?token=${encodeURIComponent(token)}`, {
    headers: { accept: 'text/event-stream', origin: 'https://page.example', ...headers },
  });

async function firstOf(response: Response, until: string): Promise<string> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(until)) break;
  }
  return text;
}

const grant = (changes: object = {}) =>
  sealStreamToken(LINK_SECRET, {
    accountId: 'acc_1',
    environment: 'test',
    keyId: 'key_1',
    jobId: '',
    expiresAt: new Date(Date.now() + 60_000),
    ...changes,
  });

describe('a token for the feed', () => {
  it('opens the stream of its account and environment for a page of any origin', async () => {
    const made = await make({ expires_in: 60 });
    expect(made).toMatchObject({
      status: 201,
      job_id: null,
      url: `https://api.example.com/v1/events?token=${made.token}`,
    });
    expect(Date.parse(made.expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
    const response = await fetch(`${test.url}/v1/events?after=0&token=${made.token}`, {
      headers: { accept: 'text/event-stream', origin: 'https://page.example' },
    });
    expect([
      response.status,
      response.headers.get('access-control-allow-origin'),
      response.headers.get('cache-control'),
    ]).toEqual([200, '*', 'no-store']);
    expect(await firstOf(response, 'id: 1')).toContain('id: 1\nevent: video.completed\ndata: {"id":"evt_1"');
    expect(asked[0]).toMatchObject({ accountId: 'acc_1', environment: 'test' });
  });

  it('opens no page of the feed, no job and nothing else', async () => {
    const token = grant();
    expect((await fetch(`${test.url}/v1/events?token=${token}`)).status).toBe(403);
    expect((await follow('/v1/videos/job_1/events', token)).status).toBe(401);
    for (const path of ['/v1/videos', '/v1/videos/job_1', '/v1/balance'])
      expect([path, (await follow(path, token)).status]).toEqual([path, 401]);
    expect((await fetch(`${test.url}/v1/events`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });
});

describe('a token for a job', () => {
  it('opens the stream of this job, and no other', async () => {
    const made = await make({ job_id: 'job_1' });
    expect(made).toMatchObject({
      status: 201,
      job_id: 'job_1',
      url: `https://api.example.com/v1/videos/job_1/events?token=${made.token}`,
    });
    const response = await follow('/v1/videos/job_1/events', made.token);
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(await firstOf(response, 'id: 1.0')).toContain('event: video.processing');
    for (const path of ['/v1/videos/job_2/events', '/v1/events']) {
      const refused = await follow(path, made.token);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
    }
  });

  it('is made for a job of the caller only, by whoever may see it', async () => {
    expect(await make({ job_id: 'job_2' })).toMatchObject({ status: 404, error: 'job_not_found' });
    const narrow = test.peers.addKey('usv_test_narrow6789abcdefghijklmno', { scopes: ['videos'] });
    expect(await make({ job_id: 'job_1' }, narrow)).toMatchObject({ status: 201 });
    expect(await make({}, narrow)).toMatchObject({ status: 403, error: 'forbidden' });
    expect(await make({ expires_in: 86_400 })).toMatchObject({ status: 400 });
  });
});

describe('the time of a token', () => {
  it('is over: it opens nothing', async () => {
    expect((await follow('/v1/events', grant({ expiresAt: new Date(Date.now() - 1) }))).status).toBe(401);
    expect(
      (await fetch(`${test.url}/v1/events?token=a&token=${grant()}`, { headers: { accept: 'text/event-stream' } }))
        .status,
    ).toBe(401);
  });

  it('ends what it opened, and the places are free again', async () => {
    const expiresAt = new Date(Date.now() + 8_000);
    const opened = await Promise.all([
      follow('/v1/events', grant({ expiresAt })),
      follow('/v1/videos/job_1/events', grant({ jobId: 'job_1', expiresAt })),
    ]);
    expect(opened.map((response) => response.status)).toEqual([200, 200]);
    for (const response of opened) expect(await response.text()).toContain('retry: 2000');
    test.peers.scheduler.getLimits = () => ({ allowed: undefined, runningJobs: 0, queuedJobs: 0 });
    const inUse = async () =>
      (
        (await (await fetch(`${test.url}/v1/limits`, { headers: { authorization: key } })).json()) as {
          streams: { in_use: number };
        }
      ).streams.in_use;
    await eventually(async () => (await inUse()) === 0, { what: 'the places are free' });
  }, 60_000);
});

it.each(['/v1/events', '/v1/videos/job_1/events'])(
  'a page may ask first whether it may send Last-Event-ID to %s',
  async (path) => {
    const response = await fetch(`${test.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'last-event-id',
      },
    });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': expect.stringContaining('Last-Event-ID'),
    });
  },
);

it('what is asked with a key is for no page of another origin', async () => {
  const response = await fetch(`${test.url}/v1/events`, {
    headers: { authorization: key, origin: 'https://page.example' },
  });
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, null]);
});
