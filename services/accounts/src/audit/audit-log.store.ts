import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { ChainedAuditEntry } from './audit';
import { type AuditProof, listAudit, verifyAudit } from './audit.store';

/** The audit log as it is read and proven. */
@Injectable()
export class AuditLog {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  list(accountId: string, beforeSeq: bigint, limit: number): Promise<ChainedAuditEntry[]> {
    return listAudit(this.database, accountId, beforeSeq, limit);
  }

  verify(): Promise<AuditProof> {
    return verifyAudit(this.database);
  }
}
