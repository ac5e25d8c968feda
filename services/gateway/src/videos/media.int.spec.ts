import { DiskArtifactStore, signLink } from '@usvideo/artifacts';
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

const get = (headers: Record<string, string> = {}, link = linkTo(KEY), method = 'GET') => fetch(link, { method, headers });

describe('a media link', () => {
  it('gives the file to any page', async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'video/mp4', 'content-length': '10000', 'accept-ranges': 'bytes', 'access-control-allow-origin': '*', etag: expect.stringMatching(/^"\w{32}"$/),
      'content-disposition': 'inline; filename="job_1.mp4"', 'x-request-id': expect.any(String), 'x-ratelimit-limit': '3000',
    });
  });

  it.each([['bytes=0-9', '0123456789', 'bytes 0-9/10000'], ['bytes=9998-', '89', 'bytes 9998-9999/10000'], ['bytes=-3', '789', 'bytes 9997-9999/10000']])('gives the range %s', async (range, bytes, contentRange) => {
    const response = await get({ range });
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([206, bytes, contentRange]);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
  });

  it('refuses a range outside the file', async () => {
    const response = await get({ range: 'bytes=10000-' });
    expect([response.status, response.headers.get('content-range'), response.headers.get('access-control-allow-origin')]).toEqual([416, 'bytes */10000', '*']);
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
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '10000', '']);
  });

  it('answers the preflight of a page', async () => {
    const response = await get({ origin: 'https://page.example', 'access-control-request-headers': 'range' }, linkTo(KEY), 'OPTIONS');
    expect([response.status, response.headers.get('access-control-allow-headers'), response.headers.get('access-control-allow-origin')]).toEqual([204, 'Range, If-Range, If-None-Match', '*']);
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

describe('the reference', () => {
  it('is served with the public address', async () => {
    const document = (await (await fetch(`${test.url}/openapi.json`)).json()) as { servers: unknown };
    expect(document.servers).toEqual([{ url: 'https://api.example.com' }]);
  });

  it('is compressed for whoever reads that, to a tenth', async () => {
    const sizes = await Promise.all(['gzip', 'identity'].map(async (encoding) => {
      const answer = await fetch(`${test.url}/openapi.json`, { headers: { 'accept-encoding': encoding } });
      return [answer.headers.get('content-encoding'), Number(answer.headers.get('content-length'))] as const;
    }));
    expect(sizes.map(([encoding]) => encoding)).toEqual(['gzip', null]);
    expect(sizes[0]![1] * 8).toBeLessThan(sizes[1]![1]);
  });
});
