import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Operation } from '../access/operation';
import { refuseBody } from '../peers/peer-answers.client';
import { parseQuery } from '../validation/query';
import { Answer } from './answer';
import { noQuery } from './requests';

/** Holds requests to what their operation takes, where it takes nothing, and answers what handlers return. */
@Injectable()
export class OperationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { operation } = request.gateway;
    if (operation !== undefined && takesNoQuery(operation)) parseQuery(noQuery, request.query);
    if (operation !== undefined && takesNoBody(operation, request.method)) refuseBody(request.body);
    return next
      .handle()
      .pipe(map((value: unknown) => (value instanceof Answer ? sent(value, http.getResponse<FastifyReply>()) : value)));
  }
}

function takesNoQuery({ access, query }: Operation): boolean {
  return query === noQuery || (query === undefined && access.by === 'operator');
}

function takesNoBody({ body, upload, rawBody }: Operation, method: string): boolean {
  return body === undefined && upload === undefined && rawBody !== true && method !== 'GET' && method !== 'HEAD';
}

function sent({ body, headers }: Answer, reply: FastifyReply): object | string {
  reply.headers(headers);
  if (typeof body === 'string') reply.header('content-type', 'application/json; charset=utf-8');
  return body;
}
