import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  CreateOperatorRequest,
  CreateOperatorResponse,
  DescribeOperatorSignInResponse,
  FinishOperatorOidcRequest,
  FinishOperatorOidcResponse,
  ListOperatorsResponse,
  RecordOrderRequest,
  RecordOrderResponse,
  ReplaceOperatorTokenRequest,
  ReplaceOperatorTokenResponse,
  RevokeOperatorRequest,
  RevokeOperatorResponse,
  StartOperatorOidcResponse,
  VerifyOperatorRequest,
  VerifyOperatorResponse,
} from '@usvideo/contracts/accounts';
import { OperatorSignInRefusal } from '@usvideo/contracts/accounts';
import { numberOf } from '@usvideo/contracts/names';
import { grpcError, status } from '@usvideo/runtime';
import { type OperatorOidcRefusal, OperatorOidcSignIn } from '../operators/operator-oidc.service';
import { OperatorStore } from '../operators/operator.store';
import { actorOf } from './actor';
import { newOperatorFaults, orderFaults, expiryFaults, queryFaults } from './request-faults';
import { refuseFaults } from './refusal-status.grpc';

/** Who may administer, and what they order of other services. */
@Controller()
export class OperatorsController {
  constructor(
    private readonly operators: OperatorStore,
    private readonly oidc: OperatorOidcSignIn,
  ) {}

  @GrpcMethod('OperatorsService', 'describeOperatorSignIn')
  describeOperatorSignIn(): DescribeOperatorSignInResponse {
    return { oidcName: this.oidc.name };
  }

  @GrpcMethod('OperatorsService', 'startOperatorOidc')
  async startOperatorOidc(): Promise<StartOperatorOidcResponse> {
    return refused({ authorizationUrl: '', state: '', ...(await this.oidc.start()) });
  }

  @GrpcMethod('OperatorsService', 'finishOperatorOidc')
  async finishOperatorOidc(request: FinishOperatorOidcRequest): Promise<FinishOperatorOidcResponse> {
    refuseFaults(queryFaults(request.query));
    const finished = await this.oidc.finish(request.state, request.query, actorOf(request));
    return refused({ operator: undefined, token: '', ...finished });
  }

  @GrpcMethod('OperatorsService', 'createOperator')
  async createOperator({ name, role, expiresInDays, actor }: CreateOperatorRequest): Promise<CreateOperatorResponse> {
    refuseFaults(newOperatorFaults({ name, role, expiresInDays }));
    const created = await this.operators.create({ name, role, expiresInDays }, actorOf({ actor }));
    if (created === undefined) throw grpcError(status.ALREADY_EXISTS, 'operator_exists');
    return created;
  }

  @GrpcMethod('OperatorsService', 'listOperators')
  async listOperators(): Promise<ListOperatorsResponse> {
    return { operators: await this.operators.list() };
  }

  @GrpcMethod('OperatorsService', 'replaceOperatorToken')
  async replaceOperatorToken({
    operatorId,
    expiresInDays,
    actor,
  }: ReplaceOperatorTokenRequest): Promise<ReplaceOperatorTokenResponse> {
    refuseFaults(expiryFaults(expiresInDays));
    return known(await this.operators.replaceToken(operatorId, expiresInDays, actorOf({ actor })));
  }

  @GrpcMethod('OperatorsService', 'revokeOperator')
  async revokeOperator({ operatorId, actor }: RevokeOperatorRequest): Promise<RevokeOperatorResponse> {
    return { operator: known(await this.operators.revoke(operatorId, actorOf({ actor }))) };
  }

  @GrpcMethod('OperatorsService', 'verifyOperator')
  async verifyOperator({ tokenSha256 }: VerifyOperatorRequest): Promise<VerifyOperatorResponse> {
    return { operator: known(await this.operators.verify(tokenSha256)) };
  }

  @GrpcMethod('OperatorsService', 'recordOrder')
  async recordOrder({ accountId, action, subject, order, actor }: RecordOrderRequest): Promise<RecordOrderResponse> {
    refuseFaults(orderFaults({ action, subject, order }));
    await this.operators.record({
      accountId,
      action,
      subject,
      order: JSON.parse(order) as object,
      actor: actorOf({ actor }),
    });
    return {};
  }
}

function known<Found>(found: Found | undefined): Found {
  if (found === undefined) throw grpcError(status.NOT_FOUND, 'operator_not_found');
  return found;
}

function refused<Answer extends { readonly refusal: OperatorOidcRefusal | '' }>({ refusal, ...rest }: Answer) {
  return { ...rest, refusal: refusal === '' ? undefined : numberOf(OperatorSignInRefusal, refusal) };
}
