import { createHash } from 'node:crypto';
import type { AuditEntry, ChainedAuditEntry } from './audit';

export const AUDIT_START = Buffer.alloc(32);

/** `sha256(previous ‖ JSON array of the fields)`; JSON keeps the borders between the fields. */
export function auditHash(previous: Uint8Array, entry: AuditEntry): Buffer {
  const fields = [entry.seq.toString(), entry.accountId, entry.author, entry.action, entry.subject, entry.at.toISOString()];
  return createHash('sha256').update(previous).update(JSON.stringify(fields)).digest();
}

/** The sequence of the first entry that does not follow from the one before it; undefined for an unbroken chain from its start. */
export function firstBreak(entries: readonly ChainedAuditEntry[]): bigint | undefined {
  let previous: Buffer = AUDIT_START;
  let expected = 1n;
  for (const entry of entries) {
    const follows = entry.seq === expected && entry.previousHash.equals(previous) && entry.hash.equals(auditHash(previous, entry));
    if (!follows) return entry.seq;
    previous = entry.hash;
    expected += 1n;
  }
  return undefined;
}
