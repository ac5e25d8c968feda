import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Sees every chunk that the client sends; `loseAnswer` lets it through, but cuts the line instead of bringing the answer back. */
export type Tap = (chunk: Buffer, line: { loseAnswer(): void }) => void;

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** Nothing is brought from either end to the other any more. */
  dead: boolean;
}

/** A stretch of network between a client and a server, that a test can break at a chosen moment. */
export class TcpProxy {
  private readonly lines = new Set<Line>();
  private tap: Tap = () => undefined;
  private target: Address | undefined;
  private readonly delayMs = { client: 0, server: 0 };
  private readonly server: Server;
  /** Carried so far, both ways. */
  bytes = 0;

  private constructor(target: Address | undefined) {
    this.target = target;
    this.server = createServer({ allowHalfOpen: true }, (client) => this.join(client));
  }

  static async to(targetUrl: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(targetUrl);
    return TcpProxy.listening({ host: hostname, port: Number(port) });
  }

  /** One that is told later where it leads. */
  static async unassigned(): Promise<TcpProxy> {
    return TcpProxy.listening(undefined);
  }

  private static async listening(target: Address | undefined): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** `host:port`, where the proxy is called. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.lines.size;
  }

  /** @param address `host:port` */
  leadTo(address: string): void {
    const [host, port] = address.split(':');
    this.target = { host: host!, port: Number(port) };
  }

  /** The same URL, by way of the proxy. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.host = this.address;
    return proxied.toString();
  }

  onClientData(tap: Tap): void {
    this.tap = tap;
  }

  /** Breaks every connection there is; new ones are let through. */
  cut(): void {
    for (const { client, server } of this.lines) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** What comes from here on arrives this much later, in its order, at both ends or at one of them; 0 ends that. */
  delay(delayMs: number, towards: readonly ('client' | 'server')[] = ['client', 'server']): void {
    for (const end of towards) this.delayMs[end] = delayMs;
  }

  /** Brings nothing over any connection there is, and tells neither end. New ones are let through. */
  mute(): void {
    for (const line of this.lines) line.dead = true;
  }

  /** Tells one end of every connection that the other has ended, while that other end talks to nobody until `cut`. New ones are let through. */
  halfClose(end: 'client' | 'server'): void {
    for (const line of this.lines) {
      line.dead = true;
      line[end].end();
    }
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (this.target === undefined) {
      client.destroy();
      return;
    }
    const server = connect({ ...this.target, allowHalfOpen: true });
    const line: Line = { client, server, dead: false };
    let answerLost = false;
    this.lines.add(line);
    for (const end of [client, server])
      end.on('close', () => {
        if (client.destroyed && server.destroyed) this.lines.delete(line);
      });
    this.carry(line, 'client', 'server', (chunk) => {
      this.tap(chunk, {
        loseAnswer: () => {
          answerLost = true;
        },
      });
      return true;
    });
    this.carry(line, 'server', 'client', () => {
      if (answerLost) client.destroy();
      return !answerLost;
    });
  }

  private carry(
    line: Line,
    fromEnd: 'client' | 'server',
    toEnd: 'client' | 'server',
    passes: (chunk: Buffer) => boolean,
  ): void {
    const [from, to] = [line[fromEnd], line[toEnd]];
    let underWay = 0;
    let last = Promise.resolve();
    const inTurn = (act: () => void) => {
      if (this.delayMs[toEnd] === 0 && underWay === 0) return act();
      const dueAtMs = performance.now() + this.delayMs[toEnd];
      underWay += 1;
      last = last.then(async () => {
        await delay(Math.max(0, dueAtMs - performance.now()), undefined, { ref: false });
        underWay -= 1;
        act();
      });
    };
    // A broken line is the purpose; either end going takes the other along, unless it was left to talk to nobody.
    from.on('error', () => {
      if (!line.dead) to.destroy();
    });
    from.on('close', () => {
      if (!line.dead) to.destroy();
    });
    from.on('end', () =>
      inTurn(() => {
        if (!line.dead) to.end();
      }),
    );
    from.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length;
      if (line.dead || !passes(chunk)) return;
      inTurn(() => {
        if (!line.dead && to.writable) to.write(chunk);
      });
    });
  }
}
