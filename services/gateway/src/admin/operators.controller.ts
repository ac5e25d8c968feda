import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Operator } from '@usvideo/contracts/accounts';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OperatorVerifier } from '../access/operator-verifier.client';
import { operatorActorOf, operatorOf, sendJson, sendObject } from '../access/request-state.http';
import { time } from '../http/views';
import { adminOperatorSchema, adminOperatorTokenSchema, noQuery } from '../http/requests';
import { known } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { parseQuery, renderList } from '../validation/query';
import { validate } from '../validation/schema';

/** Who administers, each under a name and with a token of their own. */
@Controller('admin/v1/operators')
export class AdminOperatorsController {
  constructor(private readonly peers: Peers, private readonly verifier: OperatorVerifier) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { operators } = await call(this.peers.operators, 'listOperators', {});
    sendJson(reply, 200, renderList({ limit: operators.length, offset: 0, startingAfter: '' }, operators.map((operator) => JSON.stringify(operatorView(operator))), false, null));
  }

  /** Who the token that asks belongs to. */
  @Get('me')
  me(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    parseQuery(noQuery, request.query);
    const { name, role, bootstrap } = operatorOf(request);
    sendObject(reply, 200, { object: 'operator', name, role, bootstrap });
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { name, role, expires_in_days: expiresInDays = 0 } = validate(adminOperatorSchema, request.body);
    try {
      const { operator, token } = await call(this.peers.operators, 'createOperator', { name, role, expiresInDays, actor: operatorActorOf(request) });
      sendObject(reply, 201, { ...operatorView(present(operator)), token });
    } catch (error) {
      if (hasStatus(error, status.ALREADY_EXISTS)) throw invalidRequest([{ field: 'name', message: 'is or was somebody\'s: the audit log names them by it' }]);
      throw error;
    }
  }

  @Post(':id/token')
  async replaceToken(@Param('id') operatorId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { expires_in_days: expiresInDays = 0 } = validate(adminOperatorTokenSchema, request.body ?? {});
    const { operator, token } = await known(call(this.peers.operators, 'replaceOperatorToken', { operatorId, expiresInDays, actor: operatorActorOf(request) }), notFound);
    this.verifier.forgetAll();
    sendObject(reply, 201, { ...operatorView(present(operator)), token });
  }

  @Delete(':id')
  async revoke(@Param('id') operatorId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { operator } = await known(call(this.peers.operators, 'revokeOperator', { operatorId, actor: operatorActorOf(request) }), notFound);
    this.verifier.forgetAll();
    sendObject(reply, 200, operatorView(present(operator)));
  }
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no operator with this id, or their token was revoked.');
}

function present(operator: Operator | undefined): Operator {
  if (!operator) throw new Error('accounts answered no operator');
  return operator;
}

function operatorView({ operatorId, name, role, createdAt, lastUsedAt, expiresAt, revokedAt }: Operator): object {
  return {
    id: operatorId, object: 'operator', name, role, created_at: time(createdAt), last_used_at: time(lastUsedAt), expires_at: time(expiresAt), revoked_at: time(revokedAt),
  };
}
