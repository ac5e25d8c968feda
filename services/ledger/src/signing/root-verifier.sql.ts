import type { SignedRoot } from '@usvideo/contracts/ledger';
import type { Transaction } from '@usvideo/event-store';
import { leafHash, MerkleFold, NO_ROOT, signedText } from './merkle';
import { pagesOf } from './pages.sql';
import { ROOT_COLUMNS } from './signed-roots.store';
import { leafHashOf, NODE_HASH } from './signed-tree.sql';
import { isSignedBy } from './signing-key';

export interface RootVerification {
  readonly rootsChecked: bigint;
  readonly lastRootAt: Date | undefined;
  readonly differences: string[];
}

/** Roots in memory, each with a hash for every doubling of the number of accounts: three years of days, some megabytes. */
const ROOTS_AT_ONCE = 1_000;
/** Sentences of one kind. */
const SENTENCES_MAX = 1_000;

const READ_ROOTS = `select ${ROOT_COLUMNS} from signed_root where sequence > $1 order by sequence limit ${ROOTS_AT_ONCE}`;

/** Account by account as in the tree, and from one root to the next. */
const READ_HEADS = `
select h.sequence, h.account_id as "accountId", h.version, h.hash from signed_head h left join signed_account s using (account_id)
order by s.leaf, h.account_id collate "C", h.sequence`;

const NOT_IN_LOG = `
select 'account ' || h.account_id || ' version ' || h.version || ': the event that root ' || h.sequence || ' signed is gone or another.' as sentence
from signed_head h left join event e on e.stream_id = h.account_id and e.version = h.version
where e.hash is distinct from h.hash order by h.sequence, h.account_id limit ${SENTENCES_MAX}`;

const WITHOUT_ROOT = `
select 'root ' || sequence || ': is gone, and heads that it signed are left.' as sentence
from (select distinct sequence from signed_head h where not exists (select from signed_root r where r.sequence = h.sequence)) left_over
order by sequence limit ${SENTENCES_MAX}`;

const OTHER_HEAD = `
select 'account ' || coalesce(s.account_id, h.account_id) || ': the tree does not hold its newest signed head.' as sentence
from signed_account s full join (select distinct on (account_id) * from signed_head order by account_id, sequence desc) h using (account_id)
where (s.sequence, s.version, s.hash) is distinct from (h.sequence, h.version, h.hash)
order by 1 limit ${SENTENCES_MAX}`;

const OTHER_NODE = `
select 'the tree of signed heads: node ' || level || '/' || position || ' is not made of what is below it.' as sentence
from (
  select 0 as level, s.leaf as position, ${leafHashOf('s')} as hash from signed_account s
  union all
  select l.level + 1, l.position / 2, ${NODE_HASH}
  from signed_node l left join signed_node r on r.level = l.level and r.position = l.position + 1
  where l.position % 2 = 0 and (1::bigint << l.level) < (select count(*) from signed_account)
) made full join signed_node n using (level, position)
where n.hash is distinct from made.hash order by level, position limit ${SENTENCES_MAX}`;

const OTHER_POSITION = `
select 'shard ' || shard || ': event ' || coalesce(p.shard_seq, 0) || ', up to which all was signed, is gone or another.' as sentence
from signed_position p full join (select shard from shard_head where exists (select from signed_position)) h using (shard)
left join event e using (shard, shard_seq)
where p.event_id is distinct from coalesce(e.event_id, '') or (p.shard_seq > 0 and e.event_id is null) or h.shard is null
order by shard limit ${SENTENCES_MAX}`;

/** What the position of its shard says was signed, and no root covers. */
const UNSIGNED = `
select 'account ' || e.stream_id || ': version ' || max(e.version) || ' is under no root, as if it had been signed.' as sentence
from event e join signed_position p on p.shard = e.shard and e.shard_seq <= p.shard_seq
left join signed_account s on s.account_id = e.stream_id
where e.version > coalesce(s.version, 0) group by e.stream_id order by e.stream_id limit ${SENTENCES_MAX}`;

const IS_KNOWN = `select 1 from signed_root where encode(root, 'hex') = lower($1)`;

