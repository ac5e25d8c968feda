import type { AuditEntry } from '@usvideo/contracts/accounts';

/** An entry as operators read it, with what proves it. */
export function auditView(entry: AuditEntry): object {
  return {
    seq: Number(entry.seq),
    object: 'audit_entry',
    account_id: entry.accountId || null,
    author: entry.author,
    action: entry.action,
    subject: entry.subject,
    at: entry.at?.toISOString() ?? null,
    address: entry.address || null,
    request_id: entry.requestId || null,
    before: entry.before === '' ? null : JSON.parse(entry.before),
    after: entry.after === '' ? null : JSON.parse(entry.after),
    format: entry.format,
    previous_hash: Buffer.from(entry.previousHash).toString('hex'),
    hash: Buffer.from(entry.hash).toString('hex'),
  };
}
