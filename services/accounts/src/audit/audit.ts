/** Who asked for a change and from where. */
export interface Actor {
  readonly author: string;
  readonly address: string;
  readonly requestId: string;
}

export interface AuditedAction {
  /** The name of what happened, for example `api_key_revoked`. */
  readonly action: string;
  /** The key, environment, member or account acted on. */
  readonly subject: string;
  /** What was changed, as it was and as it is: never a secret, an address or a name of a person. */
  readonly before?: object;
  readonly after?: object;
}

/** One row of the audit log. Its hash covers the row before it, so that an edit or a missing row shows. */
export interface AuditEntry {
  readonly seq: bigint;
  /** Empty for what concerns no account. */
  readonly accountId: string;
  readonly author: string;
  readonly action: string;
  readonly subject: string;
  readonly at: Date;
  /** 1: hashed without the fields below. */
  readonly format: number;
  readonly address: string;
  readonly requestId: string;
  /** JSON, or empty. */
  readonly before: string;
  readonly after: string;
}

export interface ChainedAuditEntry extends AuditEntry {
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}
