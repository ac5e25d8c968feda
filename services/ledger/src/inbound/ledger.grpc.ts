import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type {
  AddFundsRequest, AddFundsResponse, Entry, ExchangeRequest, ExchangeResponse, GetBalanceRequest, GetBalanceResponse, LedgerAnswer, LedgerCall,
  ListEntriesRequest, ListEntriesResponse, ListPendingHoldsRequest, ListPendingHoldsResponse, ListPricesResponse, ListUsageRequest,
  ListUsageResponse, VerifyResponse,
} from '@usvideo/contracts/ledger';
import { serveExchange, type Logger } from '@usvideo/runtime';
import { LedgerReader, type EntryLine } from '../outbound/ledger-reader';
import { LedgerWriter } from '../outbound/ledger-writer';
import { LedgerVerifier } from '../outbound/verifier';
import { answerCall } from './exchange';
import { accountIdOf, addFundsOf, entryQueryOf, pendingHoldsQueryOf, refusalError, usageQueryOf } from './requests';

export const LOGGER = Symbol('logger');

@Controller()
export class LedgerController {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly reader: LedgerReader,
    private readonly verifier: LedgerVerifier,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @GrpcStreamCall('LedgerService', 'exchange')
  exchange(stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>): void {
    serveExchange<LedgerCall, LedgerAnswer>(stream, (call) => answerCall(this.writer, call), this.logger);
  }

  @GrpcMethod('LedgerService', 'addFunds')
  async addFunds(request: AddFundsRequest): Promise<AddFundsResponse> {
    const { refusal, replayed, state } = await this.writer.submit(addFundsOf(request));
    if (refusal !== undefined) throw refusalError(refusal);
    return { availableMicros: state.availableMicros, replayed };
  }

  @GrpcMethod('LedgerService', 'getBalance')
  async getBalance(request: GetBalanceRequest): Promise<GetBalanceResponse> {
    const { availableMicros, heldMicros, totalSpendMicros, period } = await this.reader.balance(accountIdOf(request));
    return {
      availableMicros, heldMicros, totalSpendMicros,
      periodStart: period.start, periodEnd: period.end, periodSpendMicros: period.spendMicros, periodJobs: period.jobs,
    };
  }

  @GrpcMethod('LedgerService', 'listEntries')
  async listEntries(request: ListEntriesRequest): Promise<ListEntriesResponse> {
    const lines = await this.reader.entries(entryQueryOf(request));
    return { entries: lines.slice(0, request.limit).map(entryOf), hasMore: lines.length > request.limit };
  }

  @GrpcMethod('LedgerService', 'listUsage')
  async listUsage(request: ListUsageRequest): Promise<ListUsageResponse> {
    const { rows, totals } = await this.reader.usage(usageQueryOf(request));
    return {
      rows: rows.slice(0, request.limit), hasMore: rows.length > request.limit,
      totalJobs: totals.jobs, totalSeconds: totals.seconds, totalMicros: totals.micros,
    };
  }

  @GrpcMethod('LedgerService', 'listPrices')
  async listPrices(): Promise<ListPricesResponse> {
    return { prices: await this.reader.prices() };
  }

  @GrpcMethod('LedgerService', 'listPendingHolds')
  async listPendingHolds(request: ListPendingHoldsRequest): Promise<ListPendingHoldsResponse> {
    const { placedBefore, limit } = pendingHoldsQueryOf(request);
    return { holds: await this.reader.pendingHolds(placedBefore, limit) };
  }

  @GrpcMethod('LedgerService', 'verify')
  async verify(): Promise<VerifyResponse> {
    return this.verifier.verify();
  }
}

function entryOf({ event, ...line }: EntryLine): Entry {
  return { ...line, note: event.$case === 'fundsAdded' ? event.value.note : '' };
}
