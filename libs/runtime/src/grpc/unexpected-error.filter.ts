import { status } from '@grpc/grpc-js';
import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter, RpcException } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { statusOf } from './grpc-status';
import type { Logger } from '../log/logger';

/** How a call within a call ended, when nothing is wrong with either. */
const CALLEE_AWAY: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]);

/** Logs what a handler threw without meaning to answer with it; the caller learns little of it, so it must be found here. */
@Catch()
export class BugLog extends BaseRpcExceptionFilter<unknown> {
  /** @param passes Whether it may help to come back: the database is away, and nothing is wrong with the call. */
  constructor(
    private readonly log: Logger,
    private readonly passes: (error: unknown) => boolean,
  ) {
    super();
  }

  override catch(error: unknown, host: ArgumentsHost): Observable<unknown> {
    if (error instanceof RpcException) return super.catch(error, host);
    if (this.passes(error) || CALLEE_AWAY.has(statusOf(error))) {
      this.log.warn({ err: error, method: methodOf(host) }, 'a call could not be carried out for the moment');
      return throwError(() => ({ code: status.UNAVAILABLE, message: 'away for the moment' }));
    }
    this.log.error({ err: error, method: methodOf(host) }, 'a call failed');
    // Left to Nest it would be logged again, without the method and under the name of whichever service started last.
    return throwError(() => ({ status: 'error', message: 'internal error' }));
  }
}

/** The third argument of a handler is the call. */
function methodOf(host: ArgumentsHost): string {
  return host.getArgByIndex<{ getPath?(): string } | undefined>(2)?.getPath?.() ?? 'unknown';
}
