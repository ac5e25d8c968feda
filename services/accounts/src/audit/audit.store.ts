import type { Database, Transaction } from '@usvideo/event-store';
import type { ChainedAuditEntry } from './audit';
import { auditHash, firstBreak } from './audit-chain';

interface AuditedActions {
  readonly accountId: string;
  readonly author: string;
  readonly actions: readonly { readonly action: string; readonly subject: string }[];
}

const LOCK_HEAD = 'select next_seq, last_hash from audit_head for update';
const MOVE_HEAD = 'update audit_head set next_seq = $1, last_hash = $2';
const INSERT_ENTRY = `
insert into audit_entry (seq, account_id, author, action, subject, at, previous_hash, hash) values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** Adds one entry per action to the chain of the whole service, in the transaction that records the events. */
export async function appendAudit(tx: Transaction, now: Date, { accountId, author, actions }: AuditedActions): Promise<void> {
  const { rows } = await tx.query<{ next_seq: bigint; last_hash: Buffer }>({ name: 'audit_head_lock', text: LOCK_HEAD });
  let { next_seq: seq, last_hash: previous } = rows[0]!;
  for (const { action, subject } of actions) {
    const entry = { seq, accountId, author, action, subject, at: now };
    const hash = auditHash(previous, entry);
    await tx.query({ name: 'audit_insert', text: INSERT_ENTRY, values: [seq, accountId, author, action, subject, now, previous, hash] });
    previous = hash;
    seq += 1n;
  }
  await tx.query({ name: 'audit_head_move', text: MOVE_HEAD, values: [seq, previous] });
}

/** The first sequence at which the audit log was edited or cut; undefined for an unbroken log. */
export async function findAuditBreak(database: Pick<Database, 'query'>): Promise<bigint | undefined> {
  const { rows } = await database.query<AuditRow>('select * from audit_entry order by seq');
  const broken = firstBreak(rows.map(readEntry));
  if (broken !== undefined) return broken;
  const { rows: heads } = await database.query<{ next_seq: bigint }>('select next_seq from audit_head');
  return heads[0]!.next_seq === BigInt(rows.length) + 1n ? undefined : BigInt(rows.length) + 1n;
}

interface AuditRow { seq: bigint; account_id: string; author: string; action: string; subject: string; at: Date; previous_hash: Buffer; hash: Buffer }

function readEntry(row: AuditRow): ChainedAuditEntry {
  const { seq, account_id: accountId, author, action, subject, at, previous_hash: previousHash, hash } = row;
  return { seq, accountId, author, action, subject, at, previousHash, hash };
}