/**
 * Checks every signed root: its signature, its place in the row of roots, that it is the root of the heads that were kept with
 * it, and that each of those heads is in the log today; and that the tree which the next root grows from is the one of the last. A log that was rewritten or cut as a whole, tables and hashes included,
 * shows here, because its author could not sign. Needs the same memory for any number of accounts and roots.
 */
export async function verifyRoots(
  tx: Transaction,
  trustedKeys: readonly Buffer[],
  knownRoot: string,
): Promise<RootVerification> {
  const differences = (await tx.query<{ sentence: string }>(NOT_IN_LOG)).rows.map((row) => row.sentence);
  let rootsChecked = 0n;
  let last: SignedRoot | undefined;
  for (;;) {
    const { rows: roots } = await tx.query<SignedRoot>({
      name: 'verify_roots',
      text: READ_ROOTS,
      values: [last?.sequence ?? 0n],
    });
    if (roots.length > 0) differences.push(...(await faultsOfAll(tx, roots, last, trustedKeys)));
    rootsChecked += BigInt(roots.length);
    last = roots.at(-1) ?? last;
    if (roots.length < ROOTS_AT_ONCE) break;
  }
  for (const text of [WITHOUT_ROOT, OTHER_HEAD, OTHER_NODE, OTHER_POSITION, UNSIGNED]) {
    differences.push(...(await tx.query<{ sentence: string }>(text)).rows.map((row) => row.sentence));
  }
  const isKnown =
    knownRoot === '' ||
    (await tx.query({ name: 'verify_known_root', text: IS_KNOWN, values: [knownRoot] })).rowCount !== 0;
  if (!isKnown) differences.push(`the root ${knownRoot} that was kept outside is not among the signed ones.`);
  return { rootsChecked, lastRootAt: last?.signedAt, differences };
}

async function faultsOfAll(
  tx: Transaction,
  roots: readonly SignedRoot[],
  before: SignedRoot | undefined,
  trustedKeys: readonly Buffer[],
): Promise<string[]> {
  const derived = await rootsOfHeads(
    tx,
    roots.map(({ sequence }) => sequence),
  );
  return roots.flatMap((root, index) => {
    const faults = faultsOf(root, roots[index - 1] ?? before, trustedKeys);
    if (!derived[index]!.equals(root.root)) faults.push('is not the root of its heads.');
    return faults.map((fault) => `root ${root.sequence}: ${fault}`);
  });
}

/** What the roots of these ascending numbers must be, in one reading of all heads: under each root, an account has its newest head up to it. */
async function rootsOfHeads(tx: Transaction, sequences: readonly bigint[]): Promise<Buffer[]> {
  const folds = sequences.map(() => new MerkleFold());
  let current: { accountId: string; leaf: Buffer } | undefined;
  let at = 0;
  const fillBelow = (sequence: bigint | undefined) => {
    for (; at < folds.length && (sequence === undefined || sequences[at]! < sequence); at++)
      if (current !== undefined) folds[at]!.add(current.leaf);
  };
  for await (const heads of pagesOf<{ sequence: bigint; accountId: string; version: bigint; hash: Buffer }>(
    tx,
    READ_HEADS,
  )) {
    for (const head of heads) {
      if (current !== undefined && current.accountId !== head.accountId) {
        fillBelow(undefined);
        [current, at] = [undefined, 0];
      }
      fillBelow(head.sequence);
      current = { accountId: head.accountId, leaf: leafHash(head) };
    }
  }
  fillBelow(undefined);
  return folds.map((fold) => fold.root());
}

function faultsOf(root: SignedRoot, previous: SignedRoot | undefined, trustedKeys: readonly Buffer[]): string[] {
  const faults: string[] = [];
  if (root.sequence !== (previous?.sequence ?? 0n) + 1n) faults.push(`follows root ${previous?.sequence ?? 'none'}.`);
  if (!Buffer.from(root.previousRoot).equals(Buffer.from(previous?.root ?? NO_ROOT)))
    faults.push('does not name the root before it.');
  const isTrusted = trustedKeys.length === 0 || trustedKeys.some((key) => key.equals(root.publicKey));
  if (!isTrusted) faults.push('is signed with a key that is not ours.');
  if (
    root.signedAt === undefined ||
    !isSignedBy(root.publicKey, signedText({ ...root, signedAt: root.signedAt }), root.signature)
  )
    faults.push('its signature does not hold.');
  return faults;
}
