import { Inject, Injectable } from '@nestjs/common';
import type { VerifiedKey } from '@usvideo/contracts/accounts';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

interface VerifiedRow {
  secret_sha256: Buffer;
  account_id: string;
  key_id: string;
  environment: string;
  scopes: string[];
  expires_in_ms: bigint | null;
  suspended: boolean;
}

const FIND_KEYS = `
select k.secret_sha256, k.account_id, k.key_id, k.environment, k.scopes, a.status = 'suspended' as suspended,
  floor(extract(epoch from k.expires_at - now()) * 1000)::bigint as expires_in_ms
from api_key k join account a using (account_id)
where k.secret_sha256 = any($1::bytea[]) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`;

const TOUCH_KEYS = `
update api_key k set last_used_at = u.at
from unnest($1::text[], $2::timestamptz[]) as u (key_id, at)
where k.key_id = u.key_id and (k.last_used_at is null or k.last_used_at < u.at - interval '1 minute')`;

/** Uses remembered between two writes; beyond it a use is not noted, never refused. */
const NOTED_MAX = 50_000;

/** Answers whose keys digests are, and notes its use: one batched write at a time, at most once a minute per key. */
@Injectable()
export class KeyVerification {
  private noted = new Map<string, Date>();

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Of the digests behind which there is a live key. */
  async verify(digests: Buffer[]): Promise<VerifiedKey[]> {
    const { rows } = await this.database.query<VerifiedRow>({
      name: 'api_keys_verify',
      text: FIND_KEYS,
      values: [digests],
    });
    const at = new Date();
    for (const row of rows) if (this.noted.size < NOTED_MAX) this.noted.set(row.key_id, at);
    return rows.map((row) => ({
      secretSha256: row.secret_sha256,
      key: {
        accountId: row.account_id,
        keyId: row.key_id,
        environment: row.environment,
        scopes: row.scopes,
        suspended: row.suspended,
        expiresInMs: row.expires_in_ms ?? undefined,
      },
    }));
  }

  /** Uses that could not be written are kept for the next time. */
  async writeUses(): Promise<void> {
    const uses = this.noted;
    if (uses.size === 0) return;
    this.noted = new Map();
    try {
      await this.database.query({
        name: 'api_key_touch',
        text: TOUCH_KEYS,
        values: [[...uses.keys()], [...uses.values()]],
      });
    } catch (error) {
      this.noted = new Map([...uses, ...this.noted]);
      throw error;
    }
  }
}
