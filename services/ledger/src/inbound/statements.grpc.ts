import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerWritableStream } from '@grpc/grpc-js';
import type {
  ExportUsageRequest,
  ExportUsageResponse,
  GetStatementRequest,
  GetStatementResponse,
  ListRevenueRequest,
  ListRevenueResponse,
  ListStatementsRequest,
  ListStatementsResponse,
  ListUsageGroupsRequest,
  ListUsageGroupsResponse,
  ListUsageRequest,
  ListUsageResponse,
} from '@usvideo/contracts/ledger';
import { grpcError, status } from '@usvideo/runtime';
import type { Observable } from 'rxjs';
import { SandboxOpener } from '../posting/sandbox-opener.service';
import { RevenueReader } from '../reading/revenue-reader.sql';
import { StatementReader } from '../reading/statement-reader.sql';
import { UsageReader, type UsageGrouping } from '../reading/usage-reader.sql';
import { paced } from './paced.grpc';
import { demand, demandDays, demandPage, required } from './validation.grpc';

const GROUPINGS = ['day', 'api_key', 'resolution'] satisfies UsageGrouping[];
const GROUPS_MAX = 1_000;
const SUMS_MAX = 20_000;
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** What an account was charged and what its months came to. */
@Controller()
export class StatementsController {
  constructor(
    private readonly usage: UsageReader,
    private readonly statements: StatementReader,
    private readonly sandbox: SandboxOpener,
    private readonly revenue: RevenueReader,
  ) {}

  @GrpcMethod('LedgerService', 'listRevenue')
  async listRevenue(request: ListRevenueRequest): Promise<ListRevenueResponse> {
    demandDays(request);
    const days = (Date.parse(request.endDate) - Date.parse(request.startDate)) / DAY_MS;
    if (days >= DAYS_MAX) throw grpcError(status.OUT_OF_RANGE, 'range_too_long');
    const revenues = await this.revenue.sums({ ...request, limit: SUMS_MAX + 1 });
    if (revenues.length > SUMS_MAX) throw grpcError(status.OUT_OF_RANGE, 'too_many_sums');
    return { revenues };
  }

  @GrpcMethod('LedgerService', 'listUsage')
  async listUsage(request: ListUsageRequest): Promise<ListUsageResponse> {
    demandPage(required(request, 'accountId'));
    demandDays(request);
    const { rows, totals } = await this.usage.page({ ...request, apiKeyId: request.apiKeyId ?? '' });
    return {
      rows: rows.slice(0, request.limit),
      hasMore: rows.length > request.limit,
      totalJobs: totals.jobs,
      totalSeconds: totals.seconds,
      totalMicros: totals.micros,
      totalRefundedMicros: totals.refunded,
    };
  }

  @GrpcMethod('LedgerService', 'listUsageGroups')
  async listUsageGroups(request: ListUsageGroupsRequest): Promise<ListUsageGroupsResponse> {
    demandPage(required(request, 'accountId'), GROUPS_MAX);
    demandDays(request);
    const grouping = GROUPINGS.find((name) => name === request.groupBy);
    demand(
      grouping !== undefined,
      `group_by is one of ${GROUPINGS.join(', ')}; the ledger knows no end users, because personal content never enters it`,
    );
    const groups = await this.usage.groups(grouping!, request);
    return { groups: groups.slice(0, request.limit), hasMore: groups.length > request.limit };
  }

  @GrpcMethod('LedgerService', 'exportUsage')
  exportUsage(
    request: ExportUsageRequest,
    _: Metadata,
    stream: ServerWritableStream<ExportUsageRequest, ExportUsageResponse>,
  ): Observable<ExportUsageResponse> {
    demandDays(required(request, 'accountId'));
    return paced(this.usage.pages(request), stream, (rows) => ({ rows }));
  }

  @GrpcMethod('LedgerService', 'listStatements')
  async listStatements(request: ListStatementsRequest): Promise<ListStatementsResponse> {
    demandPage(required(request, 'accountId'));
    await this.sandbox.open(request.accountId);
    const all = await this.statements.all(request.accountId);
    const statements = all.slice(request.offset, request.offset + request.limit);
    return { statements, hasMore: all.length > request.offset + request.limit };
  }

  @GrpcMethod('LedgerService', 'getStatement')
  async getStatement(request: GetStatementRequest): Promise<GetStatementResponse> {
    const { accountId, period } = required(request, 'accountId', 'period');
    await this.sandbox.open(accountId);
    const statement = (await this.statements.all(accountId)).find((month) => month.period === period);
    if (statement === undefined) throw grpcError(status.NOT_FOUND, 'the account has no such month');
    return { statement };
  }
}
