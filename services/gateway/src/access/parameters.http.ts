import type { ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { readIdempotencyKey, readWait, type Wait } from './request-headers';
import { actingOperatorOf, actorOf, callerOf, jobIdOf, liveCallerOf, sessionOf } from './request-state.http';

export interface PreferredWait extends Wait {
  readonly response: ServerResponse;
}

/** Parameters of handlers. Nest reads them in their order, so that the first refusal is the first parameter's. */
function parameter<T>(read: (request: FastifyRequest) => T): () => ParameterDecorator {
  return createParamDecorator((_: unknown, context: ExecutionContext) => read(context.switchToHttp().getRequest()));
}

/** The `Caller` of a key's operation. */
export const KeyCaller = parameter(callerOf);
/** The same, and refused with a test key. */
export const LiveCaller = parameter(liveCallerOf);
/** The `SessionCaller` of a person's operation. */
export const SignedIn = parameter(sessionOf);
/** The `Actor` for the audit log: who was admitted. */
export const AuditActor = parameter((request) => actorOf(request));
/** The same, of an operation that admits anyone. */
export const SelfActor = parameter((request) => actorOf(request, 'self'));
/** The `ActingOperator` of an operation of the admin port. */
export const ByOperator = parameter(actingOperatorOf);
/** The header `Idempotency-Key`, or empty. */
export const IdempotencyKey = parameter(({ headers }) => readIdempotencyKey(headers['idempotency-key']));
/** The header `Prefer: wait=N`, with the response whose close ends the wait: a `PreferredWait`. */
export const Prefers = parameter(({ headers, gateway }): PreferredWait => ({
  ...readWait(headers.prefer),
  response: gateway.response,
}));
/** What follows the path of a route that ends in a star. */
export const PathRest = parameter(({ params }) => (params as { '*': string })['*']);
/** The path's id of a job. */
export const JobId = parameter(jobIdOf);
