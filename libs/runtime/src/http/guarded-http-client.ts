import { lookup as systemLookup } from 'node:dns';
import net from 'node:net';
import { promisify } from 'node:util';
import { Agent, buildConnector, ProxyAgent, request as undiciRequest, type Dispatcher } from 'undici';
import { AddressPolicy, addressLiteral, type Scheme } from './address-policy';
import { within, type Running } from '../lifecycle/lifecycle';

export type OutboundErrorKind = 'url_forbidden' | 'timeout' | 'connection_failed' | 'too_large';

export class OutboundError extends Error {
  constructor(readonly kind: OutboundErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboundError';
  }
}

export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** For everything: name, connection, headers and body. */
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  /** What to do with a longer answer: keep its beginning (default), or reject with `too_large`. */
  readonly overflow?: 'truncate' | 'refuse';
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly truncated: boolean;
}

export interface GuardedHttpClientOptions {
  /** Private ranges that may be reached, over plain http too. */
  readonly allowCidrs: readonly string[];
  /** An egress proxy; names are then resolved and judged there, and plain http is for address literals only. */
  readonly proxy?: string;
  /** All addresses of a name. */
  readonly resolve?: (hostname: string) => Promise<string[]>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Requests to addresses that strangers chose: never redirected, never to a forbidden address, never longer or larger than said. */
export class GuardedHttpClient implements Running {
  readonly #policy: AddressPolicy;
  readonly #proxied: boolean;
  readonly #resolve: (hostname: string) => Promise<string[]>;
  readonly #dispatcher: Dispatcher;
  readonly #connecting = new Set<net.Socket>();
  readonly #upgradeToTls = buildConnector({ timeout: CONNECT_TIMEOUT_MS });

  constructor(options: GuardedHttpClientOptions) {
    this.#policy = new AddressPolicy(options.allowCidrs);
    this.#proxied = options.proxy !== undefined;
    this.#resolve = options.resolve ?? resolveAll;
    this.#dispatcher = options.proxy === undefined
      ? new Agent({ connect: (target, done) => this.#connect(target, done), headersTimeout: 0, bodyTimeout: 0 })
      : new ProxyAgent({ uri: options.proxy, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Why this URL will not be requested, in words for its author; undefined when it may be. The same verdict as a request gives. */
  async refusalOf(url: string): Promise<string | undefined> {
    const judged = this.#judge(url);
    if (typeof judged === 'string') return judged;
    if (this.#proxied || addressLiteral(judged.hostname) !== undefined) return undefined;
    try {
      const addresses = await within(CONNECT_TIMEOUT_MS, this.#resolve(judged.hostname));
      return this.#refusalOfAddresses(addresses, judged.protocol as Scheme);
    } catch {
      return 'its host name does not resolve';
    }
  }

  /** Rejects with `OutboundError` only. Any status is an answer, redirects included. */
  async request(outbound: OutboundRequest): Promise<OutboundResponse> {
    const judged = this.#judge(outbound.url);
    if (typeof judged === 'string') throw new OutboundError('url_forbidden', judged);
    const deadline = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new OutboundError('timeout', 'no complete answer in time'));
        deadline.abort();
      }, outbound.timeoutMs);
    });
    try {
      return await Promise.race([this.#exchange(judged, outbound, deadline.signal), expired]);
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      throw new OutboundError('connection_failed', 'the connection failed', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** undici looks at its signal only once it has a connection; the deadline of `request` does not wait for that. */
  async #exchange(url: URL, outbound: OutboundRequest, signal: AbortSignal): Promise<OutboundResponse> {
    const { method, headers, body = null } = outbound;
    const response = await undiciRequest(url, { dispatcher: this.#dispatcher, method, headers, body, signal });
    return { status: response.statusCode, headers: response.headers, ...(await readBody(response.body, outbound)) };
  }

  async stop(): Promise<void> {
    await this.#dispatcher.destroy();
    for (const socket of this.#connecting) socket.destroy(new Error('stopped'));
  }

  /** Everything that can be said without asking the name server. */
  #judge(text: string): URL | string {
    if (!URL.canParse(text)) return 'it is not a URL';
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'its scheme is not https';
    if (url.username !== '' || url.password !== '') return 'it carries credentials';
    const literal = addressLiteral(url.hostname);
    if (literal === undefined) return this.#proxied && url.protocol === 'http:' ? 'its scheme is not https' : url;
    return this.#refusalOfAddresses([literal], url.protocol) ?? url;
  }

  /** One forbidden address is enough: which of several is used is not ours to choose. */
  #refusalOfAddresses(addresses: readonly string[], scheme: Scheme): string | undefined {
    if (addresses.length === 0) return 'its host name does not resolve';
    if (addresses.every((address) => this.#policy.allows(address, scheme))) return undefined;
    const publicOnly = addresses.every((address) => this.#policy.allows(address, 'https:'));
    return publicOnly ? 'its scheme is not https' : 'its host is not a public address';
  }

  /** Connects to a judged address and judges the connected one again, before a byte is written. */
  #connect(target: buildConnector.Options, done: buildConnector.Callback): void {
    const scheme: Scheme = target.protocol === 'https:' ? 'https:' : 'http:';
    const host = addressLiteral(target.hostname) ?? target.hostname;
    const port = Number(target.port) || (scheme === 'https:' ? 443 : 80);
    const socket = net.connect({ host, port, noDelay: true, lookup: this.#judgedLookup(scheme) });
    const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
    this.#connecting.add(socket);
    const settled = (): void => {
      clearTimeout(timer);
      this.#connecting.delete(socket);
    };
    const fail = (error: Error): void => {
      settled();
      done(error, null);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      settled();
      socket.off('error', fail);
      const refusal = this.#refusalOfAddresses([socket.remoteAddress ?? ''], scheme);
      if (refusal !== undefined) {
        socket.destroy();
        done(new OutboundError('url_forbidden', refusal), null);
      } else if (scheme === 'https:') {
        this.#upgradeToTls({ ...target, httpSocket: socket }, done);
      } else {
        done(null, socket);
      }
    });
  }

  #judgedLookup(scheme: Scheme): net.LookupFunction {
    return (hostname, options, callback) => {
      this.#resolve(hostname).then((addresses) => {
        const refusal = this.#refusalOfAddresses(addresses, scheme);
        if (refusal !== undefined) return callback(new OutboundError('url_forbidden', refusal), []);
        const found = addresses.map((address) => ({ address, family: net.isIP(address) }));
        if (options.all === true) callback(null, found);
        else callback(null, found[0]!.address, found[0]!.family);
      }, (error: NodeJS.ErrnoException) => callback(error, []));
    };
  }
}

async function resolveAll(hostname: string): Promise<string[]> {
  const found = await promisify(systemLookup)(hostname, { all: true });
  return found.map(({ address }) => address);
}

async function readBody(stream: Dispatcher.ResponseData['body'], outbound: OutboundRequest): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > outbound.responseBytesMax) break;
  }
  if (size <= outbound.responseBytesMax) return { body: Buffer.concat(chunks), truncated: false };
  if (outbound.overflow === 'refuse') throw new OutboundError('too_large', `the answer is larger than ${outbound.responseBytesMax} bytes`);
  return { body: Buffer.concat(chunks).subarray(0, outbound.responseBytesMax), truncated: true };
}
