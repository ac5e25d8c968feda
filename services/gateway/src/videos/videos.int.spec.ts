import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import sharp from 'sharp';
import { allowed, failure } from '../http/fake-peers.fixture';
import { faultsOf, orderingCustomer } from '../http/orders.fixture';

const customer = orderingCustomer();
const { create, send } = customer;

describe('creating a video', () => {
  it('passes the order on, and the job back byte for byte', async () => {
    customer.test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{"id":"job_1",  "seed":1.0}' });
    const response = await create(
      { prompt: 'a red ball', seed: 7, metadata: { a: 'b' } },
      { 'idempotency-key': 'order-1' },
    );
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('{"id":"job_1",  "seed":1.0}');
    expect(response.headers.get('location')).toBe('https://api.example.com/v1/videos/job_1');
    expect(response.headers.get('idempotent-replayed')).toBeNull();
    expect(response.headers.get('x-ratelimit-limit')).toBe('300');
    expect(customer.test.peers.orders).toMatchObject([
      {
        accountId: 'acc_1',
        environment: 'live',
        apiKeyId: 'key_usv_live_0123456789abcdefghijklmnop',
        idempotencyKey: 'order-1',
        seedGiven: true,
        terms: { resolution: '720p', durationSeconds: 5, seed: 7 },
        content: { prompt: 'a red ball', metadata: new Map([['a', 'b']]) },
        deadlineSeconds: 86_400,
      },
    ]);
    expect(customer.test.peers.orders[0]!.requestSha256).toHaveLength(32);
  });

  it('counts an order once, on its way', async () => {
    await create({ prompt: 'x' });
    expect(customer.test.peers.checks).toEqual([]);
  });

  it('says when an earlier request made the job', async () => {
    customer.test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{}', replayed: true });
    const response = await create({ prompt: 'x' }, { 'idempotency-key': 'a' });
    expect([response.status, response.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
  });

  it('counts a refused body against creates', async () => {
    const response = await create({ duration: 0 });
    expect(await faultsOf(response)).toMatchObject({
      status: 400,
      error: 'invalid_request',
      fields: ['prompt', 'duration'],
    });
    expect(customer.test.peers.checks).toMatchObject([{ policy: 'creates' }]);
    expect(customer.test.peers.orders).toEqual([]);
  });

  it('tells the faults of query, headers, body and URLs together', async () => {
    const response = await send('POST', '/v1/videos?dry=1', {
      body: JSON.stringify({
        prompt: 'x',
        webhook_url: 'http://127.0.0.1/hook',
        first_frame: 'https://169.254.169.254/',
      }),
      headers: { 'idempotency-key': 'a b' },
    });
    expect((await faultsOf(response)).fields).toEqual(['dry', 'Idempotency-Key', 'webhook_url', 'first_frame']);
  });

  it.each([
    ['loopback', 'https://127.0.0.1/hook'],
    ['IPv6 loopback', 'https://[::1]/hook'],
    ['a private address', 'https://10.1.2.3/hook'],
    ['the metadata address', 'http://169.254.169.254/latest'],
    ['a decimal address', 'https://2130706433/'],
    ['a mapped address', 'https://[::ffff:127.0.0.1]/'],
    ['credentials', 'https://user:secret@example.com/'],
    ['another scheme', 'ftp://example.com/'],
    ['no URL', 'not a url'],
    ['plain http', 'http://93.184.216.34/'],
  ])('refuses a webhook_url with %s, by name', async (_, url) => {
    expect(await faultsOf(await create({ prompt: 'x', webhook_url: url }))).toMatchObject({
      status: 400,
      fields: ['webhook_url'],
    });
  });

  it('lets webhooks into the private ranges the operator allowed', async () => {
    expect((await create({ prompt: 'x', webhook_url: 'http://192.168.7.9/hook' })).status).toBe(202);
  });

  it.each([
    ['broken JSON', '{"prompt":', 400, 'invalid_request'],
    ['a list', '[]', 400, 'invalid_request'],
    ['no body', undefined, 400, 'invalid_request'],
    ['deep nesting', `{"prompt":${'['.repeat(500_000)}`, 400, 'invalid_request'],
    ['17 MiB', JSON.stringify({ prompt: 'x'.repeat(17 * 1024 * 1024) }), 413, 'payload_too_large'],
  ])('refuses %s', async (_, body, code, error) => {
    expect(await faultsOf(await send('POST', '/v1/videos', body === undefined ? {} : { body }))).toMatchObject({
      status: code,
      error,
    });
  });

  it('refuses another content type', async () => {
    const response = await send('POST', '/v1/videos', {
      body: 'prompt=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(await faultsOf(response)).toMatchObject({ status: 415, error: 'unsupported_media_type' });
  });

  it('names the support page and the wait when the limit is spent', async () => {
    customer.test.peers.createJob = () => ({
      refusal: 'rate_limit_exceeded',
      retryAfterMs: 1_201,
      rate: { ...allowed(300).rate!, remaining: 0 },
    });
    const response = await create({ prompt: 'x' });
    expect(response.headers.get('retry-after')).toBe('2');
    expect(response.headers.get('retry-after-ms')).toBe('1201');
    expect(response.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(await faultsOf(response)).toMatchObject({
      status: 429,
      error: 'rate_limit_exceeded',
      message: expect.stringContaining('https://support.example.com'),
    });
  });

  it('answers 503 when nobody knows whether it was done, whatever the rate says, and spends nothing more', async () => {
    customer.test.peers.createJob = () => Promise.reject(new Error('broken'));
    customer.test.peers.checkRate = () => ({ ...allowed(300), allowed: false, retryAfterMs: 50 });
    expect(await faultsOf(await create({ prompt: 'x' }))).toMatchObject({ status: 503, error: 'service_unavailable' });
    expect(customer.test.peers.checks).toEqual([]);
    customer.test.peers.checkRate = () => allowed(3_000);
  });

  it('answers 503 when the outcome is unknown', async () => {
    customer.test.peers.createJob = () => Promise.reject(new Error('broken'));
    const stopped = customer.test.peers.stop();
    const response = await create({ prompt: 'x' });
    expect(await faultsOf(response)).toMatchObject({ status: 503, error: 'service_unavailable' });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('x-ratelimit-limit')).toBe('300');
    await stopped;
    await customer.test.peersBack();
  });
});

describe('reading videos', () => {
  const found = { jobJson: '{"id":"job_1"}', status: 'processing' };

  it('gets a job within its account and environment', async () => {
    const seen: object[] = [];
    customer.test.peers.scheduler.getJob = (request) => {
      seen.push(request);
      return found;
    };
    const response = await send('GET', '/v1/videos/job_1');
    expect(await response.text()).toBe(found.jobJson);
    expect(response.headers.get('x-ratelimit-limit')).toBe('3000');
    expect(seen).toEqual([{ accountId: 'acc_1', environment: 'live', jobId: 'job_1' }]);
  });

  it("answers the same for a job that is not there, not the caller's, or no job id at all", async () => {
    customer.test.peers.scheduler.getJob = () => {
      throw failure(status.NOT_FOUND);
    };
    const bodies = await Promise.all(
      ['job_1', 'job_%00', 'nonsense', `job_${'1'.repeat(900)}`].map(async (id) => {
        const response = await send('GET', `/v1/videos/${id}`);
        const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>;
        return { status: response.status, body };
      }),
    );
    for (const answer of bodies)
      expect(answer).toEqual({
        status: 404,
        body: { error: 'job_not_found', message: expect.any(String), doc_url: expect.any(String) },
      });
  });

  it('waits for the end when asked to', async () => {
    customer.test.peers.scheduler.getJob = () => found;
    customer.test.peers.watchJob = (_, push, stream) => {
      push({ updateId: '1.0', status: 'processing', jobJson: '{"status":"processing"}' });
      push({ updateId: '2.0', status: 'completed', jobJson: '{"status":"completed"}' });
      stream.end();
    };
    const response = await send('GET', '/v1/videos/job_1', { headers: { prefer: 'wait=20' } });
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    expect(await response.json()).toEqual({ status: 'completed' });
  });

  it('answers with the job as it is when the time is over', async () => {
    customer.test.peers.scheduler.getJob = () => found;
    customer.test.peers.watchJob = (_, push) =>
      push({ updateId: '1.0', status: 'processing', jobJson: '{"progress":40}' });
    const response = await send('GET', '/v1/videos/job_1', { headers: { prefer: 'wait=1' } });
    expect([response.headers.get('preference-applied'), await response.json()]).toEqual(['wait=1', { progress: 40 }]);
    expect(response.headers.get('warning')).toBeNull();
    const unclear = await send('GET', '/v1/videos/job_1', { headers: { prefer: 'wait=soon' } });
    expect([unclear.status, unclear.headers.get('preference-applied'), unclear.headers.get('warning')]).toEqual([
      200,
      null,
      expect.stringContaining('from 1 to 50'),
    ]);
  });

  it('lists with filters, and passes the jobs through', async () => {
    let seen: object = {};
    customer.test.peers.scheduler.listJobs = (request) => {
      seen = request;
      return { jobJson: ['{"id":"job_2"}', '{"id": 1}'], hasMore: true, nextCursor: 'job_1' };
    };
    const response = await send(
      'GET',
      '/v1/videos?limit=2&status=failed&status=completed&created_after=2026-01-01T00:00:00Z&end_user=u1&starting_after=job_9',
    );
    expect(await response.text()).toBe(
      '{"object":"list","data":[{"id":"job_2"},{"id": 1}],"has_more":true,"next_cursor":"job_1","limit":2,"offset":0}',
    );
    expect(seen).toMatchObject({
      limit: 2,
      startingAfter: 'job_9',
      statuses: ['failed', 'completed'],
      createdAfter: new Date('2026-01-01T00:00:00Z'),
      endUser: 'u1',
    });
  });

  it('refuses filters it does not know', async () => {
    expect(await faultsOf(await send('GET', '/v1/videos?limit=0&offset=10001&state=done'))).toMatchObject({
      status: 400,
      fields: ['limit', 'state'],
    });
    expect(await faultsOf(await send('GET', '/v1/videos?offset=10001'))).toMatchObject({
      fields: ['offset'],
      message: expect.stringContaining('next_cursor'),
    });
  });
});

describe('ending videos', () => {
  it.each([
    ['POST', '/v1/videos/job_1/cancel'],
    ['DELETE', '/v1/videos/job_1'],
  ])('cancels by %s %s', async (method, path) => {
    let by: string | undefined;
    customer.test.peers.scheduler.cancelJob = ({ apiKeyId }) => {
      by = apiKeyId;
      return { refusal: '', status: 'cancelled', jobJson: '{"status":"cancelled"}' };
    };
    const response = await send(method, path);
    expect([response.status, await response.text()]).toEqual([200, '{"status":"cancelled"}']);
    expect(by).toBe('key_usv_live_0123456789abcdefghijklmnop');
  });

  it('says why a job cannot be cancelled any more', async () => {
    customer.test.peers.scheduler.cancelJob = () => ({
      refusal: 'job_not_cancellable',
      status: 'processing',
      jobJson: '',
    });
    const response = await send('POST', '/v1/videos/job_1/cancel', { body: '{}' });
    expect([response.status, await response.json()]).toEqual([
      409,
      expect.objectContaining({ error: 'job_not_cancellable', status: 'processing' }),
    ]);
  });

  it('deletes the files of erased content', async () => {
    const bytes = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'blue' } })
      .png()
      .toBuffer();
    await create({ prompt: 'x', first_frame: `data:image/png;base64,${bytes.toString('base64')}` });
    const key = customer.test.peers.orders[0]!.content!.firstFrameKey!;
    customer.test.peers.scheduler.eraseContent = () => ({
      refusal: '',
      status: 'completed',
      jobJson: '{"prompt":null}',
      artifactKeys: [key],
    });
    expect(await (await send('DELETE', '/v1/videos/job_1/content')).json()).toEqual({ prompt: null });
    expect(await readdir(join(customer.test.dataDir, 'artifacts', 'inputs', 'acc_1')).catch(() => [])).not.toContain(
      key.slice('inputs/acc_1/'.length),
    );
    expect(customer.test.peers.deleted).toContain(key);
  });

  it('erases nothing of a job that goes on', async () => {
    customer.test.peers.scheduler.eraseContent = () => ({
      refusal: 'job_not_ended',
      status: 'processing',
      jobJson: '',
      artifactKeys: [],
    });
    expect(await faultsOf(await send('DELETE', '/v1/videos/job_1/content'))).toMatchObject({
      status: 409,
      error: 'job_not_ended',
    });
  });
});
