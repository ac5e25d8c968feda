import { DiskArtifactStore, signLink } from '@usvideo/artifacts';
import sharp from 'sharp';
import { LINK_SECRET, type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;
let authorization: string;

const job = {
  id: 'job_1',
  status: 'completed',
  model: 'test-picture',
  prompt: 'a fox',
  resolution: '720p',
  aspect_ratio: '9:16',
  duration: 4,
  progress: 100,
  created_at: '2026-03-02T10:00:00.000Z',
  completed_at: '2026-03-02T10:01:00.000Z',
  video_url: null as string | null,
  video_url_expires_at: null,
  thumbnail_url: null,
  error: null,
};

beforeAll(async () => {
  test = await startTestGateway();
  authorization = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.orders.length = 0;
  test.peers.createJob = ({ idempotencyKey }) => ({
    jobId: 'job_1',
    jobJson: JSON.stringify({ ...job, status: 'pending' }),
    replayed: test.peers.orders.filter((order) => order.idempotencyKey === idempotencyKey).length > 1,
  });
  test.peers.scheduler.getJob = () => ({ jobJson: JSON.stringify(job), status: job.status });
});

const send = (method: string, path: string, body?: string | FormData, headers: Record<string, string> = {}) =>
  fetch(`${test.url}${path}`, { method, headers: { authorization, ...headers }, body: body ?? null });
const json = (method: string, path: string, body: object, headers: Record<string, string> = {}) =>
  send(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });

describe('the OpenAI Videos protocol', () => {
  it('creates from a form with a picture', async () => {
    const picture = await sharp({ create: { width: 90, height: 160, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const form = new FormData();
    for (const [name, value] of Object.entries({ prompt: 'a fox', model: 'sora-2', seconds: '4', size: '720x1280' }))
      form.append(name, value);
    form.append('input_reference', new File([new Uint8Array(picture)], 'fox.png', { type: 'image/png' }));
    const response = await send('POST', '/openai/v1/videos', form);
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ id: 'job_1', object: 'video', status: 'queued', seconds: '4', size: '720x1280' }),
    ]);
    expect(test.peers.orders[0]).toMatchObject({
      terms: { model: '', mode: 'image_to_video', resolution: '720p', aspectRatio: '9:16', durationSeconds: 4 },
      content: { prompt: 'a fox' },
    });
    expect(test.peers.orders[0]!.content!.firstFrameKey).toMatch(/^inputs\/acc_1\//);
  });

  it('gives a repetition of the SDK the job of its first try', async () => {
    const order = { prompt: 'a fox' };
    await json('POST', '/openai/v1/videos', order, { 'x-stainless-retry-count': '0' });
    await json('POST', '/openai/v1/videos', order, { 'x-stainless-retry-count': '1' });
    await json('POST', '/openai/v1/videos', order, { 'x-stainless-retry-count': '0' });
    const [first, again, second] = test.peers.orders.map((placed) => placed.idempotencyKey);
    expect(again).toBe(first);
    expect(second).not.toBe(first);
  });

  it('gets, lists and deletes', async () => {
    test.peers.scheduler.listJobs = () => ({ jobJson: [JSON.stringify(job)], hasMore: true, nextCursor: 'job_1' });
    test.peers.scheduler.eraseContent = () => ({ refusal: '', status: 'completed', jobJson: '{}', artifactKeys: [] });
    expect(await (await send('GET', '/openai/v1/videos/job_1')).json()).toMatchObject({
      id: 'job_1',
      status: 'completed',
      completed_at: 1_772_445_660,
    });
    expect(await (await send('GET', '/openai/v1/videos?limit=1')).json()).toMatchObject({
      object: 'list',
      data: [{ id: 'job_1' }],
      first_id: 'job_1',
      last_id: 'job_1',
      has_more: true,
    });
    expect(await (await send('DELETE', '/openai/v1/videos/job_1')).json()).toEqual({
      id: 'job_1',
      object: 'video.deleted',
      deleted: true,
    });
  });

  it('downloads the file', async () => {
    await new DiskArtifactStore(`${test.dataDir}/artifacts`).put('videos/job_1/1.mp4', Buffer.from('a video'));
    const link = signLink({
      secret: LINK_SECRET,
      publicUrl: 'https://api.example.com',
      jobId: 'job_1',
      key: 'videos/job_1/1.mp4',
      expiresAt: new Date(Date.now() + 60_000),
    });
    test.peers.scheduler.getJob = () => ({ jobJson: JSON.stringify({ ...job, video_url: link }), status: job.status });
    const response = await send('GET', '/openai/v1/videos/job_1/content');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'video/mp4',
      'a video',
    ]);
    const none = await send('GET', '/openai/v1/videos/job_1/content?variant=thumbnail');
    expect([none.status, ((await none.json()) as { error: { message: string } }).error.message]).toEqual([
      400,
      expect.stringContaining('no file'),
    ]);
  });

  it.each<[string, string, object | undefined, number, object]>([
    [
      'POST',
      '',
      { prompt: 'x', seconds: '12' },
      400,
      { type: 'invalid_request_error', param: 'seconds', code: 'invalid_request' },
    ],
    ['POST', '', { prompt: 'x', input_reference: 'data:image/png;base64,aGVsbG8=' }, 400, { param: 'input_reference' }],
    ['POST', '/job_1/remix', { prompt: 'x' }, 400, { message: expect.stringContaining('remix') }],
    ['POST', '/edits', { prompt: 'x' }, 400, { message: expect.stringContaining('edits') }],
    ['GET', '/job_1/content?variant=spritesheet', undefined, 400, { param: 'variant' }],
    ['GET', '/nothing', undefined, 404, { type: 'invalid_request_error', code: 'job_not_found', param: null }],
  ])('refuses %s %s in its own envelope', async (method, path, body, status, error) => {
    const response = body
      ? await json(method, `/openai/v1/videos${path}`, body)
      : await send(method, `/openai/v1/videos${path}`);
    expect([response.status, await response.json()]).toEqual([
      status,
      {
        error: {
          message: expect.any(String),
          type: expect.any(String),
          param: null,
          code: expect.any(String),
          ...error,
        },
      },
    ]);
  });

  it('is named to its SDK when it is given the address of the native API', async () => {
    const response = await json(
      'POST',
      '/v1/videos',
      { prompt: 'x', seconds: '4' },
      { 'user-agent': 'OpenAI/JS 7.0.0' },
    );
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, error.message]).toEqual([400, expect.stringContaining('/openai/v1')]);
    const others = await json('POST', '/v1/videos', { prompt: 'x', seconds: '4' }, { 'user-agent': 'curl/8.0' });
    expect(await others.json()).toMatchObject({
      error: 'invalid_request',
      message: expect.not.stringContaining('openai'),
    });
  });
});
