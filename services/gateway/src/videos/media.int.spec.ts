import { DiskArtifactStore, S3ArtifactStore, signLink } from '@usvideo/artifacts';
import { describeS3 } from '@usvideo/testing';
import { LINK_SECRET, type TestGateway, startTestGateway } from '../http/gateway.fixture';

const KEY = 'videos/job_1/1-lease_a.mp4';
const BYTES = Buffer.from('0123456789'.repeat(1_000));

let test: TestGateway;
let artifacts: DiskArtifactStore;

beforeAll(async () => {
  test = await startTestGateway();
  artifacts = new DiskArtifactStore(`${test.dataDir}/artifacts`);
  await artifacts.put(KEY, BYTES);
});
afterAll(() => test.stop());

function linkTo(key: string, expiresAt = new Date(Date.now() + 60_000)): string {
  return signLink({ secret: LINK_SECRET, publicUrl: test.url, jobId: 'job_1', key, expiresAt });
}

const get = (
  headers: Record<string, string> = {},
  link = linkTo(KEY),
  method = 'GET',
  redirect: 'follow' | 'manual' = 'follow',
) => fetch(link, { method, headers, redirect });

describe('a media link', () => {
  it('gives the file to any page', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '10000',
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      etag: expect.stringMatching(/^"\w{32}"$/),
      'content-disposition': 'inline; filename="job_1.mp4"',
      'x-request-id': expect.any(String),
      'x-ratelimit-limit': '3000',
    });
  });

  it.each([
    ['bytes=0-9', '0123456789', 'bytes 0-9/10000'],
    ['bytes=9998-', '89', 'bytes 9998-9999/10000'],
    ['bytes=-3', '789', 'bytes 9997-9999/10000'],
  ])('gives the range %s', async (range, bytes, contentRange) => {
    const response = await get({ range });
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
      206,
      bytes,
      contentRange,
    ]);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
  });

  it('refuses a range outside the file', async () => {
    const response = await get({ range: 'bytes=10000-' });
    expect([
      response.status,
      response.headers.get('content-range'),
      response.headers.get('access-control-allow-origin'),
    ]).toEqual([416, 'bytes */10000', '*']);
    expect(await response.json()).toMatchObject({ error: 'range_not_satisfiable' });
  });

  it('answers conditions', async () => {
    const etag = (await get()).headers.get('etag')!;
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-range': etag, range: 'bytes=0-0' })).status).toBe(206);
    expect((await get({ 'if-range': '"another"', range: 'bytes=0-0' })).status).toBe(200);
  });

  it('answers HEAD with the length', async () => {
    const response = await get({}, linkTo(KEY), 'HEAD');
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '10000',
      '',
    ]);
  });

  it('answers the preflight of a page', async () => {
    const response = await get(
      { origin: 'https://page.example', 'access-control-request-headers': 'range' },
      linkTo(KEY),
      'OPTIONS',
    );
    expect([
      response.status,
      response.headers.get('access-control-allow-headers'),
      response.headers.get('access-control-allow-origin'),
    ]).toEqual([204, 'Range, If-Range, If-None-Match', '*']);
  });

  it.each([
    ['expired', () => linkTo(KEY, new Date(Date.now() - 1_000)), 410, 'video_expired'],
    ['whose file was deleted', () => linkTo('videos/job_1/gone.mp4'), 410, 'video_expired'],
    ['with another signature', () => `${linkTo(KEY).slice(0, -2)}00`, 404, 'not_found'],
    ['with another expiry', () => linkTo(KEY).replace(/expires=\d+/, 'expires=9999999999'), 404, 'not_found'],
    ['without a signature', () => `${test.url}/v/x.mp4`, 404, 'not_found'],
  ])('%s is refused', async (_, link, code, error) => {
    const response = await get({}, link());
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([code, error]);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describeS3('a media link into a bucket', (server) => {
  let bucketed: TestGateway;
  let store: S3ArtifactStore;

  beforeAll(async () => {
    const { region, endpoint } = server().settings;
    const bucket = await server().makeBucket('videos');
    store = new S3ArtifactStore({ ...server().settings, bucket });
    await store.put(KEY, BYTES);
    bucketed = await startTestGateway({
      ARTIFACT_STORE: 's3',
      S3_BUCKET: bucket,
      S3_REGION: region,
      S3_ENDPOINT: endpoint,
      S3_PATH_STYLE: 'true',
    });
  });
  afterAll(() => bucketed.stop());

  const link = (key = KEY, expiresAt?: Date) => linkTo(key, expiresAt).replace(test.url, bucketed.url);

  it('leads to the bucket, for five minutes and any page', async () => {
    const response = await get({}, link(KEY, new Date(Date.now() + 3_600_000)), 'GET', 'manual');
    expect([
      response.status,
      response.headers.get('cache-control'),
      response.headers.get('access-control-allow-origin'),
    ]).toEqual([302, 'no-store', '*']);
    const direct = new URL(response.headers.get('location')!);
    expect([direct.origin, direct.pathname, direct.searchParams.get('X-Amz-Expires')]).toEqual([
      server().endpoint,
      `/videos/${KEY}`,
      '300',
    ]);
  });

  it('ends with the link that leads there, to the second', async () => {
    const expires = Math.floor(Date.now() / 1_000) + 100;
    const direct = new URL(
      (await get({}, link(KEY, new Date(expires * 1_000)), 'GET', 'manual')).headers.get('location')!,
    );
    const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(direct.searchParams.get('X-Amz-Date')!)!;
    const signed =
      Date.parse(`${date!.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time!.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`) /
      1_000;
    expect(signed + Number(direct.searchParams.get('X-Amz-Expires'))).toBe(expires);
  });

  it('gives the file, and ranges of it', async () => {
    const whole = await get({}, link());
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('content-disposition')]).toEqual([
      200,
      'video/mp4',
      'inline; filename="job_1.mp4"',
    ]);
    expect(Buffer.from(await whole.arrayBuffer()).equals(BYTES)).toBe(true);
    const part = await get({ range: 'bytes=9998-' }, link());
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([
      206,
      '89',
      'bytes 9998-9999/10000',
    ]);
  });

  it('answers HEAD by itself, because what is signed for GET opens nothing else', async () => {
    const response = await get({}, link(), 'HEAD', 'manual');
    expect([response.status, response.headers.get('content-length'), response.headers.get('content-type')]).toEqual([
      200,
      '10000',
      'video/mp4',
    ]);
  });

  it('is dead with its video, and so is what it led to', async () => {
    const [video, thumbnail] = ['videos/job_2/1.mp4', 'videos/job_2/1.jpg'];
    for (const key of [video, thumbnail]) await store.put(key, BYTES);
    const direct = (await get({}, link(video), 'GET', 'manual')).headers.get('location')!;
    expect((await fetch(direct)).status).toBe(200);
    bucketed.peers.scheduler.eraseContent = () => ({
      refusal: '',
      status: 'completed',
      jobJson: '{}',
      artifactKeys: [video, thumbnail],
    });
    const authorization = bucketed.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
    expect(
      (await fetch(`${bucketed.url}/v1/videos/job_2/content`, { method: 'DELETE', headers: { authorization } })).status,
    ).toBe(200);
    expect([
      (await get({}, link(video))).status,
      (await get({}, link(thumbnail))).status,
      (await fetch(direct)).status,
    ]).toEqual([410, 410, 404]);
    expect(bucketed.peers.deleted).toEqual([video, thumbnail]);
  });

  it.each([
    ['expired', () => link(KEY, new Date(Date.now() - 1_000)), 410, 'video_expired'],
    ['whose file was deleted', () => link('videos/job_1/gone.mp4'), 410, 'video_expired'],
    ['with another signature', () => `${link().slice(0, -2)}00`, 404, 'not_found'],
  ])('%s is refused', async (_, altered, code, error) => {
    const response = await get({}, altered());
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([code, error]);
  });
});

describe('the reference', () => {
  it('is served with the public address', async () => {
    const document = (await (await fetch(`${test.url}/openapi.json`)).json()) as { servers: unknown };
    expect(document.servers).toEqual([{ url: 'https://api.example.com' }]);
  });

  it('is compressed for whoever reads that, to a tenth', async () => {
    const sizes = await Promise.all(
      ['gzip', 'identity'].map(async (encoding) => {
        const answer = await fetch(`${test.url}/openapi.json`, { headers: { 'accept-encoding': encoding } });
        return [answer.headers.get('content-encoding'), Number(answer.headers.get('content-length'))] as const;
      }),
    );
    expect(sizes.map(([encoding]) => encoding)).toEqual(['gzip', null]);
    expect(sizes[0]![1] * 8).toBeLessThan(sizes[1]![1]);
  });
});
