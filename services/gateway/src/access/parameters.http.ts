import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { actorOf, callerOf, jobIdOf, liveCallerOf, sessionOf } from './request-state.http';

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
/** The path's id of a job. */
export const JobId = parameter(jobIdOf);
