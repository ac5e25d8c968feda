import { createHash, randomBytes } from 'node:crypto';
import { keySecret, maskedKey } from './api-key';
import type { Environment } from '../accounts/plan';
import type { SecretParts } from '../accounts/account-rows.sql';

export interface MintedKey extends SecretParts {
  /** Shown once, stored nowhere. */
  readonly secret: string;
}

export function mintKey(environment: Environment): MintedKey {
  const secret = keySecret(environment, randomBytes(32));
  return { secret, digest: keyDigest(secret), masked: maskedKey(environment, secret) };
}

/** A key has 256 bits of its own, so that a plain hash hides it as well as a slow one. */
export function keyDigest(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
