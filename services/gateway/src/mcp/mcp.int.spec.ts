import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { eventually } from '@usvideo/testing';
import { type TestGateway, startTestGateway } from '../http/gateway.fixture';
import { TOOLS } from './tools';

let test: TestGateway;
let agent: Client;

beforeAll(async () => {
  test = await startTestGateway();
  agent = await connected(test.peers.addKey('usv_live_agentagentagentagent', { scopes: ['videos', 'billing:read'] }));
});
afterAll(async () => {
  await agent.close();
  await test.stop();
});
beforeEach(() => {
  test.peers.createJob = () => ({ jobId: 'job_1', jobJson: '{"id":"job_1","status":"pending"}' });
  test.peers.orders.length = 0;
});

async function connected(authorization: string): Promise<Client> {
  const client = new Client({ name: 'a test', version: '1.0.0' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${test.url}/mcp`), {
      requestInit: { headers: { authorization } },
    }) as Parameters<Client['connect']>[0],
  );
  return client;
}

async function call(name: string, input: Record<string, unknown> = {}, client = agent): Promise<CallToolResult> {
  return (await client.callTool({ name, arguments: input })) as CallToolResult;
}

const post = (body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${test.url}/mcp`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    signal: signal ?? null,
  });

describe('agents', () => {
  it('see every tool with what it takes', async () => {
    const { tools } = await agent.listTools();
    expect(tools.map(({ name }) => name)).toEqual(Object.keys(TOOLS));
    expect(tools.find(({ name }) => name === 'create_video')!.inputSchema).toMatchObject({
      type: 'object',
      required: ['prompt'],
      additionalProperties: false,
    });
    expect(agent.getInstructions()).toContain('quote');
  });

  it('must have asked for the price before they spend', async () => {
    expect(await call('create_video', { prompt: 'a calm sea' })).toMatchObject({
      isError: true,
      structuredContent: { error: 'invalid_request', details: [{ field: 'quote_id' }] },
    });
    expect(test.peers.orders).toEqual([]);
  });

  it('get one video for one quote, however often they call', async () => {
    expect(await call('create_video', { prompt: 'a calm sea', quote_id: 'quote_1' })).toMatchObject({
      structuredContent: { id: 'job_1' },
    });
    await call('create_video', { prompt: 'a calm sea', quote_id: 'quote_1' });
    await call('create_video', { prompt: 'a calm sea', quote_id: 'quote_2' });
    const [first, again, other] = test.peers.orders.map(({ idempotencyKey }) => idempotencyKey);
    expect([first === again, first === other]).toEqual([true, false]);
    expect(test.peers.orders[0]).toMatchObject({
      accountId: 'acc_1',
      quoteId: 'quote_1',
      content: { prompt: 'a calm sea' },
    });
  });

  it('need no quote with a key that says so', async () => {
    const trusted = await connected(
      test.peers.addKey('usv_live_trustedtrustedtrusted', { scopes: ['videos', 'videos:unquoted'] }),
    );
    expect((await call('create_video', { prompt: 'a calm sea' }, trusted)).isError).toBeUndefined();
    expect(test.peers.orders).toHaveLength(1);
    await trusted.close();
  });

  it('are refused as every caller is, in words', async () => {
    test.peers.createJob = () => ({ refusal: 'insufficient_balance' });
    const refused = await call('create_video', { prompt: 'x', quote_id: 'quote_1' });
    expect(refused).toMatchObject({ isError: true, structuredContent: { error: 'insufficient_balance' } });
    expect((refused.content[0] as { text: string }).text).toMatch(/^insufficient_balance: /);
    const narrow = await connected(test.peers.addKey('usv_live_narrownarrownarrow', { scopes: ['videos'] }));
    expect(await call('get_balance', {}, narrow)).toMatchObject({
      isError: true,
      structuredContent: { error: 'forbidden' },
    });
    await narrow.close();
  });

  it.each([
    ['get_video', {}, 'id'],
    ['get_video', { id: 'job_1', loud: true }, 'loud'],
    ['wait_for_video', { id: 'job_1', seconds: 600 }, 'seconds'],
    ['create_video', { prompt: ' ', quote_id: 'q' }, 'prompt'],
  ])('hear what is wrong with the arguments of %s', async (name, input, field) => {
    expect(await call(name, input)).toMatchObject({
      isError: true,
      structuredContent: { error: 'invalid_request', details: [{ field }] },
    });
  });

  it('get a link to the file of a video that completed', async () => {
    test.peers.scheduler.getJob = () => ({
      jobJson: '{"id":"job_1","status":"completed","video_url":"https://api.example.com/v/1.mp4"}',
      status: 'completed',
    });
    const { content } = await call('get_video', { id: 'job_1' });
    expect(content).toMatchObject([
      { type: 'text' },
      { type: 'resource_link', uri: 'https://api.example.com/v/1.mp4', mimeType: 'video/mp4' },
    ]);
  });

  it('cannot leave the path of a tool by its id', async () => {
    expect(await call('get_video', { id: '../balance' })).toMatchObject({
      isError: true,
      structuredContent: { error: 'job_not_found' },
    });
  });

  it('wait no longer than they said, and stop waiting when they go', async () => {
    test.peers.scheduler.getJob = () => ({ jobJson: '{"id":"job_1","status":"processing"}', status: 'processing' });
    let watched = 0;
    let ended = 0;
    test.peers.watchJob = (_request, _push, stream) => {
      watched++;
      stream.once('cancelled', () => {
        ended++;
      });
    };
    expect(await call('wait_for_video', { id: 'job_1', seconds: 1 })).toMatchObject({
      structuredContent: { status: 'processing' },
    });
    const gone = new AbortController();
    const left = post(
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'wait_for_video', arguments: { id: 'job_1', seconds: 50 } },
      },
      {
        authorization: 'Bearer usv_live_agentagentagentagent',
        accept: 'application/json, text/event-stream',
      },
      gone.signal,
    ).catch((error: Error) => error.name);
    await eventually(() => watched === 2, { what: 'the second wait' });
    gone.abort();
    expect(await left).toBe('AbortError');
    await eventually(() => ended === 2, { what: 'the watch to end' });
  });
});

describe('the door of agents', () => {
  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['no key', { jsonrpc: '2.0', id: 1, method: 'tools/list' }, {}, 401, 'invalid_api_key'],
    [
      'several messages',
      [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }],
      { authorization: 'Bearer usv_live_agentagentagentagent' },
      400,
      'invalid_request',
    ],
  ])('refuses %s', async (_, body, headers, status, error) => {
    const response = await post(body, headers);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([status, error]);
  });

  it('has no stream and no session', async () => {
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(`${test.url}/mcp`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('answers a tool that there is not with an error of the protocol', async () => {
    await expect(call('delete_everything')).rejects.toThrow(/there is no tool delete_everything/);
  });
});
