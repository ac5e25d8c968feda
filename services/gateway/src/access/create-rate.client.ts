import type { FastifyRequest } from 'fastify';
import type { RateLimiter } from '../limits/rate-limiter.client';
import { callerOf } from './request-state.http';
import { rateLimitExceeded } from '../refusals/create-refusal';

/** Of what is stored before the scheduler judges an order, or without one. @throws Refusal rate_limit_exceeded */
export async function spendCreate(limiter: RateLimiter, request: FastifyRequest, supportUrl: string): Promise<void> {
  const judgement = await limiter.spend(callerOf(request), 'creates');
  request.gateway.judgement = judgement;
  if (!judgement.allowed) throw rateLimitExceeded(judgement.retryAfterMs, supportUrl);
}
