import { createHash } from 'node:crypto';
import type { AuditEntry, ChainedAuditEntry } from './audit';

export const AUDIT_START = Buffer.alloc(32);
export const AUDIT_FORMAT = 2;

/** `sha256(previous ‖ JSON array of the fields)`; JSON keeps the borders between the fields. */
export function auditHash(previous: Uint8Array, entry: AuditEntry): Buffer {
  const fields = [
    entry.seq.toString(),
    entry.accountId,
    entry.author,
    entry.action,
    entry.subject,
    entry.at.toISOString(),
  ];
  const added = entry.format === 1 ? [] : [entry.format, entry.address, entry.requestId, entry.before, entry.after];
  return createHash('sha256')
    .update(previous)
    .update(JSON.stringify([...fields, ...added]))
    .digest();
}

/** Where a chain begins, or goes on: the first sequence that is expected, and the hash before it. */
export interface ChainPlace {
  readonly seq: bigint;
  readonly hash: Buffer;
}

export const CHAIN_START: ChainPlace = { seq: 1n, hash: AUDIT_START };

/** The sequence of the first entry that does not follow from the one before it, or the place after the last of an unbroken stretch. */
export function followChain(
  from: ChainPlace,
  entries: readonly ChainedAuditEntry[],
): { readonly broken: bigint } | ChainPlace {
  let { seq, hash } = from;
  for (const entry of entries) {
    const follows = entry.seq === seq && entry.previousHash.equals(hash) && entry.hash.equals(auditHash(hash, entry));
    if (!follows) return { broken: entry.seq };
    hash = entry.hash;
    seq += 1n;
  }
  return { seq, hash };
}
