import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { HostNames, LookUpFailed } from './host-names.client';
import { AddressPolicy, addressLiteral, type Scheme } from './address-policy';
import { JudgedConnector } from './judged-connection';
import { within, type Running } from '../lifecycle/lifecycle';

export type OutboundErrorKind = 'url_forbidden' | 'timeout' | 'connection_failed' | 'too_large';

export interface OutboundErrorOptions extends ErrorOptions {
  /** Who was reached, or could not be; unset where nobody was named. */
  readonly address?: string;
  /** What had come of the answer's body. */
  readonly received?: Buffer;
}

export class OutboundError extends Error {
  readonly address: string;
  readonly received: Buffer;

  constructor(
    readonly kind: OutboundErrorKind,
    message: string,
    { address = '', received = Buffer.alloc(0), ...options }: OutboundErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'OutboundError';
    this.address = address;
    this.received = received;
  }
}

/** How far an exchange has come. */
interface Progress {
  address: string;
  readonly chunks: Buffer[];
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
  /** Who answered; a proxy's address where there is one. */
  readonly address: string;
}

export interface GuardedHttpClientOptions {
  /** Private ranges that may be reached, over plain http too. */
  readonly allowCidrs: readonly string[];
  /** Ports that are never reached in those ranges: the platform's own, where it shares a machine with its customer. */
  readonly forbiddenPorts?: readonly number[];
  /** An egress proxy; names are then resolved and judged there, where 403 says no, and plain http is for address literals only. */
  readonly proxy?: string;
  /** All addresses of a name. */
  readonly resolve?: (hostname: string) => Promise<string[]>;
}

/** The settings of every service that requests what customers name. */
export interface OutboundConfig {
  readonly OUTBOUND_ALLOW_CIDRS: readonly string[];
  readonly OUTBOUND_FORBIDDEN_PORTS: readonly number[];
  readonly OUTBOUND_PROXY?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;
const PROXY_REFUSAL = 'its host is refused by the proxy of this installation';

/** Requests to addresses that strangers chose: never redirected, never to a forbidden address, never longer or larger than said. */
export class GuardedHttpClient implements Running {
  readonly #policy: AddressPolicy;
  readonly #proxied: boolean;
  readonly #forbiddenPorts: ReadonlySet<number>;
  readonly #names = new HostNames();
  readonly #resolve: (hostname: string) => Promise<string[]>;
  readonly #connector: JudgedConnector;

  static of({
    OUTBOUND_ALLOW_CIDRS: allowCidrs,
    OUTBOUND_FORBIDDEN_PORTS: forbiddenPorts,
    OUTBOUND_PROXY: proxy,
  }: OutboundConfig): GuardedHttpClient {
    return new GuardedHttpClient({ allowCidrs, forbiddenPorts, ...(proxy !== undefined && { proxy }) });
  }

  constructor(options: GuardedHttpClientOptions) {
    this.#policy = new AddressPolicy(options.allowCidrs);
    this.#proxied = options.proxy !== undefined;
    this.#forbiddenPorts = new Set(options.forbiddenPorts);
    this.#resolve = options.resolve ?? ((hostname) => this.#names.resolve(hostname));
    const judge = {
      resolve: this.#resolve,
      refusedByProxy: () => new OutboundError('url_forbidden', PROXY_REFUSAL),
      refusalOf: (addresses: readonly string[], scheme: Scheme, port: number) => {
        const refusal = this.#refusalOfAddresses(addresses, scheme, port);
        return refusal === undefined ? undefined : new OutboundError('url_forbidden', refusal);
      },
    };
    this.#connector = new JudgedConnector(judge, options.proxy === undefined ? undefined : new URL(options.proxy));
  }

