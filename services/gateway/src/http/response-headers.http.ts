import type { FastifyReply, FastifyRequest } from 'fastify';
import { rateHeaders } from '../access/rate';

/** The headers that every response carries; stamping twice is harmless. */
export function stamp(request: FastifyRequest, reply: FastifyReply): void {
  const state = request.gateway;
  reply.header('x-request-id', state.requestId).header('x-content-type-options', 'nosniff');
  // Files may be shown by any page; the API itself is not for browsers of other origins.
  if (request.url.startsWith('/v/')) reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
  else if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  if (state.judgement) reply.headers(rateHeaders(state.judgement));
}
