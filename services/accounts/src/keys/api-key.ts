import type { Environment } from '../accounts/plan';

export const SCOPES = [
  'videos',
  'videos:unquoted',
  'billing:read',
  'webhooks',
  'keys:read',
  'keys:manage',
  'billing:manage',
] as const;

/** The first keys of an account must be able to make all others. That agents need no quote is said of a key on purpose. */
export const FIRST_KEY_SCOPES: readonly string[] = SCOPES.filter((scope) => scope !== 'videos:unquoted');

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 62^43 > 2^256: every 256-bit value has its own text. */
const SECRET_LENGTH = 43;

/** The key as the customer gets it, from 32 random bytes. Letters and digits only, so that a double click selects all of it. */
export function keySecret(environment: Environment, random: Buffer): string {
  if (random.length !== 32) throw new Error('a key is made of 32 random bytes');
  let rest = BigInt(`0x${random.toString('hex')}`);
  let text = '';
  for (let index = 0; index < SECRET_LENGTH; index++) {
    text = ALPHABET[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return `usv_${environment}_${text}`;
}

/** For example `usv_live_…a1b2`. */
export function maskedKey(environment: Environment, secret: string): string {
  return `usv_${environment}_…${secret.slice(-4)}`;
}
