import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Customers' servers, each at an address of its own: healthy ones, and one of each trouble. */
export class Endpoints {
  /** When the webhook about a job came first, by the id in its body. */
  readonly arrivals = new Map<string, number>();
  /** Requests that healthy servers had. */
  healthy = 0;
  private readonly open = new Set<Socket>();

  private readonly server: Server;
  private readonly refusing: string;

  private constructor(server: Server, refusing: string) {
    this.server = server;
    this.refusing = refusing;
  }

  static async start(): Promise<Endpoints> {
    const refusing = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => refusing.once('listening', resolve));
    const nobody = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/`;
    await new Promise((resolve) => refusing.close(resolve));
    const server = createServer();
    const endpoints = new Endpoints(server, nobody);
    server.on('connection', (socket) => {
      endpoints.open.add(socket);
      socket.once('close', () => endpoints.open.delete(socket));
    });
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => endpoints.answer(request.url!, Buffer.concat(chunks).toString(), response));
    });
    server.listen(0, '0.0.0.0', 4_096);
    await new Promise((resolve) => server.once('listening', resolve));
    return endpoints;
  }

  healthyUrl(index: number): string {
    return `${this.at(`127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`)}/healthy`;
  }

  get troubledUrls(): Readonly<Record<'hanging' | 'refusing' | 'dripping', string>> {
    return {
      hanging: `${this.at('127.2.0.1')}/hanging`,
      refusing: this.refusing,
      dripping: `${this.at('127.2.0.2')}/dripping`,
    };
  }

  reset(): void {
    this.arrivals.clear();
    this.healthy = 0;
  }

  async until(isDone: () => boolean, withinMs: number): Promise<void> {
    for (const until = performance.now() + withinMs; !isDone(); await delay(5)) {
      if (performance.now() > until) throw new Error(`after ${withinMs} ms ${this.healthy} deliveries had arrived`);
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private at(address: string): string {
    return `http://${address}:${(this.server.address() as AddressInfo).port}`;
  }

  private answer(path: string, body: string, response: ServerResponse): void {
    if (path === '/hanging') return;
    if (path === '/dripping') {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 100);
      response.once('close', () => clearInterval(drip));
      return;
    }
    const { id } = JSON.parse(body) as { id: string };
    if (!this.arrivals.has(id)) this.arrivals.set(id, performance.now());
    this.healthy += 1;
    response.writeHead(204).end();
  }
}
