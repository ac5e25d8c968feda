import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { eventually } from '../eventually';

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly receivedAt: Date;
  /** Of the sender: the same over one connection. */
  readonly remotePort: number;
}

type Answer = (request: ReceivedRequest, response: ServerResponse) => void | Promise<void>;

/** Where a receiver listens, and the name under which those who send to it find it. */
export interface ReceiverPlace {
  readonly listensOn: string;
  readonly knownAs: string;
}

const LOOPBACK: ReceiverPlace = { listensOn: '127.0.0.1', knownAs: '127.0.0.1' };

/** A real HTTP server that remembers what it was sent; it answers 200 until told otherwise. */
export class HttpReceiver {
  readonly requests: ReceivedRequest[] = [];
  private answer: Answer = (_, response) => {
    response.writeHead(200).end();
  };
  private readonly server = createServer((request, response) => void this.receive(request, response));

  private constructor(private readonly knownAs: string) {}

  static async start(port: number, place: ReceiverPlace = LOOPBACK): Promise<HttpReceiver> {
    const receiver = new HttpReceiver(place.knownAs);
    receiver.server.listen(port, place.listensOn);
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://${this.knownAs}:${(this.server.address() as AddressInfo).port}`;
  }

  /** How requests are answered from here on; a status code, or a function that ends the response itself. */
  answerWith(answer: number | Answer): void {
    this.answer =
      typeof answer === 'number'
        ? (_, response) => {
            response.writeHead(answer).end();
          }
        : answer;
  }

  /** Resolves with everything received once that is at least `count`. */
  async received(count: number, deadlineMs = 30_000): Promise<readonly ReceivedRequest[]> {
    return eventually(() => this.requests.length >= count && this.requests, {
      what: `${count} requests received`,
      deadlineMs,
    });
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const remotePort = request.socket.remotePort!;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received = {
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: Buffer.concat(chunks),
      receivedAt: new Date(),
      remotePort,
    };
    this.requests.push(received);
    await this.answer(received, response);
  }
}

export function httpReceiver(port = 0, place?: ReceiverPlace): Promise<HttpReceiver> {
  return HttpReceiver.start(port, place);
}
