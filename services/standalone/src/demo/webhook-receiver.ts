import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A customer's server: takes webhooks on a free port and hands them to whoever waits. */
export class WebhookReceiver {
  private readonly received: ReceivedWebhook[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(204).end();
      this.waiting.splice(0).forEach((wake) => wake());
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks/video`;
  }

  /** The webhook about a job; rejects when none came in time. */
  async about(jobId: string, deadlineMs: number): Promise<ReceivedWebhook> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      const found = this.received.find((webhook) => (JSON.parse(webhook.body) as { id: string }).id === jobId);
      if (found) return found;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`no webhook about ${jobId} within ${deadlineMs / 1000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Verifies both signatures the way a customer does: the official library, and the plain HMAC of the body. */
export function verifyWebhook(secret: string, webhook: ReceivedWebhook): { event: string } {
  const plain = createHmac('sha256', secret).update(webhook.body).digest();
  const claimed = Buffer.from(String(webhook.headers['x-signature']), 'hex');
  if (claimed.length !== plain.length || !timingSafeEqual(plain, claimed)) throw new Error('X-Signature is wrong');
  return new Webhook(secret).verify(webhook.body, webhook.headers as Record<string, string>) as { event: string };
}
