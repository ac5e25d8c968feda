import type { FastifyReply, FastifyRequest } from 'fastify';
import { streamTokenOf } from '../access/access.http';
import { rateHeaders } from '../limits/rate';

/** The headers that every response carries; stamping twice is harmless. */
export function stamp(request: FastifyRequest, reply: FastifyReply): void {
  const state = request.gateway;
  reply.header('x-request-id', state.requestId).header('x-content-type-options', 'nosniff');
  const isFile = request.url.startsWith('/v/');
  if (isFile || isStreamOfPage(request)) reply.header('access-control-allow-origin', '*');
  if (isFile) reply.header('cross-origin-resource-policy', 'cross-origin');
  else if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  if (state.judgement) reply.headers(rateHeaders(state.judgement));
}

/** Files and what a token of its own opens may be read by any page; the rest of the API is not for browsers of other origins. */
function isStreamOfPage(request: FastifyRequest): boolean {
  const { operation } = request.gateway;
  if (operation?.access.by !== 'key') return operation?.isPreflight === true;
  return operation.access.stream !== undefined && streamTokenOf(request) !== undefined;
}
