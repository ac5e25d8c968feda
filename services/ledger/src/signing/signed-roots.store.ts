import type { SignedRoot } from '@usvideo/contracts/ledger';
import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import { NO_ROOT, signedText, type AccountHead, type PathStep } from './merkle';
import { growTree } from './signed-tree.sql';
import type { SigningKey } from './signing-key';

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

const STORE_ROOT = `
insert into signed_root (sequence, signed_at, accounts, root, previous_root, signature, public_key) values ($1, $2, $3, $4, $5, $6, $7)`;

/** The account's leaf and what stands beside its way up, under the newest root: one statement, and so of one moment. */
const READ_INCLUSION = `
select r.*, a.leaf, a.version as "headVersion", a.hash as "headHash", beside.level, beside.hash as sibling
from (${LATEST_ROOT}) r join signed_account a on a.account_id = $1
left join lateral (
  select n.level, n.hash from generate_series(0, 62) as l join signed_node n on n.level = l and n.position = (a.leaf >> l) # 1
  where (1::bigint << l) < r.accounts
) beside on true
order by beside.level`;

interface InclusionRow extends Omit<SignedRoot, 'root' | 'previousRoot'> {
  root: Buffer;
  previousRoot: Buffer;
  leaf: bigint;
  headVersion: bigint;
  headHash: Buffer;
  level: number | null;
  sibling: Buffer | null;
}

/** Merkle roots over the heads of all accounts, signed with a key that the database never sees. */
export class SignedRoots {
  constructor(
    private readonly database: Database,
    private readonly key: SigningKey,
  ) {}

  /** @throws SignedHistoryChanged when an event that was signed is gone or another. */
  sign(): Promise<SignedRoot> {
    return inTransaction(this.database, async (tx, now) => {
      await tx.query(LOCK_SIGNER);
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
    return (
      await this.database.query<SignedRoot>({ name: 'signed_root_list', text: LIST_ROOTS, values: [limit, offset] })
    ).rows;
  }

  /** The proof that the account's signed head is under the newest root; undefined while none covers the account. */
  async inclusionOf(accountId: string): Promise<Inclusion | undefined> {
    const { rows } = await this.database.query<InclusionRow>({
      name: 'signed_inclusion_read',
      text: READ_INCLUSION,
      values: [accountId],
    });
    const [first] = rows;
    if (first === undefined) return undefined;
    const { leaf, headVersion, headHash, level: _, sibling: __, ...root } = first;
    const path = rows.flatMap(({ level, sibling }): PathStep[] =>
      level === null || sibling === null
        ? []
        : [{ side: (leaf >> BigInt(level)) % 2n === 0n ? 'right' : 'left', hash: sibling }],
    );
    return { root, head: { accountId, version: headVersion, hash: headHash }, path };
  }

  private async hasEvents(): Promise<boolean> {
    return (
      (
        await this.database.query({
          name: 'any_event_read',
          text: 'select 1 from ledger_account where version > 0 limit 1',
        })
      ).rowCount === 1
    );
  }

  private async latest(): Promise<SignedRoot | undefined> {
    return (await this.database.query<SignedRoot>({ name: 'signed_root_latest', text: LATEST_ROOT })).rows[0];
  }

  private async signHeads(tx: Transaction, signedAt: Date): Promise<SignedRoot> {
    const previous = (await tx.query<SignedRoot>(LATEST_ROOT)).rows[0];
    const sequence = (previous?.sequence ?? 0n) + 1n;
    const { accounts, root } = await growTree(tx, sequence);
    const facts = { sequence, signedAt, accounts, root, previousRoot: previous?.root ?? NO_ROOT };
    const signature = this.key.sign(signedText(facts));
    const { publicKey } = this.key;
    await tx.query({
      name: 'signed_root_store',
      text: STORE_ROOT,
      values: [sequence, signedAt, facts.accounts, root, facts.previousRoot, signature, publicKey],
    });
    return { ...facts, root, previousRoot: Buffer.from(facts.previousRoot), signature, publicKey };
  }
}
