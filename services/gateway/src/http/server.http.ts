import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger, type Running } from '@usvideo/runtime';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type AddressRange, clientAddress } from '../access/client-address';
import { BODY_BYTES_MAX, type Operations, operationOf } from '../access/operation';
import { AccessGuard } from '../access/access.guard';
import type { Access } from '../access/access.http';
import { Refusal } from '../refusals/refusal';
import { BodyReader } from '../bodies/body-reader.http';
import { UnreadBody } from '../bodies/unread-body';
import { answerClientError } from './client-error.http';
import { ErrorResponder, type ForeignProtocol } from './error-responder.http';
import { OperationInterceptor } from './operation.interceptor';
import { readForm } from '../bodies/multipart.http';
import { openRequestTrace } from '../access/request-trace.http';
import type { RequestState } from '../access/request-state.http';
import { PathParameter } from './path-parameter.pipe';
import { stamp } from './response-headers.http';
import { httpDuration, httpOutcomes, httpRequests } from '../metrics';

export interface HttpServerOptions {
  /** Name of the listener in logs and metrics: public or admin. */
  readonly listener: string;
  readonly module: DynamicModule;
  readonly operations: Operations;
  readonly access: Access;
  /** Where the pages of the error codes are. */
  readonly docsUrl: string;
  /** Protocols of others that are spoken here, too. */
  readonly protocols?: readonly ForeignProtocol[];
  readonly trustedProxies: readonly AddressRange[];
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
}

export interface RunningHttpServer extends Running {
  /** The one that was really taken. */
  readonly port: number;
}

const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than a load balancer keeps its connections, so that it never sends into one that just closed. */
const KEEP_ALIVE_MS = 75_000;
const DRAIN_MS = 5_000;
const UNMATCHED = 'unmatched';

/** A Nest application on Fastify whose every response, the framework's own included, goes through the hooks below. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningHttpServer> {
  const errors = new ErrorResponder(options);
  const instance = createFastify(options, errors);
  addHooks(instance, options);
  addBodyReader(instance);
  const app = await NestFactory.create<NestFastifyApplication>(options.module, new RefusingAdapter(instance, errors), {
    logger: ['error', 'fatal'],
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(errors);
  app.useGlobalGuards(new AccessGuard(options.access));
  app.useGlobalInterceptors(new OperationInterceptor());
  app.useGlobalPipes(new PathParameter());
  await app.listen(options.port, options.host);
  let stopping: Promise<void> | undefined;
  return { port: (instance.server.address() as AddressInfo).port, stop: () => (stopping ??= drain(app, instance)) };
}

/** Open requests are answered, a connection is closed as soon as it is idle, and what then lingers is cut. */
async function drain(app: NestFastifyApplication, { server }: FastifyInstance): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}

/** Nest would answer unknown routes and framework errors in its own form; here they meet ours. */
class RefusingAdapter extends FastifyAdapter {
  constructor(
    instance: FastifyInstance,
    private readonly errors: ErrorResponder,
  ) {
    super(instance as never);
  }

  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance<FastifyInstance>().setErrorHandler((error, request, reply) =>
      this.errors.respond(error, request, reply),
    ) as never;
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.getInstance<FastifyInstance>().setNotFoundHandler((request, reply) =>
      this.errors.respond(this.errors.notFound(request), request, reply),
    ) as never;
  }
}

function createFastify(options: HttpServerOptions, errors: ErrorResponder): FastifyInstance {
  return fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1_024 },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, options.access, options.docsUrl),
    // The router refuses a malformed URL before any hook runs.
    frameworkErrors: (error, request, reply) => {
      request.gateway = stateOf(request, reply, options);
      void errors.respond(error, request, reply);
    },
  });
}

