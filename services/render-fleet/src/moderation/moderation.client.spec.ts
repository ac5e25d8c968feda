import { createLogger } from '@usvideo/runtime';
import { eventually, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import { Moderation, type ModerationOptions } from './moderation.client';

const material = {
  stage: 'request',
  texts: ['a fox'],
  images: [{ type: 'image/png', bytes: Buffer.from('picture') }],
} as const;
const LONG_MS = 60_000;

describe('moderation', () => {
  let server: HttpReceiver;
  beforeEach(async () => {
    server = await httpReceiver();
  });
  afterEach(() => server.stop());

  const moderation = (over: Partial<ModerationOptions> = {}) =>
    new Moderation({
      url: `${server.url}/v1/moderations`,
      token: 'a-token',
      model: 'omni',
      timeoutMs: 5_000,
      whenAway: 'wait',
      logger: createLogger('render-fleet', 'silent'),
      ...over,
    });
  const judge = (over: Partial<ModerationOptions> = {}, waitMs = LONG_MS, signal = new AbortController().signal) =>
    moderation(over).judge(material, waitMs, signal);
  const answers = (...given: (readonly [status: number, body: unknown])[]) => {
    let asked = 0;
    server.answerWith((_, response) => {
      const [status, body] = given[Math.min(asked++, given.length - 1)]!;
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  };
  const allowed = [200, { results: [{ flagged: false }] }] as const;
  const flagged = [200, { results: [{ flagged: true, categories: { violence: true } }] }] as const;

  it('asks in the words of the protocol', async () => {
    answers(allowed);
    await judge();
    expect(server.requests).toHaveLength(1);
    const [{ headers, body }] = server.requests as [(typeof server.requests)[number]];
    expect(headers.authorization).toBe('Bearer a-token');
    expect(JSON.parse(body.toString())).toEqual({
      model: 'omni',
      input: [
        { type: 'text', text: 'a fox' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.from('picture').toString('base64')}` } },
      ],
    });
  });

  it('rejects what is flagged, for good, and tells nobody for what', async () => {
    answers(flagged);
    await expect(judge({ whenAway: 'allow' })).rejects.toMatchObject({
      code: 'content_rejected',
      retryable: false,
      message: expect.not.stringContaining('violence'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, readonly [number, unknown]]>([
    ['an error', [500, 'boom']],
    ['text', [200, 'fine']],
    ['nothing of the protocol', [200, { ok: true }]],
    ['too much', [200, 'x'.repeat(300_000)]],
  ])('takes %s for no answer, and waits for one', async (_, first) => {
    answers(first, flagged);
    await expect(judge()).rejects.toMatchObject({ code: 'content_rejected' });
    expect(server.requests).toHaveLength(2);
  });

  it('follows no redirect', async () => {
    let asked = 0;
    server.answerWith((_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(302, { location: `${server.url}/elsewhere` }).end();
      else response.writeHead(200).end(JSON.stringify(flagged[1]));
    });
    await expect(judge()).rejects.toMatchObject({ code: 'content_rejected' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/moderations', '/v1/moderations']);
  });

  it('gives up on an answer that does not come in time, and goes on without it where that is allowed', async () => {
    server.answerWith(() => undefined);
    await expect(judge({ timeoutMs: 100, whenAway: 'allow' })).resolves.toBeUndefined();
    await expect(judge({ timeoutMs: 100 }, 0)).rejects.toMatchObject({ code: 'engine_error', retryable: true });
  });

  it('leaves a server alone that failed three times in a row', async () => {
    answers([503, 'away']);
    const lenient = moderation({ whenAway: 'allow' });
    for (let job = 1; job <= 5; job++) await lenient.judge(material, LONG_MS, new AbortController().signal);
    expect(server.requests).toHaveLength(3);
  });

  it('ends at once with the lease', async () => {
    server.answerWith(() => undefined);
    const lease = new AbortController();
    const judging = judge({}, LONG_MS, lease.signal);
    await eventually(() => server.requests.length === 1, { what: 'the question' });
    lease.abort(new Error('cancelled'));
    await expect(judging).rejects.toThrow('cancelled');
  });
});
