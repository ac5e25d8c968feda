import { status } from '@grpc/grpc-js';
import { RpcException } from '@nestjs/microservices';

export { status } from '@grpc/grpc-js';

/** What a gRPC handler throws to answer with a status. The message reaches the caller: a rule, never data. */
export function grpcError(code: status, message: string): RpcException {
  return new RpcException({ code, message });
}

/** Whether an error from a call, or one made by `grpcError`, has this status. */
export function hasStatus(error: unknown, code: status): boolean {
  return statusOf(error) === code;
}

/** The status of an error; anything without one is INTERNAL. */
export function statusOf(error: unknown): status {
  const carrier = error instanceof RpcException ? error.getError() : error;
  const code = typeof carrier === 'object' && carrier !== null ? (carrier as { code?: unknown }).code : undefined;
  return typeof code === 'number' && status[code] !== undefined ? code : status.INTERNAL;
}

/** What grpc-js says of a call for which there was no connection, or that the server refused to begin. */
const NEVER_SENT =
  /No connection established|No addresses resolved|Name resolution failed|Stream refused by server|Failed to start HTTP\/2 stream/;

/** Whether a failed call cannot have been carried out, because nothing of it was sent. */
export function wasNeverSent(error: unknown): boolean {
  const { code, details } = (error ?? {}) as { code?: unknown; details?: unknown };
  return code === status.UNAVAILABLE && typeof details === 'string' && NEVER_SENT.test(details);
}
