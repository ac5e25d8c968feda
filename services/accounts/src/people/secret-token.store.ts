import { createHash, randomBytes } from 'node:crypto';

export interface MintedToken {
  /** 256 random bits as base64url, after what it is known by: shown once, stored nowhere. */
  readonly token: string;
  readonly digest: Buffer;
}

export function mintToken(prefix = ''): MintedToken {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { token, digest: tokenDigest(token) };
}

/** A token has 256 bits of its own, so that a plain hash hides it as well as a slow one. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
