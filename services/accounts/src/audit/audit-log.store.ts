import type { Database } from '@usvideo/event-store';
import type { ChainedAuditEntry } from './audit';
import { type AuditProof, listAudit, verifyAudit } from './audit.store';

/** The audit log as it is read and proven. */
export class AuditLog {
  constructor(private readonly database: Database) {}

  list(accountId: string, beforeSeq: bigint, limit: number): Promise<ChainedAuditEntry[]> {
    return listAudit(this.database, accountId, beforeSeq, limit);
  }

  verify(): Promise<AuditProof> {
    return verifyAudit(this.database);
  }
}
