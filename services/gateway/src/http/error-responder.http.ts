import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { ArtifactMissing, ArtifactStoreAway } from '@usvideo/artifacts';
import { ExchangeTimeout, ExchangeUnavailable } from '@usvideo/exchange';
import { type Logger, status } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowedMethods, type Operations } from '../access/operation';
import { Refusal, errorBody, refusedValue, retryHeaders, serviceUnavailable, videoExpired } from '../refusals/refusal';
import type { Access } from '../access/access.http';
import { sendObject } from '../access/request-state.http';
import { stamp } from './response-headers.http';

/** What a peer's failure means for the customer: it may help to come back. */
const AWAY: ReadonlySet<unknown> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
  status.ABORTED,
]);

/** A protocol of somebody else under a path of its own: how it tells a refusal, and whose programs speak it. */
export interface ForeignProtocol {
  readonly path: string;
  errorBody(refusal: Refusal): object;
  /** The way to it, for a program of it that asks elsewhere. */
  hintFor(userAgent: string): string | undefined;
}

export interface ErrorResponderOptions {
  readonly access: Access;
  readonly operations: Operations;
  readonly docsUrl: string;
  readonly protocols?: readonly ForeignProtocol[];
  readonly logger: Logger;
}

/** Every error of the gateway, whoever threw it, is answered here and in one form. */
@Catch()
export class ErrorResponder implements ExceptionFilter {
  private readonly access: Access;
  private readonly operations: Operations;
  private readonly docsUrl: string;
  private readonly protocols: readonly ForeignProtocol[];
  private readonly logger: Logger;

  constructor({ access, operations, docsUrl, protocols = [], logger }: ErrorResponderOptions) {
    this.access = access;
    this.operations = operations;
    this.docsUrl = docsUrl;
    this.protocols = protocols;
    this.logger = logger;
  }

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    await this.respond(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  async respond(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (reply.sent) return;
    const state = request.gateway;
    let refusal = this.refusalOf(error, request);
    try {
      await this.access.judgeRefused(state, refusal);
    } catch (limited) {
      if (!(limited instanceof Refusal)) throw limited;
      refusal = limited;
    }
    this.send(refusal, request, reply);
  }

  /** A path under which other methods live is known; the method is what is wrong. */
  notFound(request: FastifyRequest): Refusal {
    const methods = allowedMethods(this.operations, request.url.split('?')[0]!);
    if (methods.length === 0) return this.nothingHere();
    const allow = methods.join(', ');
    return new Refusal('method_not_allowed', `This path answers ${allow}.`, { headers: { allow } });
  }

  private nothingHere(): Refusal {
    const reference = ['GET /docs', 'GET /admin/v1/openapi.json'].find((name) => Object.hasOwn(this.operations, name));
    return new Refusal(
      'not_found',
      `There is nothing at this path.${reference === undefined ? '' : ` ${reference} describes what there is.`}`,
    );
  }

  private send(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
    const { headers, retryAfterMs } = refusal.extras;
    request.gateway.refusal = refusal.code;
    if (headers) reply.headers(headers);
    if (refusal.httpStatus === 429 || refusal.httpStatus === 503) reply.headers(retryHeaders(retryAfterMs ?? 1_000));
    for (const name of ['etag', 'content-length', 'cache-control', 'location']) reply.removeHeader(name);
    stamp(request, reply);
    sendObject(reply, refusal.httpStatus, this.bodyOf(refusal, request));
  }

  /** In the form of the path's protocol, or of a lost program's: it reads no other, and is told the way. */
  private bodyOf(refusal: Refusal, { url, headers, gateway }: FastifyRequest): object {
    const spoken = this.protocols.find(({ path }) => url.startsWith(path));
    if (spoken) return spoken.errorBody(refusal);
    const mayBeLost = url.startsWith('/v1/') && [400, 404, 405, 415].includes(refusal.httpStatus);
    for (const protocol of mayBeLost ? this.protocols : []) {
      const hint = protocol.hintFor(headers['user-agent'] ?? '');
      if (hint !== undefined)
        return protocol.errorBody(new Refusal(refusal.code, `${refusal.message} ${hint}`, refusal.extras));
    }
    return errorBody(refusal, gateway.requestId, this.docsUrl);
  }

  private refusalOf(error: unknown, request: FastifyRequest): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof ExchangeUnavailable || error instanceof ExchangeTimeout) return serviceUnavailable();
    // Deleted between the look and the reading.
    if (error instanceof ArtifactMissing) return videoExpired();
    const { code, statusCode, details } = (error ?? {}) as { code?: unknown; statusCode?: unknown; details?: unknown };
    if (AWAY.has(code)) return serviceUnavailable();
    if (code === status.INVALID_ARGUMENT || code === status.OUT_OF_RANGE) {
      // The gateway should have seen it first: a rule that one end lacks.
      this.logger.warn(
        { err: error, request_id: request.gateway.requestId },
        'a service refused a value that the gateway let through',
      );
      return refusedValue(details);
    }
    if (error instanceof ArtifactStoreAway) {
      this.logger.error({ err: error, request_id: request.gateway.requestId }, 'the artifact store is away');
      return serviceUnavailable();
    }
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
      return frameworkRefusal(code, statusCode);
    this.logger.error({ err: error, request_id: request.gateway.requestId }, 'a request failed');
    return new Refusal('internal_error', 'Something went wrong on our side. The request id helps us to find it.');
  }
}

/** The framework's own refusals, in our words: its messages name its parts. */
function frameworkRefusal(code: unknown, statusCode: number): Refusal {
  if (statusCode === 415)
    return new Refusal('unsupported_media_type', 'Send the body as Content-Type: application/json.');
  if (statusCode === 413) return new Refusal('payload_too_large', 'The body is larger than this operation takes.');
  if (code === 'FST_ERR_BAD_URL' || statusCode === 404 || statusCode === 414)
    return new Refusal('not_found', 'There is nothing at this path.');
  return new Refusal('invalid_request', 'The request could not be read.');
}
