import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { addressLiteral, type Scheme } from './address-policy';

/** Decides about addresses; names are asked for where the connection is made, so that what was judged is what is connected. */
export interface AddressJudge {
  resolve(hostname: string): Promise<string[]>;
  /** An error when one of them may not be reached. */
  refusalOf(addresses: readonly string[], scheme: Scheme, port: number): Error | undefined;
  /** The error for what the proxy does not let through. */
  refusedByProxy(): Error;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly scheme: Scheme;
}

type Done = (error: Error | null, socket?: Duplex) => void;

const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that nobody uses for longer is closed by us, before most servers would. */
const IDLE_MS = 4_000;
const AGENT = { keepAlive: true, maxFreeSockets: 256, scheduling: 'lifo', timeout: IDLE_MS } as const;

/** Makes connections to judged addresses, straight or through a proxy that then judges names itself. */
export class JudgedConnector {
  readonly agents: Readonly<Record<Scheme, http.Agent>>;
  readonly #connecting = new Set<Duplex>();

  constructor(
    private readonly judge: AddressJudge,
    private readonly proxy: URL | undefined,
  ) {
    const connect = (scheme: Scheme, options: http.ClientRequestArgs, done: Done): void =>
      this.#connect(targetOf(options, scheme), done);
    this.agents = { 'http:': new JudgedHttpAgent(connect), 'https:': new JudgedHttpsAgent(connect) };
  }

  stop(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
    for (const socket of this.#connecting) socket.destroy(new Error('stopped'));
  }

  #connect(target: Target, done: Done): void {
    const established = (error: Error | null, socket?: Duplex): void => {
      if (error !== null || socket === undefined || target.scheme === 'http:') return done(error, socket);
      this.#encrypt(socket, target, done);
    };
    if (this.proxy === undefined) this.#connectStraight(target, established);
    else tunnel(this.proxy, target, this.judge.refusedByProxy(), established);
  }

  /** Whether the proxy says that nobody goes there; false where it lets through, or cannot say. */
  async isRefusedByProxy(host: string, port: number): Promise<boolean> {
    const { proxy } = this;
    if (proxy === undefined) return false;
    const refusal = this.judge.refusedByProxy();
    return new Promise((resolve) => {
      tunnel(proxy, { host, port, scheme: 'https:' }, refusal, (error, socket) => {
        socket?.destroy();
        resolve(error === refusal);
      });
    });
  }

  /** The connected address is judged again, before a byte is written. */
  #connectStraight({ host, port, scheme }: Target, done: Done): void {
    const socket = net.connect({ host, port, noDelay: true, lookup: this.#judgedLookup(scheme, port) });
    this.#settle(socket, 'connect', (error) => {
      const refused = error ?? this.judge.refusalOf([socket.remoteAddress ?? ''], scheme, port) ?? null;
      if (refused !== null) socket.destroy();
      done(refused, socket);
    });
  }

  #encrypt(socket: Duplex, { host }: Target, done: Done): void {
    const servername = net.isIP(host) === 0 ? host : '';
    const encrypted = tls.connect({ socket, host, servername, ALPNProtocols: ['http/1.1'] });
    this.#settle(encrypted, 'secureConnect', (error) => done(error, encrypted));
  }

  #settle(socket: net.Socket, event: string, settled: (error: Error | null) => void): void {
    this.#connecting.add(socket);
    const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      this.#connecting.delete(socket);
      socket.off('error', end);
      socket.off('close', closed);
      settled(error);
    };
    const closed = (): void => end(new Error('closed before it was connected'));
    socket
      .once('error', end)
      .once('close', closed)
      .once(event, () => end(null));
  }

  #judgedLookup(scheme: Scheme, port: number): net.LookupFunction {
    return (hostname, options, callback) => {
      this.judge.resolve(hostname).then(
        (addresses) => {
          const refusal = this.judge.refusalOf(addresses, scheme, port);
          if (refusal !== undefined) return callback(refusal, []);
          const found = addresses.map((address) => ({ address, family: net.isIP(address) }));
          if (options.all === true) callback(null, found);
          else callback(null, found[0]!.address, found[0]!.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, []),
      );
    };
  }
}

type Connect = (scheme: Scheme, options: http.ClientRequestArgs, done: Done) => void;

class JudgedHttpAgent extends http.Agent {
  constructor(private readonly connect: Connect) {
    super(AGENT);
  }

  override createConnection(options: http.ClientRequestArgs, done: Done): undefined {
    this.connect('http:', options, done);
  }
}

class JudgedHttpsAgent extends https.Agent {
  constructor(private readonly connect: Connect) {
    super(AGENT);
  }

  override createConnection(options: http.ClientRequestArgs, done: Done): undefined {
    this.connect('https:', options, done);
  }
}

function targetOf({ host, port }: http.ClientRequestArgs, scheme: Scheme): Target {
  return {
    host: addressLiteral(host ?? '') ?? host ?? '',
    port: Number(port) || (scheme === 'https:' ? 443 : 80),
    scheme,
  };
}

/** Asks the proxy for a connection (RFC 9110, 9.3.6). */
function tunnel(proxy: URL, { host, port }: Target, refusal: Error, done: Done): void {
  const authority = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers = {
    host: authority,
    ...(credentials === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
  };
  const request = (proxy.protocol === 'https:' ? https : http).request({
    host: proxy.hostname,
    port: proxy.port,
    method: 'CONNECT',
    path: authority,
    headers,
    agent: false,
    timeout: CONNECT_TIMEOUT_MS,
  });
  request.once('connect', (response, socket) => {
    if (response.statusCode === 200) return done(null, socket);
    socket.destroy();
    done(refuses(response) ? refusal : new Error(`the proxy answered ${response.statusCode}`));
  });
  request.once('response', (response) => request.destroy(new Error(`the proxy answered ${response.statusCode}`)));
  request.once('timeout', () => request.destroy(new Error('the proxy did not answer in time')));
  request.once('error', done).end();
}

/** Smokescreen says 407 where others say 403, and adds why. */
function refuses({ headers, statusCode }: http.IncomingMessage): boolean {
  return statusCode === 403 || (statusCode === 407 && headers['x-smokescreen-error'] !== undefined);
}
