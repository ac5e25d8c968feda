import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Sees every chunk that the client sends; `loseAnswer` lets it through, but cuts the line instead of bringing the answer back. */
export type Tap = (chunk: Buffer, line: { loseAnswer(): void }) => void;

/** A stretch of network between a client and a server, that a test can break at a chosen moment. */
export class TcpProxy {
  private readonly clients = new Set<Socket>();
  private tap: Tap = () => undefined;
  private readonly server = createServer((client) => this.join(client));

  private constructor(private readonly target: { host: string; port: number }) {}

  static async to(targetUrl: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(targetUrl);
    const proxy = new TcpProxy({ host: hostname, port: Number(port) });
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The same URL, by way of the proxy. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return proxied.toString();
  }

  onClientData(tap: Tap): void {
    this.tap = tap;
  }

  /** Breaks every connection there is; new ones are let through. */
  cut(): void {
    for (const client of this.clients) client.destroy();
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const server = connect(this.target);
    let answerLost = false;
    this.clients.add(client);
    for (const [from, to] of [[client, server], [server, client]] as const) {
      // A broken line is the purpose; either end going takes the other along.
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    client.on('close', () => this.clients.delete(client));
    client.on('data', (chunk: Buffer) => {
      this.tap(chunk, { loseAnswer: () => { answerLost = true; } });
      server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      if (answerLost) client.destroy();
      else client.write(chunk);
    });
  }
}
