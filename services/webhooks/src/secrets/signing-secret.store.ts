import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { inTransaction, newId, type Database, type Transaction } from '@usvideo/event-store';
import { SecretBox } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import { SecretStore } from './secret.store';
import type { SigningSecrets } from './signature';

/** Whose secret: an endpoint's, or that of the jobs' own URLs of an account in one environment. */
export interface SecretOwner {
  readonly accountId: string;
  readonly environment: string;
  readonly endpointId: string;
}

export interface StoredSecrets extends SigningSecrets {
  readonly previousEndsAt?: Date;
}

const IN_USE = `
select key_id, sealed, ends_at from signing_secret where owner = $1 and (ends_at is null or ends_at > clock_timestamp())
order by ends_at desc nulls first limit 2`;

const END_CURRENT = `update signing_secret set ends_at = clock_timestamp() + make_interval(secs => $2) where owner = $1 and ends_at is null returning secret_id`;

/** Only the one before is used beside the new one. */
const END_EARLIER = `
update signing_secret set ends_at = clock_timestamp() where owner = $1 and ends_at > clock_timestamp() and not (secret_id = any($2))`;

const INSERT = `
insert into signing_secret (secret_id, owner, key_id, sealed, created_at, ends_at)
values ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + make_interval(secs => $5))`;

const LOCK = 'select pg_advisory_xact_lock(hashtextextended($1, 8))';

interface SecretRow {
  key_id: string;
  sealed: Buffer;
  ends_at: Date | null;
}

/** Secrets that can be rotated: the new one signs from then on, the old one beside it for a while. */
@Injectable()
export class SigningSecretStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly box: SecretBox,
    private readonly accounts: SecretStore,
  ) {}

  /** An endpoint's secret is made with it; that of an account is the one of its registration until it is rotated. */
  async inUse(owner: SecretOwner): Promise<StoredSecrets> {
    const key = keyOf(owner);
    const { rows } = await this.database.query<SecretRow>({
      name: 'signing_secret_in_use',
      text: IN_USE,
      values: [key],
    });
    if (rows.length === 0 && owner.endpointId !== '') return { current: await this.make(key) };
    if (rows.length === 0) return { current: await this.accounts.ensure(owner.accountId) };
    const [current, previous] = rows.map((row) => this.box.open(key, { keyId: row.key_id, bytes: row.sealed })) as [
      string,
      string?,
    ];
    return previous === undefined ? { current } : { current, previous, previousEndsAt: rows[1]!.ends_at! };
  }

  async rotate(owner: SecretOwner, overlapSeconds: number): Promise<StoredSecrets> {
    const key = keyOf(owner);
    const before = await this.inUse(owner);
    await inTransaction(this.database, async (tx) => {
      await tx.query({ name: 'signing_secret_lock', text: LOCK, values: [key] });
      const ended = await tx.query<{ secret_id: string }>({
        name: 'signing_secret_end',
        text: END_CURRENT,
        values: [key, overlapSeconds],
      });
      const kept = ended.rows.map((row) => row.secret_id);
      await tx.query({ name: 'signing_secret_end_earlier', text: END_EARLIER, values: [key, kept] });
      if (kept.length === 0) await this.insert(tx, key, before.current, overlapSeconds);
      await this.insert(tx, key, newSecret(), null);
    });
    return this.inUse(owner);
  }

  /** Whoever comes first has won: everybody reads back the same one. */
  private async make(key: string): Promise<string> {
    await inTransaction(this.database, async (tx) => {
      await tx.query({ name: 'signing_secret_lock', text: LOCK, values: [key] });
      const { rowCount } = await tx.query({ name: 'signing_secret_in_use', text: IN_USE, values: [key] });
      if (rowCount === 0) await this.insert(tx, key, newSecret(), null);
    });
    const { rows } = await this.database.query<SecretRow>({
      name: 'signing_secret_in_use',
      text: IN_USE,
      values: [key],
    });
    return this.box.open(key, { keyId: rows[0]!.key_id, bytes: rows[0]!.sealed });
  }

  private async insert(tx: Transaction, key: string, secret: string, endsInSeconds: number | null): Promise<void> {
    const { keyId, bytes } = this.box.seal(key, secret);
    await tx.query({
      name: 'signing_secret_insert',
      text: INSERT,
      values: [newId('sec'), key, keyId, bytes, endsInSeconds],
    });
  }
}

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

function keyOf({ accountId, endpointId, environment }: SecretOwner): string {
  return endpointId === '' ? `${accountId} ${environment}` : endpointId;
}
