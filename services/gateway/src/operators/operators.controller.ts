import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import type { Operator } from '@usvideo/contracts/accounts';
import { call, hasStatus, status } from '@usvideo/runtime';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import { OperatorVerifier } from '../identity/operator-verifier.client';
import { time } from '../http/views';
import { adminOperatorSchema, adminOperatorTokenSchema } from '../http/requests';
import { known } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { renderList } from '../validation/query';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

/** Who administers, each under a name and with a token of their own. */
@Controller('admin/v1/operators')
export class AdminOperatorsController {
  constructor(
    private readonly peers: Peers,
    private readonly verifier: OperatorVerifier,
  ) {}

  @Get()
  async list(): Promise<Answer> {
    const { operators } = await call(this.peers.operators, 'listOperators', {});
    return new Answer(
      renderList(
        { limit: operators.length, offset: 0, startingAfter: '' },
        operators.map((operator) => JSON.stringify(operatorView(operator))),
        false,
        null,
      ),
    );
  }

  /** Who the token that asks belongs to. */
  @Get('me')
  me(@ByOperator() { name, role, bootstrap }: ActingOperator): object {
    return { object: 'operator', name, role, bootstrap };
  }

  @Post()
  async create(
    @ValidBody(adminOperatorSchema)
    { name, role, expires_in_days: expiresInDays = 0 }: Valid<typeof adminOperatorSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    try {
      const { operator, token } = await call(this.peers.operators, 'createOperator', {
        name,
        role,
        expiresInDays,
        actor: by.actor,
      });
      return { ...operatorView(present(operator)), token };
    } catch (error) {
      if (hasStatus(error, status.ALREADY_EXISTS))
        throw invalidRequest([{ field: 'name', message: "is or was somebody's: the audit log names them by it" }]);
      throw error;
    }
  }

  @Post(':id/token')
  async replaceToken(
    @Param('id') operatorId: string,
    @ValidBody(adminOperatorTokenSchema, {})
    { expires_in_days: expiresInDays = 0 }: Valid<typeof adminOperatorTokenSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const { operator, token } = await known(
      call(this.peers.operators, 'replaceOperatorToken', {
        operatorId,
        expiresInDays,
        actor: by.actor,
      }),
      notFound,
    );
    this.verifier.forgetAll();
    return { ...operatorView(present(operator)), token };
  }

  @Delete(':id')
  async revoke(@Param('id') operatorId: string, @ByOperator() by: ActingOperator): Promise<object> {
    const { operator } = await known(
      call(this.peers.operators, 'revokeOperator', { operatorId, actor: by.actor }),
      notFound,
    );
    this.verifier.forgetAll();
    return operatorView(present(operator));
  }
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no operator with this id who has a token.');
}

function present(operator: Operator | undefined): Operator {
  if (!operator) throw new Error('accounts answered no operator');
  return operator;
}

export function operatorView({
  operatorId,
  name,
  role,
  createdAt,
  lastUsedAt,
  expiresAt,
  revokedAt,
  federated,
}: Operator): object {
  return {
    id: operatorId,
    object: 'operator',
    name,
    role,
    federated,
    created_at: time(createdAt),
    last_used_at: time(lastUsedAt),
    expires_at: time(expiresAt),
    revoked_at: time(revokedAt),
  };
}
