import type { SecretBox } from '@usvideo/runtime';
import { randomBytes } from 'node:crypto';
import type { Database, Transaction } from '@usvideo/event-store';

const INSERT = 'insert into account_secret (account_id, key_id, sealed) values ($1, $2, $3) on conflict do nothing';
const SELECT = 'select key_id, sealed from account_secret where account_id = $1';

/** Each account's signing secret: `whsec_` and 32 random bytes in base64, made at the first call and the same ever after. */
export class SecretStore {
  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
  ) {}

  /** @throws when stored secrets were sealed under another key: every delivery of theirs would fail. */
  async check(): Promise<void> {
    const { rows } = await this.database.query<{ key_id: string }>({
      name: 'secret_foreign',
      text: 'select key_id from account_secret where key_id <> $1 limit 1',
      values: [this.box.keyId],
    });
    if (rows[0] !== undefined)
      throw new Error(`secrets are stored under key ${rows[0].key_id}, but SECRETS_KEY is ${this.box.keyId}`);
  }

  async ensure(accountId: string): Promise<string> {
    const known = await this.find(accountId);
    if (known !== undefined) return known;
    await this.make(accountId);
    // Whoever came first has won: everybody reads back the same one.
    const stored = await this.find(accountId);
    if (stored === undefined) throw new Error('the secret that was just stored is gone');
    return stored;
  }

  /** Unless it has one. */
  async make(accountId: string, via: Pick<Transaction, 'query'> = this.database): Promise<void> {
    const sealed = this.box.seal(accountId, `whsec_${randomBytes(32).toString('base64')}`);
    await via.query({ name: 'secret_insert', text: INSERT, values: [accountId, sealed.keyId, sealed.bytes] });
  }

  private async find(accountId: string): Promise<string | undefined> {
    const { rows } = await this.database.query<{ key_id: string; sealed: Buffer }>({
      name: 'secret_find',
      text: SELECT,
      values: [accountId],
    });
    return rows[0] && this.box.open(accountId, { keyId: rows[0].key_id, bytes: rows[0].sealed });
  }
}
