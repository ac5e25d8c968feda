import type { SignedRoot } from '@usvideo/contracts/ledger';
import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import { leafHash, MerkleFold, merklePath, NO_ROOT, signedText, type AccountHead, type PathStep } from './merkle';
import { pagesOf } from './pages.sql';
import type { SigningKey } from '../signing/signing-key';

/** A head that was signed is not there any more: nothing is signed on top of that. */
export class SignedHistoryChanged extends Error {
  override readonly name = 'SignedHistoryChanged';
}

export interface Inclusion {
  readonly root: SignedRoot;
  readonly head: AccountHead;
  readonly path: readonly PathStep[];
}

export const ROOT_COLUMNS = `
sequence, signed_at as "signedAt", accounts, root, previous_root as "previousRoot", signature, public_key as "publicKey"`;

const LATEST_ROOT = `select ${ROOT_COLUMNS} from signed_root order by sequence desc limit 1`;
const LIST_ROOTS = `select ${ROOT_COLUMNS} from signed_root order by sequence desc limit $1 offset $2`;

/** One signer at a time, over all processes; the number is this lock's alone. */
const LOCK_SIGNER = `select pg_advisory_xact_lock(7261001)`;

/** One head per account, its newest under a root. Ordered by code point, which every verifier can do without our collation. */
const headsUnder = (sequence: string) => `
select distinct on (account_id collate "C") account_id as "accountId", version, hash from signed_head where sequence <= ${sequence}
order by account_id collate "C", sequence desc`;
const HEADS_UNDER = headsUnder('$1');

const CHANGED_HISTORY = `
select h."accountId" from (${headsUnder('(select max(sequence) from signed_root)')}) h left join event e on e.stream_id = h."accountId" and e.version = h.version
where e.hash is distinct from h.hash limit 1`;

/** Heads are stored only when they moved. */
const STORE_HEADS = `
insert into signed_head (sequence, account_id, version, hash)
select $1, a.account_id, a.version, a.head_hash from ledger_account a
left join lateral (select hash from signed_head h where h.account_id = a.account_id order by sequence desc limit 1) h on true
where a.version > 0 and h.hash is distinct from a.head_hash`;

const STORE_ROOT = `
insert into signed_root (sequence, signed_at, accounts, root, previous_root, signature, public_key) values ($1, $2, $3, $4, $5, $6, $7)`;

/** Merkle roots over the heads of all accounts, signed with a key that the database never sees. */
export class SignedRoots {
  constructor(private readonly database: Database, private readonly key: SigningKey) {}

  /** @throws SignedHistoryChanged when an event that was signed is gone or another. */
  sign(): Promise<SignedRoot> {
    return inTransaction(this.database, async (tx, now) => {
      await tx.query(LOCK_SIGNER);
      const changed = (await tx.query<{ accountId: string }>(CHANGED_HISTORY)).rows[0];
      if (changed !== undefined) throw new SignedHistoryChanged(`the signed head of ${changed.accountId} is not in the log`);
      return this.signHeads(tx, now);
    });
  }

  /** Signs unless this UTC day has its root or nothing has happened yet; undefined when there was nothing to do. */
  async signDaily(now = new Date()): Promise<SignedRoot | undefined> {
    const latest = await this.latest();
    const isSigned = latest?.signedAt?.toISOString().slice(0, 10) === now.toISOString().slice(0, 10);
    return isSigned || !(await this.hasEvents()) ? undefined : this.sign();
  }

  async list(limit: number, offset: number): Promise<SignedRoot[]> {
    return (await this.database.query<SignedRoot>({ name: 'signed_root_list', text: LIST_ROOTS, values: [limit, offset] })).rows;
  }

  /** The proof that the account's signed head is under the newest root; undefined while none covers the account. */
  async inclusionOf(accountId: string): Promise<Inclusion | undefined> {
    const root = await this.latest();
    if (root === undefined) return undefined;
    // Under this root and no later one: the next may be signed while this one is shown.
    const heads = (await this.database.query<AccountHead>({ name: 'signed_heads_read', text: HEADS_UNDER, values: [root.sequence] })).rows;
    const index = heads.findIndex((head) => head.accountId === accountId);
    return index < 0 ? undefined : { root, head: heads[index]!, path: merklePath(heads.map(leafHash), index) };
  }

  private async hasEvents(): Promise<boolean> {
    return (await this.database.query({ name: 'any_event_read', text: 'select 1 from ledger_account where version > 0 limit 1' })).rowCount === 1;
  }

  private async latest(): Promise<SignedRoot | undefined> {
    return (await this.database.query<SignedRoot>({ name: 'signed_root_latest', text: LATEST_ROOT })).rows[0];
  }

  private async signHeads(tx: Transaction, signedAt: Date): Promise<SignedRoot> {
    const previous = (await tx.query<SignedRoot>(LATEST_ROOT)).rows[0];
    const sequence = (previous?.sequence ?? 0n) + 1n;
    await tx.query({ name: 'signed_heads_store', text: STORE_HEADS, values: [sequence] });
    const fold = new MerkleFold();
    for await (const heads of pagesOf<AccountHead>(tx, headsUnder(String(sequence)))) for (const head of heads) fold.add(leafHash(head));
    const root = fold.root();
    const facts = { sequence, signedAt, accounts: fold.leaves, root, previousRoot: previous?.root ?? NO_ROOT };
    const signature = this.key.sign(signedText(facts));
    const { publicKey } = this.key;
    await tx.query({ name: 'signed_root_store', text: STORE_ROOT, values: [sequence, signedAt, facts.accounts, root, facts.previousRoot, signature, publicKey] });
    return { ...facts, root, previousRoot: Buffer.from(facts.previousRoot), signature, publicKey };
  }
}
