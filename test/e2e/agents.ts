import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Customer } from './customer';
import type { Stage } from './stage';

interface Video {
  readonly id: string;
  readonly status: string;
  readonly cost: string | null;
  readonly video_url: string | null;
}

export function agents(stage: () => Stage): void {
  describe('agents over MCP', () => {
    let agent: Client;
    let sandbox: Customer;

    beforeAll(async () => {
      ({ sandbox } = stage());
      agent = new Client({ name: 'a test', version: '1.0.0' });
      const requestInit = { headers: { authorization: `Bearer ${sandbox.key}` } };
      await agent.connect(
        new StreamableHTTPClientTransport(new URL(`${sandbox.url}/mcp`), { requestInit }) as Parameters<
          Client['connect']
        >[0],
      );
    });
    afterAll(() => agent?.close());

    async function call<T>(
      name: string,
      input: Record<string, unknown> = {},
    ): Promise<{ result: CallToolResult; body: T }> {
      const result = (await agent.callTool({ name, arguments: input })) as CallToolResult;
      return { result, body: result.structuredContent as T };
    }

    it('make a video: price, order, wait, file', async () => {
      const terms = { resolution: '480p', duration: 1 };
      const { body: quote } = await call<{ quote_id: string; cost: string }>('quote', terms);
      expect(quote.cost).toMatch(/^\$\d/);
      const { body: made } = await call<Video>('create_video', {
        ...terms,
        prompt: 'from an agent',
        quote_id: quote.quote_id,
      });
      expect(
        (await call<Video>('create_video', { ...terms, prompt: 'from an agent', quote_id: quote.quote_id })).body.id,
      ).toBe(made.id);
      const { result, body: video } = await call<Video>('wait_for_video', { id: made.id, seconds: 50 });
      expect(video.status).toBe('completed');
      expect(result.content).toMatchObject([
        { type: 'text' },
        { type: 'resource_link', uri: video.video_url, mimeType: 'video/mp4' },
      ]);
      expect((await fetch(video.video_url!)).headers.get('content-type')).toBe('video/mp4');
    }, 90_000);

    it('are told the price before they spend, cancel, list, and see the balance', async () => {
      expect((await call<{ error: string }>('create_video', { prompt: 'without a quote' })).body.error).toBe(
        'invalid_request',
      );
      const waiting = await sandbox.create({ prompt: 'sandbox:hold_pending=600', resolution: '480p', duration: 1 });
      expect((await call<Video>('cancel_video', { id: waiting.body.id })).body.status).toBe('cancelled');
      const { body: list } = await call<{ data: Video[] }>('list_videos', { status: ['cancelled'] });
      expect(list.data.map(({ id }) => id)).toContain(waiting.body.id);
      expect((await call<{ livemode: boolean }>('get_balance')).body.livemode).toBe(false);
    });
  });
}
