import { type TestGateway, startTestGateway } from '../http/gateway.fixture';

let test: TestGateway;

beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

describe('programs that read', () => {
  it.each([
    ['/llms.txt', 'text/plain', '# US Video API'],
    ['/docs/reference/videos.md', 'text/markdown', '`POST /v1/videos`'],
    ['/docs/reference/objects.md', 'text/markdown', '## Video'],
  ])('find %s', async (path, type, text) => {
    const response = await fetch(`${test.url}${path}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
    expect(await response.text()).toContain(text);
  });

  it('are sent to the public address', async () => {
    expect(await (await fetch(`${test.url}/llms.txt`)).text()).toContain(
      'https://api.example.com/docs/reference/videos.md',
    );
  });

  it('find no other page', async () => expect((await fetch(`${test.url}/llms.md`)).status).toBe(404));
});
