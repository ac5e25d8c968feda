import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealed {
  readonly keyId: string;
  /** nonce ‖ ciphertext ‖ tag. */
  readonly bytes: Buffer;
}

/** AES-256-GCM bound to the owner's id, so that a sealed secret copied to another account's row does not open. */
export class SecretBox {
  /** Names the key without giving it away. */
  readonly keyId: string;

  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new Error('SECRETS_KEY must be 32 bytes in base64');
    this.keyId = createHash('sha256').update(key).digest('hex').slice(0, 16);
  }

  seal(ownerId: string, plaintext: string): Sealed {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(ownerId));
    const bytes = Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { keyId: this.keyId, bytes };
  }

  open(ownerId: string, { keyId, bytes }: Sealed): string {
    if (keyId !== this.keyId) throw new Error(`the secret was sealed with key ${keyId}, SECRETS_KEY is ${this.keyId}`);
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES)).setAAD(
      Buffer.from(ownerId),
    );
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }
}
