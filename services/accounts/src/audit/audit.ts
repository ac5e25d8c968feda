/** One row of the audit log. Its hash covers the row before it, so that an edit or a missing row shows. */
export interface AuditEntry {
  readonly seq: bigint;
  readonly accountId: string;
  readonly author: string;
  /** The name of the event that the action led to, for example `api_key_revoked`. */
  readonly action: string;
  /** The key, environment or account acted on. */
  readonly subject: string;
  readonly at: Date;
}

export interface ChainedAuditEntry extends AuditEntry {
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}
