import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  ApplyPaymentEventRequest,
  ApplyPaymentEventResponse,
  ConfirmTopUpRequest,
  ConfirmTopUpResponse,
  ClaimDeclinedTopUpsRequest,
  ClaimDeclinedTopUpsResponse,
  CreateTopUpRequest,
  CreateTopUpResponse,
  DeclinedTopUpsToldRequest,
  DeclinedTopUpsToldResponse,
  FindTopUpRequest,
  FindTopUpResponse,
  GetTopUpRequest,
  GetTopUpResponse,
  ListTopUpsRequest,
  ListTopUpsResponse,
  TopUp,
} from '@usvideo/contracts/ledger';
import { grpcError, status } from '@usvideo/runtime';
import { AMOUNT_MICROS_MAX } from '../account/account';
import { manualProvider, OrderRefused, Providers } from '../top-ups/payment-provider';
import { DeclinedTopUps } from '../top-ups/declined-top-up.store';
import { TopUpStore } from '../top-ups/top-up.store';
import { NewsRefused, PaymentUnknown, TopUps } from '../top-ups/top-ups.saga';
import { demand, demandPage, required } from './validation.grpc';

const TOLD_MAX = 100;

/** Paying in. */
@Controller()
export class TopUpsController {
  constructor(
    private readonly topUps: TopUps,
    private readonly store: TopUpStore,
    private readonly providers: Providers,
    private readonly declined: DeclinedTopUps,
  ) {}

  @GrpcMethod('LedgerService', 'createTopUp')
  async createTopUp(request: CreateTopUpRequest): Promise<CreateTopUpResponse> {
    const { accountId, amountMicros, idempotencyKey, successUrl, cancelUrl, author } = required(
      request,
      'accountId',
      'author',
    );
    demand(amountMicros > 0n && amountMicros <= AMOUNT_MICROS_MAX, 'amount_out_of_range');
    const provider = request.provider === '' ? this.providers.standard : this.providers.byName.get(request.provider);
    demand(provider !== undefined, `provider is one of ${[...this.providers.byName.keys()].join(', ')}`);
    const order = {
      accountId,
      amountMicros,
      idempotencyKey: idempotencyKey === '' ? undefined : idempotencyKey,
      successUrl,
      cancelUrl,
      author,
    };
    const topUp = await this.topUps.create(provider!, order).catch(failOrder);
    if (topUp.amountMicros !== amountMicros) throw grpcError(status.ALREADY_EXISTS, 'top_up_conflict');
    return { topUp };
  }

  @GrpcMethod('LedgerService', 'listTopUps')
  async listTopUps(request: ListTopUpsRequest): Promise<ListTopUpsResponse> {
    demandPage(required(request, 'accountId'));
    const topUps = await this.store.list(request.accountId, request.limit + 1, request.offset);
    return { topUps: topUps.slice(0, request.limit), hasMore: topUps.length > request.limit };
  }

  @GrpcMethod('LedgerService', 'getTopUp')
  async getTopUp(request: GetTopUpRequest): Promise<GetTopUpResponse> {
    const { accountId, topUpId } = required(request, 'accountId', 'topUpId');
    const topUp = await this.known(topUpId);
    if (topUp.accountId !== accountId) throw grpcError(status.NOT_FOUND, 'top_up_unknown');
    return { topUp };
  }

  @GrpcMethod('LedgerService', 'findTopUp')
  async findTopUp(request: FindTopUpRequest): Promise<FindTopUpResponse> {
    return { topUp: await this.known(required(request, 'topUpId').topUpId) };
  }

  @GrpcMethod('LedgerService', 'claimDeclinedTopUps')
  async claimDeclinedTopUps({ limit }: ClaimDeclinedTopUpsRequest): Promise<ClaimDeclinedTopUpsResponse> {
    demandPage({ limit, offset: 0 });
    return { topUps: await this.declined.claim(limit) };
  }

  @GrpcMethod('LedgerService', 'declinedTopUpsTold')
  async declinedTopUpsTold({ topUpIds }: DeclinedTopUpsToldRequest): Promise<DeclinedTopUpsToldResponse> {
    demand(topUpIds.length <= TOLD_MAX, `at most ${TOLD_MAX} top-ups at once`);
    await this.declined.told(topUpIds);
    return {};
  }

  @GrpcMethod('LedgerService', 'confirmTopUp')
  async confirmTopUp(request: ConfirmTopUpRequest): Promise<ConfirmTopUpResponse> {
    const { topUpId, paymentRef, author } = required(request, 'topUpId', 'paymentRef', 'author');
    const topUp = await this.known(topUpId);
    if (topUp.provider !== manualProvider.name) throw grpcError(status.FAILED_PRECONDITION, 'top_up_not_manual');
    return { topUp: await this.topUps.confirm(topUp, paymentRef, author).catch(failNews) };
  }

  @GrpcMethod('LedgerService', 'applyPaymentEvent')
  async applyPaymentEvent({ provider, body, signature }: ApplyPaymentEventRequest): Promise<ApplyPaymentEventResponse> {
    const applied = await this.topUps.apply(provider, Buffer.from(body), signature).catch(failNews);
    if (applied === undefined) throw grpcError(status.UNAUTHENTICATED, 'signature_invalid');
    return applied;
  }

  private async known(topUpId: string): Promise<TopUp> {
    const topUp = await this.store.get(topUpId);
    if (topUp === undefined) throw grpcError(status.NOT_FOUND, 'top_up_unknown');
    return topUp;
  }
}

function failOrder(error: unknown): never {
  throw error instanceof OrderRefused ? grpcError(status.INVALID_ARGUMENT, error.message) : error;
}

function failNews(error: unknown): never {
  if (error instanceof NewsRefused && error.refusal === 'top_up_conflict')
    throw grpcError(status.ALREADY_EXISTS, error.refusal);
  throw error instanceof PaymentUnknown || error instanceof NewsRefused
    ? grpcError(status.FAILED_PRECONDITION, error.message)
    : error;
}
