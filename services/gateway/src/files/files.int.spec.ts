import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskArtifactStore } from '@usvideo/artifacts';
import sharp from 'sharp';
import { ulid } from 'ulid';
import { allowed } from '../http/fake-peers.fixture';
import { startTestGateway, type TestGateway } from '../http/gateway.fixture';

interface FileBody {
  readonly id: string;
  readonly bytes: number;
  readonly created_at: string;
  readonly expires_at: string;
}

let test: TestGateway;
let live: string;
let other: string;
let sandbox: string;
let portrait: Buffer;
const announced: object[] = [];
const inputs = () => readdir(join(test.dataDir, 'artifacts', 'inputs', 'acc_1'));

beforeAll(async () => {
  test = await startTestGateway({ FILES_KEPT_HOURS: '2', FIRST_FRAMES_MIB_PER_ACCOUNT: '12' });
  test.peers.scheduler.announceArtifact = (request) => {
    announced.push(request);
    return {};
  };
  live = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
  other = test.peers.addKey('usv_live_otheraccount23456789abcdef', { accountId: 'acc_2' });
  sandbox = test.peers.addKey('usv_test_0123456789abcdefghijklmnop', { environment: 'test' });
  portrait = await sharp({ create: { width: 36, height: 64, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
});
afterAll(() => test.stop());
beforeEach(() => {
  test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{"id":"job_1"}' });
  test.peers.orders.length = 0;
});

const formOf = (parts: Readonly<Record<string, Blob | string>>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) form.append(name, value);
  return form;
};
const upload = (parts: Readonly<Record<string, Blob | string>>, authorization = live) =>
  fetch(`${test.url}/v1/files`, { method: 'POST', headers: { authorization }, body: formOf(parts) });
const uploaded = async () =>
  (await (await upload({ file: new Blob([new Uint8Array(portrait)], { type: 'image/png' }) })).json()) as FileBody;
const send = (method: string, id: string, authorization = live) =>
  fetch(`${test.url}/v1/files/${id}`, { method, headers: { authorization } });
const create = (first_frame: string, authorization = live) =>
  fetch(`${test.url}/v1/videos`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'x', first_frame }),
  });
const answered = async (response: Response) => {
  const body = (await response.json()) as { error: string; details?: { field: string; message: string }[] };
  return [response.status, body.error, ...(body.details ?? []).map(({ field, message }) => `${field} ${message}`)];
};

describe('an uploaded file', () => {
  it('is known by an id, until its time is over', async () => {
    const response = await upload({ file: new Blob([new Uint8Array(portrait)], { type: 'text/plain' }) });
    const file = (await response.json()) as FileBody;
    expect([response.status, file]).toEqual([
      201,
      {
        id: expect.stringMatching(/^file_[0-9A-Z]{26}$/),
        object: 'file',
        livemode: true,
        bytes: portrait.length,
        content_type: 'image/png',
        created_at: expect.any(String),
        expires_at: expect.any(String),
      },
    ]);
    expect(Date.parse(file.expires_at) - Date.parse(file.created_at)).toBe(2 * 3_600_000);
    expect(response.headers.get('location')).toBe(`https://api.example.com/v1/files/${file.id}`);
    expect(await (await send('GET', file.id)).json()).toEqual(file);
    expect(announced).toContainEqual({
      artifactKey: `inputs/acc_1/live-${file.id}`,
      accountId: 'acc_1',
      keepMs: 7_200_000n,
    });
  });

  it('is not there from the second on in which its time is over, whoever deletes it when', async () => {
    const [id, before] = [`file_${ulid(Date.now() - 7_200_000)}`, `file_${ulid(Date.now() - 7_140_000)}`];
    for (const name of [id, before])
      await new DiskArtifactStore(join(test.dataDir, 'artifacts')).put(`inputs/acc_1/live-${name}`, portrait);
    expect([(await send('GET', before)).status, (await create(before)).status]).toEqual([200, 202]);
    expect([(await send('GET', id)).status, (await create(id)).status]).toEqual([404, 400]);
  });

  it('begins a video, by its id, and gives it its shape', async () => {
    const { id } = await uploaded();
    expect((await create(id)).status).toBe(202);
    const [{ terms, content }] = test.peers.orders as [(typeof test.peers.orders)[number]];
    expect([terms!.aspectRatio, terms!.mode, content!.firstFrame]).toEqual(['9:16', 'image_to_video', id]);
    expect(content!.firstFrameKey).toMatch(/^inputs\/acc_1\/[0-9a-f]{64}-[0-9a-f-]{36}$/);
  });

  it("is the job's own from then on", async () => {
    const { id } = await uploaded();
    await create(id);
    const [, , own] = test.peers.orders[0]!.content!.firstFrameKey!.split('/');
    expect(await (await send('DELETE', id)).json()).toEqual({ id, object: 'file', deleted: true });
    expect(await inputs()).toContain(own);
    expect(await inputs()).not.toContain(`live-${id}`);
    expect(test.peers.deleted).toContain(`inputs/acc_1/live-${id}`);
    expect(await answered(await create(id))).toEqual([
      400,
      'invalid_request',
      'first_frame names no file of yours: it was deleted, or its time is over',
    ]);
    expect(await answered(await send('GET', id))).toEqual([404, 'not_found']);
    expect(await answered(await send('DELETE', id))).toEqual([404, 'not_found']);
  });

  it('leaves nothing but itself behind when its order makes no job', async () => {
    const { id } = await uploaded();
    const before = await inputs();
    test.peers.createJob = () => ({ refusal: 'insufficient_balance', requiredMicros: 1n });
    expect((await create(id)).status).toBe(402);
    expect(await inputs()).toEqual(before);
  });

  it.each([
    ['another account', () => other],
    ['the other environment', () => sandbox],
  ])('is not there for %s', async (_, key) => {
    const { id } = await uploaded();
    expect(await answered(await send('GET', id, key()))).toEqual([404, 'not_found']);
    expect(await answered(await send('DELETE', id, key()))).toEqual([404, 'not_found']);
    expect((await create(id, key())).status).toBe(400);
    expect((await send('GET', id)).status).toBe(200);
  });

  it.each(['file_', 'file_0123456789ABCDEFGHJKMNPQR', 'file_ZZZZZZZZZZZZZZZZZZZZZZZZZZ', '..%2f..%2fvideos', 'inputs'])(
    'has no id like %s',
    async (id) => {
      expect(await answered(await send('GET', id))).toEqual([404, 'not_found']);
    },
  );
});

