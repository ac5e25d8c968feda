import { chmod, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { Server as GrpcServer, ServerCredentials, setLogger, status, type ServiceDefinition } from '@grpc/grpc-js';
import type { LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GrpcMethodStreamingType, ServerGrpc } from '@nestjs/microservices';
import type { Callee } from '@usvideo/contracts/callers';
import { BugLog } from './unexpected-error.filter';
import { MESSAGE_BYTES_MAX } from './grpc-client';
import { statusOf } from './grpc-status';
import { within, type Running } from '../lifecycle/lifecycle';
import type { Logger } from '../log/logger';
import { rpcDuration, rpcRequests, rpcsFromZero } from '../metrics/metrics';
import { admitCallers, type CallerToken } from './service-tokens';
import { openSpan } from '../tracing/tracing';

export interface GrpcServerOptions {
  /** A Nest module, or a dynamic one, whose controllers have `@GrpcMethod('LedgerService', 'getBalance')` handlers. */
  readonly module: Type | { module: Type };
  /** `unix:/run/ledger.sock` or `host:port`, a loopback address unless there are tokens; port 0 takes a free one. */
  readonly listen: string;
  /** Generated definitions by fully qualified name: `{ 'usvideo.ledger.v1.LedgerService': LedgerServiceService }`. */
  readonly services: Readonly<Record<string, ServiceDefinition>>;
  readonly logger: Logger;
  /** Whose calls are answered, and as whom; without it everybody's. */
  readonly admits?: { readonly callee: Callee; readonly tokens: readonly CallerToken[] | undefined };
  /** Errors that pass, such as of a database that is away: answered UNAVAILABLE and not as a bug. None unless told. */
  readonly passes?: (error: unknown) => boolean;
  /** How long open calls may take when the server stops; then they are cut. 8 s unless told, which is longer than the deadline of most. */
  readonly graceMs?: number;
}

export interface RunningGrpcServer extends Running {
  /** What to dial, with the port that was really taken. */
  readonly address: string;
}

/** Heard on a stream whose server stops. Whoever listens to it ends the stream, and has as long as a call. */
export const SERVER_LEAVING = 'server leaving';
/** For streams that go on until somebody ends them. */
const STREAM_GRACE_MS = 2_000;
const CONNECTION_AGE_MS = 10 * 60_000;
/** Longer than an exchange stream's life, so that ageing never breaks one. */
const CONNECTION_AGE_GRACE_MS = 2 * 60_000;

export async function startGrpcServer(options: GrpcServerOptions): Promise<RunningGrpcServer> {
  if (options.admits?.tokens === undefined) refuseOpenAddress(options.listen);
  setLogger(grpcLogger(options.logger));
  for (const [service, definition] of Object.entries(options.services)) {
    for (const { path } of Object.values(definition)) rpcsFromZero(service, path.split('/')[2]!);
  }
  const server = new ObservedGrpcServer(options);
  const app = await NestFactory.createMicroservice(options.module, {
    strategy: server,
    logger: nestLogger(options.logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new BugLog(options.logger, options.passes ?? (() => false)));
  try {
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return { address: server.address, stop: () => (stopping ??= app.close()) };
}

/** Where calls need no token, nothing beyond this machine may reach them. */
function refuseOpenAddress(listen: string): void {
  if (/^unix:./.test(listen) || /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/.test(listen)) return;
  throw new Error(
    'A gRPC server listens on a unix socket or a loopback address only, unless CALLER_TOKENS says whose calls it answers.',
  );
}

type UnaryCallback = (error: unknown, value?: unknown, ...rest: unknown[]) => void;
interface IncomingCall {
  metadata: { get(key: string): (string | Buffer)[] };
}
interface OpenStream extends IncomingCall {
  once(event: string, listener: () => void): unknown;
  /** @returns whether anybody listened */
  emit(event: string, ...args: unknown[]): boolean;
}
interface MethodDescription {
  path: string;
  requestStream: boolean;
  responseStream: boolean;
}
type Handler = (call: IncomingCall, callback: UnaryCallback) => unknown;

/** As Nest declares both sides. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
type NestFunction = Function;

/** Nest's gRPC transport with our channel limits, a bounded stop, and every unary call counted, timed and inside its caller's trace. */
class ObservedGrpcServer extends ServerGrpc {
  readonly #options: GrpcServerOptions;
  readonly #streams = new OpenStreams();
  address = '';

  constructor(options: GrpcServerOptions) {
    const packages = new Set(Object.keys(options.services).map((name) => name.slice(0, name.lastIndexOf('.'))));
    super({ url: options.listen, package: [...packages], packageDefinition: options.services });
    this.#options = options;
  }

  override async createClient(): Promise<GrpcServer> {
    const socket = this.url.startsWith('unix:') ? this.url.slice('unix:'.length) : undefined;
    if (socket !== undefined) await removeDeadSocket(socket);
    const { admits, logger } = this.#options;
    const server = new GrpcServer({
      ...(admits?.tokens === undefined ? {} : { interceptors: [admitCallers(admits.callee, admits.tokens, logger)] }),
      'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
      'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
      'grpc.max_connection_age_ms': CONNECTION_AGE_MS,
      'grpc.max_connection_age_grace_ms': CONNECTION_AGE_GRACE_MS,
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(this.url, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    if (socket !== undefined) await chmod(socket, 0o600);
    this.address = socket === undefined ? this.url.replace(/:\d+$/, `:${port}`) : this.url;
    return server;
  }

  override createServiceMethod(
    handler: NestFunction,
    method: MethodDescription,
    streaming: GrpcMethodStreamingType,
  ): NestFunction {
    const serve = super.createServiceMethod(handler, method, streaming) as Handler;
    if (!method.requestStream && !method.responseStream)
      return observed(serve, method.path, this.#options.admits?.callee ?? packageOf(method.path));
    return (stream: OpenStream, callback: UnaryCallback) => {
      this.#streams.add(stream);
      return serve(stream, callback);
    };
  }

  override async close(): Promise<void> {
    const server = this.grpcClient as GrpcServer | null | undefined;
    if (!server) return;
    this.grpcClient = null;
    const graceMs = this.#options.graceMs ?? 8_000;
    this.#streams.tell();
    const drained = new Promise<void>((resolve, reject) =>
      server.tryShutdown((error) => (error ? reject(error) : resolve())),
    );
    const impatient = setTimeout(() => this.#streams.endOthers(), Math.min(STREAM_GRACE_MS, graceMs));
    try {
      await within(graceMs, drained);
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'open calls were cut at the end of the grace period');
      server.forceShutdown();
    } finally {
      clearTimeout(impatient);
    }
  }
}

/** The streams of a server, which has to end them when it stops. */
class OpenStreams {
  readonly #open = new Set<OpenStream>();
  readonly #endingByThemselves = new Set<OpenStream>();

  add(stream: OpenStream): void {
    this.#open.add(stream);
    for (const end of ['finish', 'close', 'cancelled']) stream.once(end, () => this.#open.delete(stream));
  }

  tell(): void {
    for (const stream of this.#open) if (stream.emit(SERVER_LEAVING)) this.#endingByThemselves.add(stream);
  }

  /** Those that listened when they were told end by themselves. */
  endOthers(): void {
    for (const stream of this.#open) {
      if (this.#endingByThemselves.has(stream)) continue;
      stream.emit('error', { code: status.UNAVAILABLE, details: 'the server stops' });
      stream.emit('cancelled', 'cancelled');
    }
  }
}

/** A killed process leaves its socket file behind, and nobody can listen there until it is gone. */
async function removeDeadSocket(path: string): Promise<void> {
  const refused = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(false));
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    probe.once('connect', () => probe.destroy());
  });
  if (refused) await rm(path, { force: true });
}

/** `ledger` of `/usvideo.ledger.v1.LedgerService/GetBalance`. */
function packageOf(path: string): string {
  return path.split('.')[1] ?? '';
}

function observed(serve: Handler, path: string, callee: string): Handler {
  const [, service = '', method = ''] = path.split('/');
  return (call, callback) => {
    const parent = call.metadata.get('traceparent')[0]?.toString();
    const span = openSpan(`${service}/${method}`, {
      service: callee,
      kind: 'server',
      ...(parent === undefined ? {} : { parent }),
    });
    const stopClock = rpcDuration.startTimer({ service, method });
    const answer: UnaryCallback = (error, ...rest) => {
      const code = error ? statusOf(error) : status.OK;
      stopClock();
      rpcRequests.inc({ service, method, status: status[code] });
      span.end(error ? Object.assign(new Error(), { name: status[code] }) : undefined);
      callback(error ? wireError(error, code) : null, ...rest);
    };
    return span.run(() => serve(call, answer));
  };
}

/** Only a deliberate status carries its message across; anything else is a bug whose text stays in our log. */
function wireError(error: unknown, code: status): { code: status; message: string } {
  const given = error as { code?: unknown; message?: unknown };
  return { code, message: typeof given.code === 'number' ? String(given.message) : 'internal error' };
}

function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  return {
    log: (message) => logger.debug(text(message)),
    debug: (message) => logger.debug(text(message)),
    verbose: (message) => logger.trace(text(message)),
    warn: (message) => logger.warn(text(message)),
    error: (message, ...rest) =>
      logger.error({ err: message instanceof Error ? message : undefined, stack: rest[0] }, text(message)),
    fatal: (message) => logger.fatal(text(message)),
  };
}

/** What the gRPC library says reaches us as an error or a status as well. */
function grpcLogger(logger: Logger): Partial<Console> {
  const write = (...words: unknown[]): void => logger.debug(words.join(' '));
  return { error: write, info: write, debug: write };
}
