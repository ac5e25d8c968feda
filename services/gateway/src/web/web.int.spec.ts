import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';
import { WebFiles } from './web-files.store';

let folder: string;
let test: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pages-'));
  await mkdir(join(folder, 'assets'));
  const files = {
    'index.html': '<!doctype html>dashboard',
    'admin.html': '<!doctype html>console',
    'docs.html': '<!doctype html>docs',
    'favicon.svg': '<svg/>',
    'assets/dashboard-1.js': '1;'.repeat(500),
    'assets/console-1.js': '2',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  test = await startTestGateway({ DASHBOARD_DIR: folder });
});
afterAll(async () => {
  await test.stop();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { redirect: 'manual', headers });

describe('the pages', () => {
  it('are led to from the root of their port', async () => {
    expect((await get(`${test.url}/`)).headers.get('location')).toBe('/dashboard');
    expect((await get(`${test.adminUrl}/`)).headers.get('location')).toBe('/console');
  });

  it.each([
    ['/dashboard', 'dashboard'],
    ['/dashboard/videos/job_1', 'dashboard'],
    ['/docs', 'docs'],
    ['/docs/errors/not_found', 'docs'],
  ])('are one page at %s, under a policy that lets nothing inline run', async (path, page) => {
    const answer = await get(test.url + path);
    expect(await answer.text()).toBe(`<!doctype html>${page}`);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('have files that are kept for ever, compressed for whoever reads that, and known again by their tag', async () => {
    const answer = await get(`${test.url}/assets/dashboard-1.js`, { 'accept-encoding': 'gzip' });
    expect(await answer.text()).toBe('1;'.repeat(500));
    expect(
      Object.fromEntries(
        ['content-encoding', 'content-type', 'cache-control', 'x-content-type-options'].map((name) => [
          name,
          answer.headers.get(name),
        ]),
      ),
    ).toEqual({
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    expect(
      (await get(`${test.url}/assets/dashboard-1.js`, { 'if-none-match': answer.headers.get('etag')! })).status,
    ).toBe(304);
  });

  it('of the operators are on their port only', async () => {
    expect(await (await get(`${test.adminUrl}/console/accounts`)).text()).toBe('<!doctype html>console');
    expect(await (await get(`${test.adminUrl}/assets/console-1.js`)).text()).toBe('2');
    for (const path of ['/console', '/assets/console-1.js', '/admin.html', '/admin/v1/accounts'])
      expect((await get(test.url + path)).status).toBe(404);
    expect((await get(`${test.adminUrl}/dashboard`)).status).toBe(404);
  });

  it.each(['/assets/../index.html', '/assets/%2e%2e/index.html', '/assets/none.js', '/assets/'])(
    'are nothing else: %s',
    async (path) => {
      const answer = await get(test.url + path);
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([404, 'not_found']);
    },
  );

  it('are not served by a gateway that was given none, and a folder without pages is refused at the start', async () => {
    const bare = await startTestGateway();
    expect((await get(`${bare.url}/dashboard`)).status).toBe(404);
    await bare.stop();
    await expect(WebFiles.read(join(folder, 'assets'))).rejects.toThrow('build services/dashboard first');
  });
});
