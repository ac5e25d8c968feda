import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '@usvideo/contracts/accounts';
import { bookOf } from '@usvideo/contracts/books';
import type { Caller } from '../identity/caller';
import type { Operation } from './operation';
import type { OperatorCaller } from '../identity/operator-caller';
import type { Judgement } from '../limits/rate';
import { Refusal, type RefusalCode, jobNotFound } from '../refusals/refusal';
import type { SessionCaller } from '../identity/session-caller';
import type { RequestTrace } from './request-trace.http';

/** What the gateway knows of one request; every hook and controller reads it here. */
export interface RequestState {
  readonly requestId: string;
  /** What keyless requests are counted under; worked out only when asked for. */
  readonly address: () => string;
  /** Its close is the end of the request: the request itself closes once its body is read. */
  readonly response: ServerResponse;
  readonly startedAtMs: number;
  /** Undefined: no such route. */
  readonly operation: Operation | undefined;
  readonly trace: RequestTrace;
  caller?: Caller;
  operator?: OperatorCaller;
  /** Of the policy that judged the request; behind its X-RateLimit headers. */
  judgement?: Judgement;
  /** Of an order: the job that it made. */
  jobId?: string;
  /** Why the request was refused. */
  refusal?: RefusalCode;
}

declare module 'fastify' {
  interface FastifyRequest {
    gateway: RequestState;
  }
}

/** Only for operations whose access is by key: admission has set the caller. */
export function callerOf(request: FastifyRequest): Caller {
  const { caller } = request.gateway;
  if (!caller) throw new Error('this operation is not guarded by a key');
  return caller;
}

/** Only for operations of people: admission has set the session. */
export function sessionOf(request: FastifyRequest): SessionCaller {
  const { caller } = request.gateway;
  if (!caller || !('session' in caller)) throw new Error('this operation is not guarded by a session');
  return caller as SessionCaller;
}

/** Who asks, and from where, for the audit log. */
export function actorOf({ gateway: state }: FastifyRequest, author = state.caller?.keyId ?? ''): Actor {
  return { author, address: state.address(), requestId: state.requestId };
}

/** Only for operations of the admin port: admission has set who administers. */
export function operatorOf(request: FastifyRequest): OperatorCaller {
  const { operator } = request.gateway;
  if (!operator) throw new Error("this operation is not guarded by an operator's token");
  return operator;
}

/** An operator who acts, with what the audit log keeps of it. */
export interface ActingOperator extends OperatorCaller {
  readonly actor: Actor;
}

export function actingOperatorOf(request: FastifyRequest): ActingOperator {
  const operator = operatorOf(request);
  return { ...operator, actor: actorOf(request, operator.name) };
}

/** Test keys see the sandbox, and its play money. */
export function isTest(caller: Caller): boolean {
  return caller.environment === 'test';
}

/** The ledger's name for the caller's money: real, or play. */
export function bookOfCaller({ accountId, environment }: Pick<Caller, 'accountId' | 'environment'>): string {
  return bookOf(accountId, environment);
}

/** For payments. @throws Refusal forbidden for a test key. */
export function liveCallerOf(request: FastifyRequest): Caller {
  const caller = callerOf(request);
  if (isTest(caller))
    throw new Refusal(
      'forbidden',
      'Play money is not bought: POST /v1/sandbox/reset restores it. Use a live key for payments.',
    );
  return caller;
}

/** The path's id. One that cannot be an id is answered like one that does not exist. */
export function jobIdOf(request: FastifyRequest): string {
  const { id } = request.params as { id: string };
  if (!/^job_[0-9A-Za-z]{1,64}$/.test(id)) throw jobNotFound();
  return id;
}

export function sendJson(reply: FastifyReply, status: number, json: string): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(json);
}

export function sendObject(reply: FastifyReply, status: number, value: object): FastifyReply {
  return sendJson(reply, status, JSON.stringify(value));
}
