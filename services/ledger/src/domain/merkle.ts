import { createHash } from 'node:crypto';

/** Where an account's stream stood when it was signed. */
export interface AccountHead {
  readonly accountId: string;
  readonly version: bigint;
  /** SHA-256 of the event at that version. */
  readonly hash: Uint8Array;
}

export interface PathStep {
  readonly side: 'left' | 'right';
  readonly hash: Buffer;
}

/** What is signed about all accounts. */
export interface RootFacts {
  readonly sequence: bigint;
  readonly signedAt: Date;
  readonly accounts: bigint;
  readonly root: Uint8Array;
  /** Of the root before it; zeros for the first. */
  readonly previousRoot: Uint8Array;
}

export const NO_ROOT: Buffer = Buffer.alloc(32);

/** Leaves and inner nodes are hashed apart (RFC 6962), so that neither can be passed off as the other. */
export function leafHash({ accountId, version, hash }: AccountHead): Buffer {
  return createHash('sha256').update('\u0000').update(`${accountId}\n${version}\n${hex(hash)}\n`).digest();
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update('\u0001').update(left).update(right).digest();
}

/** The root of RFC 6962's tree over the leaves in their order; zeros without leaves. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  let level = [...leaves];
  while (level.length > 1) level = levelAbove(level);
  return level[0] ?? NO_ROOT;
}

/** What has to be hashed with the leaf, step by step, to come to the root. */
export function merklePath(leaves: readonly Buffer[], index: number): PathStep[] {
  const path: PathStep[] = [];
  let level = [...leaves];
  for (let at = index; level.length > 1; at >>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push({ side: at % 2 === 0 ? 'right' : 'left', hash: sibling });
    level = levelAbove(level);
  }
  return path;
}

/** A node without a neighbour goes up as it is. */
function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const right = level[at + 1];
    above.push(right === undefined ? level[at]! : nodeHash(level[at]!, right));
  }
  return above;
}

/** The text under the signature. */
export function signedText({ sequence, signedAt, accounts, root, previousRoot }: RootFacts): Buffer {
  return Buffer.from(`usvideo-ledger-root-v1\n${sequence}\n${signedAt.toISOString()}\n${accounts}\n${hex(root)}\n${hex(previousRoot)}\n`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
