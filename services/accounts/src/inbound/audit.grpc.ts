import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { ListAuditRequest, ListAuditResponse, VerifyAuditResponse } from '@usvideo/contracts/accounts';
import { grpcError, status } from '@usvideo/runtime';
import { AuditLog } from '../audit/audit-log.store';

const PAGE_MAX = 1_000;

@Controller()
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  @GrpcMethod('AccountsService', 'listAudit')
  async listAudit({ accountId, beforeSeq, limit }: ListAuditRequest): Promise<ListAuditResponse> {
    if (limit < 1 || limit > PAGE_MAX) throw grpcError(status.INVALID_ARGUMENT, `limit must be 1 to ${PAGE_MAX}`);
    const entries = await this.log.list(accountId, beforeSeq, limit);
    return { entries: entries.slice(0, limit), hasMore: entries.length > limit };
  }

  @GrpcMethod('AccountsService', 'verifyAudit')
  async verifyAudit(): Promise<VerifyAuditResponse> {
    const { checked, broken } = await this.log.verify();
    return { checked, brokenSeq: broken };
  }
}
