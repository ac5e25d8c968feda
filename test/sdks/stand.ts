/** What SDKs are tested with beside the platform: a proxy that breaks connections on demand, and a receiver of webhooks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseFault } from './fault.ts';
import { Passage, type Report } from './passage.ts';
import { Mailbox } from './mailbox.ts';

export interface Stand {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startStand(platformUrl: string): Promise<Stand> {
  const reports = new Map<string, Report>();
  const mailbox = new Mailbox();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Whoever asked has gone, as those do whose patience is tested.
      if (response.destroyed) return;
      console.error(`the stand: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else json(response, 500, { error: 'stand', message: String(error), request_id: 'stand' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, first = '', run = '', ...rest] = (request.url ?? '').split('/');
    if (first === 'webhooks' && request.method === 'POST') return mailbox.put(run, request, response);
    if (first === 'webhooks') return json(response, 200, await mailbox.next(run));
    if (first === 'report') return json(response, 200, reports.get(run) ?? {});
    const report = reports.get(run) ?? { requests: 0, faulted: 0, statuses: {}, resumed: 0, ranges: 0 };
    reports.set(run, report);
    await new Passage({ platformUrl, ownUrl: `${url}/${first}/${run}` }, parseFault(first), report).pass(
      request,
      response,
      `/${rest.join('/')}`,
    );
  }

  return {
    url,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await delay(0);
    },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
