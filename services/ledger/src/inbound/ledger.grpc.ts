import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type {
  Entry,
  ExchangeRequest,
  ExchangeResponse,
  GetBalanceRequest,
  GetBalanceResponse,
  LedgerAnswer,
  LedgerCall,
  ListEntriesRequest,
  ListEntriesResponse,
  ListPendingHoldsRequest,
  ListPendingHoldsResponse,
} from '@usvideo/contracts/ledger';
import { serveExchange } from '@usvideo/exchange';
import type { Logger } from '@usvideo/runtime';
import { LOGGER } from '@usvideo/service';
import { noteOf, referenceOf } from '../account/postings';
import { LedgerReader, type EntryLine } from '../reading/ledger-reader.sql';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { SandboxOpener } from '../posting/sandbox-opener.service';
import { QuoteTokens } from '../prices/quote-tokens';
import { answerCall } from './exchange.grpc';
import { demand, demandPage, required } from './validation.grpc';

const PENDING_HOLDS_MAX = 500;

/** The hot path, and what an account has. */
@Controller()
export class LedgerController {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly reader: LedgerReader,
    private readonly sandbox: SandboxOpener,
    private readonly quotes: QuoteTokens,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @GrpcStreamCall('LedgerService', 'exchange')
  exchange(stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>): void {
    serveExchange<LedgerCall, LedgerAnswer>(stream, (call) => answerCall(this.writer, this.quotes, call), this.logger);
  }

  @GrpcMethod('LedgerService', 'getBalance')
  async getBalance(request: GetBalanceRequest): Promise<GetBalanceResponse> {
    const { accountId, asOf } = required(request, 'accountId');
    await this.sandbox.open(accountId);
    if (asOf !== undefined)
      return {
        ...(await this.reader.balanceAsOf(accountId, asOf)),
        totalSpendMicros: 0n,
        periodStart: undefined,
        periodEnd: undefined,
        periodSpendMicros: 0n,
        periodJobs: 0n,
      };
    const balance = await this.reader.balance(accountId);
    const {
      availableMicros,
      heldMicros,
      receivableMicros,
      version,
      totalSpendMicros,
      period,
      capMicros,
      thresholdMicros,
    } = balance;
    return {
      availableMicros,
      heldMicros,
      receivableMicros,
      version,
      totalSpendMicros,
      periodStart: period.start,
      periodEnd: period.end,
      periodSpendMicros: period.spendMicros,
      periodJobs: period.jobs,
      spendCapMicros: capMicros,
      lowBalanceThresholdMicros: thresholdMicros,
    };
  }

  @GrpcMethod('LedgerService', 'listEntries')
  async listEntries(request: ListEntriesRequest): Promise<ListEntriesResponse> {
    demandPage(required(request, 'accountId'));
    demand(request.beforeVersion >= 0n, 'before_version is 0 or a version');
    await this.sandbox.open(request.accountId);
    const lines = await this.reader.entries(request);
    return { entries: lines.slice(0, request.limit).map(entryOf), hasMore: lines.length > request.limit };
  }

  @GrpcMethod('LedgerService', 'listPendingHolds')
  async listPendingHolds({
    olderThanSeconds,
    placedBefore,
    limit,
    afterJobId,
    jobIds,
  }: ListPendingHoldsRequest): Promise<ListPendingHoldsResponse> {
    demand(jobIds.length <= PENDING_HOLDS_MAX, `job_ids are ${PENDING_HOLDS_MAX} at most`);
    if (jobIds.length > 0) return { holds: await this.reader.pendingHoldsOf(jobIds) };
    demand(
      olderThanSeconds === undefined ? placedBefore !== undefined : olderThanSeconds >= 0,
      'older_than_seconds is 0 or more',
    );
    demand(limit >= 1 && limit <= PENDING_HOLDS_MAX, `limit is 1 to ${PENDING_HOLDS_MAX}`);
    return { holds: await this.reader.pendingHolds(olderThanSeconds ?? placedBefore!, limit, afterJobId) };
  }
}

function entryOf({ event, ...line }: EntryLine): Entry {
  return { ...line, note: noteOf(event), reference: referenceOf(event) };
}
