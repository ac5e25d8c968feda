import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Operation } from '../access/operation';
import { UnreadBody } from '../bodies/unread-body';
import { refuseBody } from '../peers/peer-answers.client';
import { parseQuery } from '../validation/query';
import { Answer } from './answer';
import { noQuery } from './requests';

/** Reads the body of a request that was admitted, holds it to what its operation takes, and answers what handlers return. */
@Injectable()
export class OperationInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (request.body instanceof UnreadBody) request.body = await readBody(request.body, reply);
    const { operation } = request.gateway;
    if (operation !== undefined && takesNoQuery(operation)) parseQuery(noQuery, request.query);
    if (operation !== undefined && takesNoBody(operation, request.method)) refuseBody(request.body);
    return next.handle().pipe(map((value: unknown) => (value instanceof Answer ? sent(value, reply) : value)));
  }
}

async function readBody(body: UnreadBody, reply: FastifyReply): Promise<unknown> {
  try {
    return await body.read();
  } catch (error) {
    // Its sender may go on sending.
    reply.header('connection', 'close');
    throw error;
  }
}

function takesNoQuery({ access, query }: Operation): boolean {
  return query === noQuery || (query === undefined && access.by === 'operator');
}

function takesNoBody({ body, upload, rawBody }: Operation, method: string): boolean {
  return body === undefined && upload === undefined && rawBody !== true && method !== 'GET' && method !== 'HEAD';
}

function sent({ body, headers, status }: Answer, reply: FastifyReply): object | string | undefined {
  if (status !== undefined) reply.code(status);
  if (typeof body === 'string') reply.header('content-type', 'application/json; charset=utf-8');
  reply.headers(headers);
  return body;
}
