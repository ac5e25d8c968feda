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
  return createHash('sha256')
    .update('\u0000')
    .update(`${accountId}\n${version}\n${hex(hash)}\n`)
    .digest();
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update('\u0001').update(left).update(right).digest();
}

/** Comes to the root of RFC 6962's tree over leaves in their order, and keeps as many hashes as their number has binary digits. */
export class MerkleFold {
  /** Roots of whole subtrees, from the largest on the left to the smallest on the right. */
  private readonly peaks: { readonly height: number; readonly hash: Buffer }[] = [];
  private count = 0n;

  add(leaf: Buffer): void {
    let node = { height: 0, hash: leaf };
    for (let left = this.peaks.at(-1); left?.height === node.height; left = this.peaks.at(-1)) {
      this.peaks.pop();
      node = { height: node.height + 1, hash: nodeHash(left.hash, node.hash) };
    }
    this.peaks.push(node);
    this.count += 1n;
  }

  get leaves(): bigint {
    return this.count;
  }

  /** Zeros without leaves. */
  root(): Buffer {
    return (
      this.peaks
        .map(({ hash }) => hash)
        .reduceRight<Buffer | undefined>(
          (right, left) => (right === undefined ? left : nodeHash(left, right)),
          undefined,
        ) ?? NO_ROOT
    );
  }
}

/** The text under the signature. */
export function signedText({ sequence, signedAt, accounts, root, previousRoot }: RootFacts): Buffer {
  return Buffer.from(
    `usvideo-ledger-root-v1\n${sequence}\n${signedAt.toISOString()}\n${accounts}\n${hex(root)}\n${hex(previousRoot)}\n`,
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
