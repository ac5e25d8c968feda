import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

interface Delivery {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly received_at: number;
}

const WAIT_MS = 30_000;

/** Webhooks that arrived, by the run that they are for; each is handed out once, in order. */
export class Mailbox {
  private readonly waiting = new Map<string, Delivery[]>();
  private readonly arrivals = new EventEmitter().setMaxListeners(0);

  async put(run: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const delivery = {
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      received_at: Math.floor(Date.now() / 1_000),
    };
    this.waiting.set(run, [...(this.waiting.get(run) ?? []), delivery]);
    response.writeHead(200).end();
    this.arrivals.emit(run);
  }

  /** @throws when none comes within half a minute. */
  async next(run: string): Promise<Delivery> {
    const signal = AbortSignal.timeout(WAIT_MS);
    for (;;) {
      const [first, ...later] = this.waiting.get(run) ?? [];
      if (first !== undefined) {
        this.waiting.set(run, later);
        return first;
      }
      await once(this.arrivals, run, { signal });
    }
  }
}