  /**
   * Why this URL will not be requested, in words for its author; undefined when it may be. The same verdict as a request gives.
   * @throws LookUpFailed when nobody could tell its addresses.
   */
  async refusalOf(url: string): Promise<string | undefined> {
    const judged = this.#judge(url);
    if (typeof judged === 'string') return judged;
    if (addressLiteral(judged.hostname) !== undefined) return undefined;
    if (this.#proxied)
      return (await this.#connector.isRefusedByProxy(judged.hostname, portOf(judged))) ? PROXY_REFUSAL : undefined;
    try {
      const addresses = await within(CONNECT_TIMEOUT_MS, this.#resolve(judged.hostname));
      return this.#refusalOfAddresses(addresses, judged.protocol as Scheme, portOf(judged));
    } catch (error) {
      throw error instanceof LookUpFailed
        ? error
        : new LookUpFailed('the host name could not be looked up', { cause: error });
    }
  }

  /** Rejects with `OutboundError` only. Any status is an answer, redirects included. */
  async request(outbound: OutboundRequest): Promise<OutboundResponse> {
    const judged = this.#judge(outbound.url);
    if (typeof judged === 'string') throw new OutboundError('url_forbidden', judged);
    const deadline = new AbortController();
    const progress: Progress = { address: '', chunks: [] };
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new OutboundError('timeout', 'no complete answer in time', soFar(progress, outbound)));
        deadline.abort();
      }, outbound.timeoutMs);
    });
    try {
      return await Promise.race([this.#exchange(judged, outbound, deadline.signal, progress), expired]);
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      progress.address ||= (error as { address?: string }).address ?? '';
      throw new OutboundError('connection_failed', 'the connection failed', {
        cause: error,
        ...soFar(progress, outbound),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Interim answers (1xx) that nobody asked for are skipped, as the final one follows (RFC 9110, 15.2). */
  async #exchange(
    url: URL,
    outbound: OutboundRequest,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<OutboundResponse> {
    const { method, headers, body } = outbound;
    const scheme = url.protocol as Scheme;
    const request = (scheme === 'https:' ? https : http).request(url, {
      agent: this.#connector.agents[scheme],
      method,
      headers,
      signal,
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject);
    });
    request
      .once('socket', ({ remoteAddress }) => {
        progress.address = remoteAddress ?? '';
      })
      .end(body);
    const response = await answered;
    const read = await readBody(response, outbound, progress.chunks);
    return { status: response.statusCode!, headers: response.headers, address: progress.address, ...read };
  }

  async stop(): Promise<void> {
    this.#names.stop();
    this.#connector.stop();
  }

  /** Everything that can be said without asking the name server. */
  #judge(text: string): URL | string {
    if (!URL.canParse(text)) return 'it is not a URL';
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'its scheme is not https';
    if (url.username !== '' || url.password !== '') return 'it carries credentials';
    const literal = addressLiteral(url.hostname);
    if (literal === undefined) return this.#proxied && url.protocol === 'http:' ? 'its scheme is not https' : url;
    return this.#refusalOfAddresses([literal], url.protocol, portOf(url)) ?? url;
  }

  /** One forbidden address is enough: which of several is used is not ours to choose. */
  #refusalOfAddresses(addresses: readonly string[], scheme: Scheme, port: number): string | undefined {
    if (addresses.length === 0) return 'its host name does not resolve';
    const isOurs = this.#forbiddenPorts.has(port) && !addresses.every((address) => this.#policy.isPublic(address));
    if (isOurs) return 'it is a port of the platform itself';
    if (addresses.every((address) => this.#policy.allows(address, scheme))) return undefined;
    const publicOnly = addresses.every((address) => this.#policy.allows(address, 'https:'));
    return publicOnly
      ? 'its scheme is not https'
      : 'its host is not a public address (OUTBOUND_ALLOW_CIDRS opens private ranges)';
  }
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

function soFar(
  { address, chunks }: Progress,
  { responseBytesMax }: OutboundRequest,
): { address: string; received: Buffer } {
  return { address, received: Buffer.concat(chunks).subarray(0, responseBytesMax) };
}

async function readBody(
  stream: IncomingMessage,
  outbound: OutboundRequest,
  chunks: Buffer[],
): Promise<{ body: Buffer; truncated: boolean }> {
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > outbound.responseBytesMax) break;
  }
  if (size <= outbound.responseBytesMax) return { body: Buffer.concat(chunks), truncated: false };
  if (outbound.overflow === 'refuse')
    throw new OutboundError('too_large', `the answer is larger than ${outbound.responseBytesMax} bytes`);
  return { body: Buffer.concat(chunks).subarray(0, outbound.responseBytesMax), truncated: true };
}
