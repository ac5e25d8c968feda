import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ReceivedWebhook {
  readonly webhookId: string;
  readonly jobId: string;
  readonly event: string;
  readonly bodySha256: string;
}

/** As slow as a customer's server: so that there is something to kill. */
const ANSWER_AFTER_MS = 150;

/** A customer's server that writes down every webhook it is sent. */
export class WebhookRecord {
  readonly received: ReceivedWebhook[] = [];
  private readonly server = createServer((request, response) => void this.receive(request, response));

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    // Whoever sends may be killed halfway: what is not whole was not delivered.
    request.on('error', () => response.destroy());
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(request, 'end');
    const body = Buffer.concat(chunks);
    const { id, event } = JSON.parse(body.toString('utf8')) as { id: string; event: string };
    this.received.push({
      webhookId: String(request.headers['webhook-id']),
      jobId: id,
      event,
      bodySha256: createHash('sha256').update(body).digest('hex'),
    });
    await delay(ANSWER_AFTER_MS);
    response.writeHead(204).end();
  }
}
