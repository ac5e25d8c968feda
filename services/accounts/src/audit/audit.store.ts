import type { Database, Transaction } from '@usvideo/event-store';
import type { Actor, AuditedAction, ChainedAuditEntry } from './audit';
import { AUDIT_FORMAT, auditHash, type ChainPlace, followChain } from './audit-chain';

interface AuditedActions {
  /** Empty for what concerns no account. */
  readonly accountId: string;
  readonly actor: Actor;
  readonly actions: readonly AuditedAction[];
}

const LOCK_HEAD = 'select next_seq, last_hash from audit_head for update';
const MOVE_HEAD = 'update audit_head set next_seq = $1, last_hash = $2';
const INSERT_ENTRY = `
insert into audit_entry (seq, account_id, author, action, subject, at, format, address, request_id, before, after, previous_hash, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

/** Adds one entry per action to the chain of the whole service, in the transaction that records what was done. */
export async function appendAudit(
  tx: Transaction,
  now: Date,
  { accountId, actor, actions }: AuditedActions,
): Promise<void> {
  const { rows } = await tx.query<{ next_seq: bigint; last_hash: Buffer }>({
    name: 'audit_head_lock',
    text: LOCK_HEAD,
  });
  let { next_seq: seq, last_hash: previous } = rows[0]!;
  for (const { action, subject, before, after } of actions) {
    const entry = {
      seq,
      accountId,
      author: actor.author,
      action,
      subject,
      at: now,
      format: AUDIT_FORMAT,
      address: actor.address,
      requestId: actor.requestId,
      before: textOf(before),
      after: textOf(after),
    };
    const hash = auditHash(previous, entry);
    await tx.query({
      name: 'audit_insert',
      text: INSERT_ENTRY,
      values: [
        seq,
        accountId,
        entry.author,
        action,
        subject,
        now,
        entry.format,
        entry.address,
        entry.requestId,
        entry.before,
        entry.after,
        previous,
        hash,
      ],
    });
    previous = hash;
    seq += 1n;
  }
  await tx.query({ name: 'audit_head_move', text: MOVE_HEAD, values: [seq, previous] });
}

function textOf(value: object | undefined): string {
  return value === undefined
    ? ''
    : JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member));
}

/** Entries that are held in memory at once. */
const STRETCH_MAX = 1_000;
const READ_HEAD = 'select next_seq, last_hash, first_seq, first_previous_hash from audit_head';
const READ_STRETCH = 'select * from audit_entry where seq >= $1 order by seq limit $2';

interface HeadRow {
  next_seq: bigint;
  last_hash: Buffer;
  first_seq: bigint;
  first_previous_hash: Buffer;
}

export interface AuditProof {
  readonly checked: bigint;
  /** Where the log was edited or cut; undefined for an unbroken log. */
  readonly broken: bigint | undefined;
}

/** Reads the whole log, stretch by stretch, up to where its head stood at the beginning. */
export async function verifyAudit(database: Pick<Database, 'query'>): Promise<AuditProof> {
  const {
    rows: [head],
  } = await database.query<HeadRow>(READ_HEAD);
  const first = head!.first_seq;
  let place: ChainPlace = { seq: first, hash: head!.first_previous_hash };
  while (place.seq < head!.next_seq) {
    const { rows } = await database.query<AuditRow>({
      name: 'audit_stretch',
      text: READ_STRETCH,
      values: [place.seq, STRETCH_MAX],
    });
    const entries = rows.map(readAuditRow).filter((entry) => entry.seq < head!.next_seq);
    if (entries.length === 0) return { checked: place.seq - first, broken: place.seq };
    const next = followChain(place, entries);
    if ('broken' in next) return { checked: next.broken - first, broken: next.broken };
    place = next;
  }
  const whole = place.hash.equals(head!.last_hash);
  return { checked: place.seq - first, broken: whole ? undefined : place.seq - 1n };
}

interface AuditRow {
  seq: bigint;
  account_id: string;
  author: string;
  action: string;
  subject: string;
  at: Date;
  format: number;
  address: string;
  request_id: string;
  before: string;
  after: string;
  previous_hash: Buffer;
  hash: Buffer;
}

function readAuditRow(row: AuditRow): ChainedAuditEntry {
  return {
    seq: row.seq,
    accountId: row.account_id,
    author: row.author,
    action: row.action,
    subject: row.subject,
    at: row.at,
    format: row.format,
    address: row.address,
    requestId: row.request_id,
    before: row.before,
    after: row.after,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

const LIST = `
select * from audit_entry where ($1 = '' or account_id = $1) and seq < $2 order by seq desc limit $3`;
const NEWEST = 2n ** 63n - 1n;

/** Newest first; one more than `limit` when there are more. */
export async function listAudit(
  database: Pick<Database, 'query'>,
  accountId: string,
  beforeSeq: bigint,
  limit: number,
): Promise<ChainedAuditEntry[]> {
  const { rows } = await database.query<AuditRow>({
    name: 'audit_list',
    text: LIST,
    values: [accountId, beforeSeq === 0n ? NEWEST : beforeSeq, limit + 1],
  });
  return rows.map(readAuditRow);
}