describe('a file is refused', () => {
  const png = () => new Blob([new Uint8Array(portrait)]);

  it.each<[string, () => Record<string, Blob | string>, string]>([
    ['without a part of that name', () => ({}), 'file is required'],
    ['as a text', () => ({ file: 'text' }), 'file must be a file: its part has no file name'],
    ['that is no picture', () => ({ file: new Blob(['text']) }), 'file must be a PNG, JPEG or WebP image'],
    ['that is empty', () => ({ file: new Blob([]) }), 'file must be a PNG, JPEG or WebP image'],
    [
      'that is cut',
      () => ({ file: new Blob([new Uint8Array(portrait.subarray(0, 60))]) }),
      'file is not a complete PNG, JPEG or WebP image of at most 50 megapixels',
    ],
    [
      'that is too large',
      () => ({ file: new Blob([new Uint8Array(10 * 1024 * 1024 + 1)]) }),
      'file must be at most 10 MiB',
    ],
    ['beside what is not known', () => ({ file: png(), purpose: 'fun' }), 'purpose is not known'],
  ])('%s', async (_, parts, fault) => {
    expect(await answered(await upload(parts()))).toEqual([400, 'invalid_request', fault]);
  });

  it('when its form is more than one file and what is around it', async () => {
    expect(await answered(await upload({ file: new Blob([new Uint8Array(12 * 1024 * 1024)]) }))).toEqual([
      413,
      'payload_too_large',
    ]);
  });

  it.each([
    ['application/json', '{}'],
    ['multipart/form-data', 'no boundary'],
  ])('as %s', async (type, body) => {
    const response = await fetch(`${test.url}/v1/files`, {
      method: 'POST',
      headers: { authorization: live, 'content-type': type },
      body,
    });
    expect(await answered(response)).toEqual([415, 'unsupported_media_type']);
  });

  it('when its form is cut', async () => {
    const response = await fetch(`${test.url}/v1/files`, {
      method: 'POST',
      headers: { authorization: live, 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    });
    expect(await answered(response)).toEqual([400, 'invalid_request']);
  });

  it('as the body of another operation', async () => {
    const response = await fetch(`${test.url}/v1/videos`, {
      method: 'POST',
      headers: { authorization: live },
      body: formOf({ prompt: 'x' }),
    });
    expect(await answered(response)).toEqual([415, 'unsupported_media_type']);
  });

  it('beyond the creates that the account may make', async () => {
    test.peers.checkRate = () => ({ ...allowed(300), allowed: false, retryAfterMs: 50 });
    const response = await upload({ file: png() });
    test.peers.checkRate = () => allowed(3_000);
    expect(await answered(response)).toEqual([429, 'rate_limit_exceeded']);
  });

  it('beyond the bytes that the account may keep, first frames of its jobs among them', async () => {
    const roomy = test.peers.addKey('usv_live_roomyaccount23456789abcdef', { accountId: 'acc_3' });
    const noise = sharp({
      create: {
        width: 1_500,
        height: 1_500,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    });
    const large = await noise.png({ compressionLevel: 0 }).toBuffer();
    expect(large.length).toBeGreaterThan(6 * 1024 * 1024);
    const file = (await (await upload({ file: new Blob([new Uint8Array(large)]) }, roomy)).json()) as FileBody;
    expect(await answered(await create(file.id, roomy))).toEqual([429, 'queue_limit_exceeded']);
    expect(await answered(await upload({ file: new Blob([new Uint8Array(large)]) }, roomy))).toEqual([
      429,
      'queue_limit_exceeded',
    ]);
  });

  it('from a key without the scope', async () => {
    const narrow = test.peers.addKey('usv_live_narrow456789abcdefghijklmno', { scopes: ['billing:read'] });
    expect(await answered(await upload({ file: png() }, narrow))).toEqual([403, 'forbidden']);
  });
});