function addHooks(instance: FastifyInstance, options: HttpServerOptions): void {
  for (const outcome of ['answered', 'failed']) httpOutcomes.inc({ listener: options.listener, outcome }, 0);
  instance.decorateRequest('gateway', null as unknown as RequestState);
  instance.addHook('onRequest', (request, reply, done) => {
    request.gateway = stateOf(request, reply, options);
    done();
  });
  instance.addHook('preHandler', (request, _reply, done) => request.gateway.trace.run(done));
  instance.addHook('onSend', (request, reply, _payload, done) => {
    stamp(request, reply);
    done();
  });
  instance.addHook('onResponse', (request, reply, done) => {
    observe(request, reply, options);
    done();
  });
}

function stateOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { operations, trustedProxies }: HttpServerOptions,
): RequestState {
  const route = request.is404 ? undefined : request.routeOptions?.url;
  const traceparent = request.headers['traceparent'];
  return {
    requestId: `req_${randomUUID()}`,
    address: () => clientAddress(request.socket.remoteAddress, forwardedForOf(request), trustedProxies),
    response: reply.raw,
    startedAtMs: performance.now(),
    operation: route === undefined ? undefined : operationOf(operations, request.method, route),
    trace: openRequestTrace(
      request.method,
      route ?? UNMATCHED,
      typeof traceparent === 'string' ? traceparent : undefined,
    ),
  };
}

function forwardedForOf(request: FastifyRequest): string | undefined {
  const header = request.headers['x-forwarded-for'];
  return Array.isArray(header) ? header.join(',') : header;
}

/** The route's template and never its query: links carry signatures there. */
function observe(request: FastifyRequest, reply: FastifyReply, { listener, logger }: HttpServerOptions): void {
  const { method, gateway: state } = request;
  const route = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
  const elapsedMs = performance.now() - state.startedAtMs;
  httpOutcomes.inc({ listener, outcome: reply.statusCode >= 500 ? 'failed' : 'answered' });
  httpRequests.inc({ listener, method, route, status: reply.statusCode });
  httpDuration.observe({ listener, method, route }, elapsedMs / 1_000);
  state.trace.run(() =>
    logger.info(
      {
        listener,
        method,
        route,
        status: reply.statusCode,
        elapsed_ms: Math.round(elapsedMs),
        request_id: state.requestId,
        account: state.caller?.accountId,
        environment: state.caller?.environment,
        api_key_id: state.caller?.keyId,
        job_id: state.jobId,
        error: state.refusal,
      },
      'request',
    ),
  );
  state.trace.note({
    'http.response.status_code': reply.statusCode,
    ...(state.refusal && { 'error.code': state.refusal }),
    ...(state.jobId && { 'job.id': state.jobId }),
    ...(state.caller && { 'account.environment': state.caller.environment }),
  });
  state.trace.end(reply.statusCode >= 500 ? (state.refusal ?? String(reply.statusCode)) : undefined);
}

/** Fastify reads bodies before the framework above it knows who asks; here it hands them on unread. */
function addBodyReader(instance: FastifyInstance): void {
  const reader = new BodyReader();
  const taken = (type: string, read: (request: FastifyRequest, payload: IncomingMessage) => Promise<unknown>): void => {
    instance.addContentTypeParser(type, (request: FastifyRequest, payload: IncomingMessage, done) =>
      done(null, new UnreadBody(() => read(request, payload))),
    );
  };
  instance.removeAllContentTypeParsers();
  taken('application/json', (request, payload) =>
    request.gateway.operation?.rawBody ? reader.readRaw(request, payload) : reader.readJson(request, payload),
  );
  taken('multipart/form-data', async (request, payload) => {
    const { operation } = request.gateway;
    if (operation?.upload) return reader.readRaw(request, payload);
    return operation?.form
      ? readForm(await reader.readRaw(request, payload), request.headers['content-type']!)
      : reader.readNothing(payload, notJson());
  });
  taken('*', (_request, payload) => reader.readNothing(payload, notJson()));
}

function notJson(): Refusal {
  return new Refusal('unsupported_media_type', 'Send the body as Content-Type: application/json.');
}
