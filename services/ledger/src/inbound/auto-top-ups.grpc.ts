import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  AutoTopUp,
  GetAutoTopUpRequest,
  GetAutoTopUpResponse,
  RemovePaymentMethodRequest,
  RemovePaymentMethodResponse,
  SetAutoTopUpRequest,
  SetAutoTopUpResponse,
  SetUpPaymentMethodRequest,
  SetUpPaymentMethodResponse,
  StopAutoTopUpRequest,
  StopAutoTopUpResponse,
} from '@usvideo/contracts/ledger';
import { grpcError, status } from '@usvideo/runtime';
import { faultsOfTerms, viewOf } from '../top-ups/auto-top-up';
import { AutoTopUpStore } from '../top-ups/auto-top-up.store';
import { OrderRefused, Providers } from '../top-ups/payment-provider';
import { demand, required } from './validation.grpc';

/** Paying in without the customer. */
@Controller()
export class AutoTopUpsController {
  constructor(
    private readonly store: AutoTopUpStore,
    private readonly providers: Providers,
  ) {}

  @GrpcMethod('LedgerService', 'getAutoTopUp')
  async getAutoTopUp(request: GetAutoTopUpRequest): Promise<GetAutoTopUpResponse> {
    return { autoTopUp: await this.view(required(request, 'accountId').accountId) };
  }

  @GrpcMethod('LedgerService', 'setAutoTopUp')
  async setAutoTopUp(request: SetAutoTopUpRequest): Promise<SetAutoTopUpResponse> {
    const { accountId, author, ...terms } = required(request, 'accountId', 'author');
    const faults = faultsOfTerms(terms);
    demand(faults.length === 0, faults.join('\n'));
    await this.store.set(accountId, terms, author);
    return { autoTopUp: await this.view(accountId) };
  }

  @GrpcMethod('LedgerService', 'setUpPaymentMethod')
  async setUpPaymentMethod(request: SetUpPaymentMethodRequest): Promise<SetUpPaymentMethodResponse> {
    const { accountId, successUrl, cancelUrl, author } = required(request, 'accountId', 'author');
    const { cards } = this.providers.standard;
    if (cards === undefined) throw grpcError(status.FAILED_PRECONDITION, 'payment_methods_not_kept');
    await this.store.expectMethod(accountId, author);
    const { url } = await cards.setUp({ accountId, successUrl, cancelUrl }).catch(refuseOrder);
    return { checkoutUrl: url };
  }

  @GrpcMethod('LedgerService', 'removePaymentMethod')
  async removePaymentMethod(request: RemovePaymentMethodRequest): Promise<RemovePaymentMethodResponse> {
    const { accountId, author } = required(request, 'accountId', 'author');
    await this.store.removeMethod(accountId, author);
    return { autoTopUp: await this.view(accountId) };
  }

  @GrpcMethod('LedgerService', 'stopAutoTopUp')
  async stopAutoTopUp(request: StopAutoTopUpRequest): Promise<StopAutoTopUpResponse> {
    const { accountId, reason, author } = required(request, 'accountId', 'reason', 'author');
    await this.store.fail(accountId, reason, author);
    return {};
  }

  private async view(accountId: string): Promise<AutoTopUp> {
    return viewOf(await this.store.get(accountId), this.providers.standard.cards !== undefined);
  }
}

function refuseOrder(error: unknown): never {
  throw error instanceof OrderRefused ? grpcError(status.INVALID_ARGUMENT, error.message) : error;
}
