import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  AddFundsRequest,
  AddFundsResponse,
  AdjustRequest,
  AdjustResponse,
  GetSpendCapsRequest,
  GetSpendCapsResponse,
  RefundCaptureRequest,
  RefundCaptureResponse,
  ResetSandboxRequest,
  ResetSandboxResponse,
  ReverseFundsRequest,
  ReverseFundsResponse,
  SetLowBalanceThresholdRequest,
  SetLowBalanceThresholdResponse,
  SetSpendCapRequest,
  SetSpendCapResponse,
} from '@usvideo/contracts/ledger';
import { isPlayMoney } from '@usvideo/contracts/books';
import { newId } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import { LedgerReader } from '../reading/ledger-reader.sql';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { accepted, demand, required } from './validation.grpc';

/** What people and payment providers do to a balance; every call may be sent again under its natural key. */
@Controller()
export class MoneyController {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly reader: LedgerReader,
  ) {}

  @GrpcMethod('LedgerService', 'addFunds')
  async addFunds(request: AddFundsRequest): Promise<AddFundsResponse> {
    const { source, ...funds } = required(request, 'accountId', 'paymentRef');
    if (source !== 'manual' && source !== 'promotion')
      throw grpcError(status.INVALID_ARGUMENT, 'source is manual or promotion');
    const { replayed, state } = accepted(await this.writer.submit({ type: 'AddFunds', source, ...funds }));
    return { availableMicros: state.availableMicros, replayed };
  }

  @GrpcMethod('LedgerService', 'refundCapture')
  async refundCapture(request: RefundCaptureRequest): Promise<RefundCaptureResponse> {
    const refund = required(request, 'accountId', 'jobId', 'refundKey', 'reason', 'author');
    const { replayed, state } = accepted(await this.writer.submit({ type: 'RefundCapture', ...refund }));
    return { availableMicros: state.availableMicros, refundedMicros: state.hold?.refundedMicros ?? 0n, replayed };
  }

  @GrpcMethod('LedgerService', 'reverseFunds')
  async reverseFunds(request: ReverseFundsRequest): Promise<ReverseFundsResponse> {
    const reversal = required(request, 'accountId', 'paymentRef', 'reversalRef', 'reason', 'author');
    const { replayed, state } = accepted(await this.writer.submit({ type: 'ReverseFunds', ...reversal }));
    return { availableMicros: state.availableMicros, receivableMicros: state.receivableMicros, replayed };
  }

  @GrpcMethod('LedgerService', 'adjust')
  async adjust(request: AdjustRequest): Promise<AdjustResponse> {
    const adjustment = required(request, 'accountId', 'adjustmentRef', 'reason', 'author');
    const { replayed, state } = accepted(await this.writer.submit({ type: 'Adjust', ...adjustment }));
    return { availableMicros: state.availableMicros, receivableMicros: state.receivableMicros, replayed };
  }

  @GrpcMethod('LedgerService', 'resetSandbox')
  async resetSandbox(request: ResetSandboxRequest): Promise<ResetSandboxResponse> {
    const { accountId, author } = required(request, 'accountId', 'author');
    demand(isPlayMoney(accountId), 'account_id names the play money of an account');
    const { state } = accepted(
      await this.writer.submit({ type: 'ResetSandbox', accountId, resetRef: newId('reset'), author }),
    );
    return { availableMicros: state.availableMicros, heldMicros: state.heldMicros };
  }

  @GrpcMethod('LedgerService', 'setSpendCap')
  async setSpendCap(request: SetSpendCapRequest): Promise<SetSpendCapResponse> {
    const { accountId, apiKeyId, limitMicros, author } = required(request, 'accountId', 'author');
    const { state } = accepted(
      await this.writer.submit({ type: 'SetSpendCap', accountId, apiKeyId, limitMicros, author }),
    );
    const { spentMicros, heldMicros } = apiKeyId === '' ? state.accountCap : state.keyCap;
    return { cap: { apiKeyId, limitMicros, spentMicros, heldMicros } };
  }

  @GrpcMethod('LedgerService', 'getSpendCaps')
  async getSpendCaps(request: GetSpendCapsRequest): Promise<GetSpendCapsResponse> {
    const { caps, period } = await this.reader.caps(required(request, 'accountId').accountId);
    return { caps, periodStart: period.start, periodEnd: period.end };
  }

  @GrpcMethod('LedgerService', 'setLowBalanceThreshold')
  async setLowBalanceThreshold(request: SetLowBalanceThresholdRequest): Promise<SetLowBalanceThresholdResponse> {
    const { state } = accepted(
      await this.writer.submit({ type: 'SetLowBalanceThreshold', ...required(request, 'accountId', 'author') }),
    );
    return { thresholdMicros: state.thresholdMicros };
  }
}
