import {
  credentials,
  Metadata,
  type CallOptions,
  type ChannelCredentials,
  type Client,
  type ClientOptions,
  type ClientUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { limitConnecting } from './grpc-connect';
import { wasNeverSent } from './grpc-status';
import { showToken } from './service-tokens';
import { currentTraceparent } from '../tracing/tracing';

/** Both directions, on both sides. A first frame of 10 MiB fits, base64 included. */
export const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

const CHANNEL: ClientOptions = {
  'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  // A replica that hangs leaves the rotation after fifteen seconds.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // An operator's proxy is for what lies outside.
  'grpc.enable_http_proxy': 0,
  // A container that starts again has another address. Whoever asks for it in the half minute that is the default outlasts a lease.
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
};

limitConnecting();

type ClientConstructor<C extends Client> = new (
  address: string,
  creds: ChannelCredentials,
  options?: Partial<ClientOptions>,
) => C;

/**
 * Opens no connection yet: the first call does. The caller closes the client.
 * @param address one server (`unix:/run/ledger.sock`, `host:port`), or several that take turns (`ipv4:10.0.0.1:7001,10.0.0.2:7001`,
 * `dns:///ledger:7001` for all that the name resolves to)
 * @param token shown with every call
 * @param ownConnection for streams that may be read slowly: what is unread of one holds up every call of its connection
 */
export function dial<C extends Client>(
  constructor: ClientConstructor<C>,
  address: string,
  token?: string,
  ownConnection = false,
): C {
  const options = ownConnection ? { ...CHANNEL, 'grpc.use_local_subchannel_pool': 1 } : CHANNEL;
  return new constructor(
    address,
    credentials.createInsecure(),
    token === undefined ? options : { ...options, interceptors: [showToken(token)] },
  );
}

type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

/** The names of a generated client's unary methods. */
export type UnaryMethod<C> = {
  [K in keyof C]: C[K] extends Unary<infer _Request, infer _Response> ? K : never;
}[keyof C];
export type RequestOf<C, K extends keyof C> = C[K] extends Unary<infer Request, infer _Response> ? Request : never;
export type ResponseOf<C, K extends keyof C> = C[K] extends Unary<infer _Request, infer Response> ? Response : never;

/**
 * How long calls wait for a service of which no replica is there: while its last one is replaced, callers hear of the next only
 * once its name leads there. After that they fail at once until it is back.
 */
export const REPLICA_BACK_WITHIN_MS = 3_000;
/** After as long without a failed call, the next one is the first of another absence. */
const ABSENCE_FORGOTTEN_MS = 10_000;
const absences = new WeakMap<Client, { readonly since: number; readonly seen: number }>();

/**
 * One unary call, inside a deadline and the current trace. Rejects with a `ServiceError`; `hasStatus` reads it. What was never sent,
 * because no replica of the service was there, is sent when one is, if that is soon.
 */
export async function call<C extends Client, K extends UnaryMethod<C>>(
  client: C,
  method: K,
  request: RequestOf<C, K>,
  options: { deadlineMs?: number } = {},
): Promise<ResponseOf<C, K>> {
  const until = performance.now() + (options.deadlineMs ?? 5_000);
  for (;;) {
    try {
      const response = await attempt(client, method, request, until - performance.now());
      absences.delete(client);
      return response;
    } catch (error) {
      if (!wasNeverSent(error) || !(await comesBack(client, until))) throw error;
    }
  }
}

/** Whether a replica is there in time for another attempt. */
async function comesBack(client: Client, until: number): Promise<boolean> {
  const now = performance.now();
  const known = absences.get(client);
  const since = known === undefined || now - known.seen > ABSENCE_FORGOTTEN_MS ? now : known.since;
  absences.set(client, { since, seen: now });
  const waitMs = Math.min(since + REPLICA_BACK_WITHIN_MS, until) - now;
  return waitMs > 0 && isReachable(client, waitMs);
}

function attempt<C extends Client, K extends UnaryMethod<C>>(
  client: C,
  method: K,
  request: RequestOf<C, K>,
  withinMs: number,
): Promise<ResponseOf<C, K>> {
  const deadline = Date.now() + withinMs;
  const invoke = client[method] as Unary<RequestOf<C, K>, ResponseOf<C, K>>;
  return new Promise((resolve, reject) => {
    invoke.call(client, request, traceMetadata(), { deadline }, (error, response) =>
      error === null ? resolve(response) : reject(error),
    );
  });
}

/** Whether a connection stands, or comes to stand in time. */
export function isReachable(client: Client, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => client.waitForReady(Date.now() + withinMs, (error) => resolve(!error)));
}

/** Metadata that continues the current trace; for streams, which `call` does not open. */
export function traceMetadata(): Metadata {
  const metadata = new Metadata();
  const traceparent = currentTraceparent();
  if (traceparent !== '') metadata.set('traceparent', traceparent);
  return metadata;
}
