import { createServer } from 'node:http';

export interface Webhook {
  id: string;
  rendering_started_at?: string;
  completed_at?: string;
}

/** A customer's server that tells when the webhook about a job came. */
export class Receiver {
  private readonly waiting = new Map<string, (arrival: { at: number; body: Webhook }) => void>();
  private readonly early = new Map<string, { at: number; body: Webhook }>();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const at = Date.now();
      response.writeHead(204).end();
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Webhook;
      const waiter = this.waiting.get(body.id);
      if (waiter) waiter({ at, body });
      else this.early.set(body.id, { at, body });
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}/hook`;
  }

  about(id: string): Promise<{ at: number; body: Webhook }> {
    const early = this.early.get(id);
    if (early) return Promise.resolve(early);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no webhook about ${id}`)), 60_000);
      this.waiting.set(id, (arrival) => {
        clearTimeout(timer);
        resolve(arrival);
      });
    });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
