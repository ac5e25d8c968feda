import type { SignedRoot } from '@usvideo/contracts/ledger';
import type { Transaction } from '@usvideo/event-store';
import { leafHash, merkleRoot, NO_ROOT, signedText } from '../domain/merkle';
import { ROOT_COLUMNS } from './signed-roots';
import { isSignedBy } from './signing-key';

export interface RootVerification {
  readonly rootsChecked: bigint;
  readonly lastRootAt: Date | undefined;
  readonly differences: string[];
}

const READ_ROOTS = `select ${ROOT_COLUMNS} from signed_root order by sequence`;

const READ_HEADS = `
select h.sequence, h.account_id as "accountId", h.version, h.hash, e.hash is not distinct from h.hash as "inLog"
from signed_head h left join event e on e.stream_id = h.account_id and e.version = h.version
order by h.sequence, h.account_id`;

interface HeadRecord { sequence: bigint; accountId: string; version: bigint; hash: Buffer; inLog: boolean }

/**
 * Checks every signed root: its signature, its place in the row of roots, that it is the root of the heads that were kept with
 * it, and that each of those heads is in the log today. A log that was rewritten or cut as a whole, tables and hashes included,
 * shows here, because its author could not sign.
 */
export async function verifyRoots(tx: Transaction, trustedKeys: readonly Buffer[], knownRoot: string): Promise<RootVerification> {
  const { rows: roots } = await tx.query<SignedRoot>(READ_ROOTS);
  const { rows: heads } = await tx.query<HeadRecord>(READ_HEADS);
  const differences = heads.filter((head) => !head.inLog)
    .map((head) => `account ${head.accountId} version ${head.version}: the event that root ${head.sequence} signed is gone or another.`);
  const leaves = new Map<string, Buffer>();
  const headsOf = Map.groupBy(heads, (head) => head.sequence);
  roots.forEach((root, index) => {
    for (const head of headsOf.get(root.sequence) ?? []) leaves.set(head.accountId, leafHash(head));
    const accounts = [...leaves.keys()].sort();
    differences.push(...faultsOf(root, roots[index - 1], trustedKeys).map((fault) => `root ${root.sequence}: ${fault}`));
    if (!merkleRoot(accounts.map((accountId) => leaves.get(accountId)!)).equals(root.root)) differences.push(`root ${root.sequence}: is not the root of its heads.`);
  });
  const missing = [...headsOf.keys()].filter((sequence) => !roots.some((root) => root.sequence === sequence));
  differences.push(...missing.map((sequence) => `root ${sequence}: is gone, and heads that it signed are left.`));
  const isKnown = knownRoot === '' || roots.some((root) => Buffer.from(root.root).toString('hex') === knownRoot.toLowerCase());
  if (!isKnown) differences.push(`the root ${knownRoot} that was kept outside is not among the signed ones.`);
  return { rootsChecked: BigInt(roots.length), lastRootAt: roots.at(-1)?.signedAt, differences };
}

function faultsOf(root: SignedRoot, previous: SignedRoot | undefined, trustedKeys: readonly Buffer[]): string[] {
  const faults: string[] = [];
  if (root.sequence !== (previous?.sequence ?? 0n) + 1n) faults.push(`follows root ${previous?.sequence ?? 'none'}.`);
  if (!Buffer.from(root.previousRoot).equals(Buffer.from(previous?.root ?? NO_ROOT))) faults.push('does not name the root before it.');
  const isTrusted = trustedKeys.length === 0 || trustedKeys.some((key) => key.equals(root.publicKey));
  if (!isTrusted) faults.push('is signed with a key that is not ours.');
  if (root.signedAt === undefined || !isSignedBy(root.publicKey, signedText({ ...root, signedAt: root.signedAt }), root.signature)) faults.push('its signature does not hold.');
  return faults;
}
