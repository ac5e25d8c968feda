import { createPrivateKey, createPublicKey, hkdfSync, sign, verify, type KeyObject } from 'node:crypto';

/** What precedes the 32 bytes of an Ed25519 key in PKCS 8 and SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The key that lives outside the database: whoever can change every table still cannot sign what they made of it. */
export class SigningKey {
  private readonly privateKey: KeyObject;
  /** Raw, 32 bytes. */
  readonly publicKey: Buffer;

  /** @param seed 32 random bytes */
  constructor(private readonly seed: Buffer) {
    this.privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.privateKey)
      .export({ format: 'der', type: 'spki' })
      .subarray(SPKI_PREFIX.length);
  }

  sign(text: Buffer): Buffer {
    return sign(null, text, this.privateKey);
  }

  /** A key for another purpose; it says nothing about this one. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.seed, '', purpose, 32));
  }
}

/** Whether the signature of the text is by the raw Ed25519 public key. */
export function isSignedBy(publicKey: Uint8Array, text: Buffer, signature: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  return verify(
    null,
    text,
    createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );
}
