import { Inject, Injectable } from '@nestjs/common';
import type { Database, Transaction } from '@usvideo/event-store';
import type { SecretBox } from '@usvideo/runtime';
import { Secret, TOTP } from 'otpauth';
import type { Person } from '../people/person.sql';
import { SECRET_BOX } from '../mail/tokens';

const ISSUER = 'US Video API';
const PERIOD_SECONDS = 30;
/** A clock may be one step off. */
const WINDOW_STEPS = 1;

const START =
  'update person set totp_key_id = $2, totp_sealed = $3, totp_confirmed_at = null where person_id = $1 and totp_confirmed_at is null';
const SPEND = `
update person set totp_last_step = $2, totp_confirmed_at = coalesce(totp_confirmed_at, $3)
where person_id = $1 and totp_last_step < $2`;
const FOREIGN =
  'select totp_key_id from person where totp_sealed is not null and totp_key_id is distinct from $1 limit 1';
const REMOVE =
  'update person set totp_key_id = null, totp_sealed = null, totp_confirmed_at = null where person_id = $1 and totp_sealed is not null';

/** The second factor of RFC 6238: six digits, SHA-1, thirty seconds, as every authenticator app reads it. Secrets are kept sealed. */
@Injectable()
export class SecondFactor {
  /** @param box undefined: no secret can be kept, so nobody can have a second factor */
  constructor(@Inject(SECRET_BOX) private readonly box: SecretBox | undefined) {}

  get isKept(): boolean {
    return this.box !== undefined;
  }

  /** @throws when second factors are kept that this process cannot open: nobody who has one could sign in */
  async check(database: Pick<Database, 'query'>): Promise<void> {
    const { rows } = await database.query<{ totp_key_id: string }>({
      name: 'totp_foreign',
      text: FOREIGN,
      values: [this.box?.keyId ?? null],
    });
    if (rows[0] !== undefined)
      throw new Error(
        `second factors are sealed with key ${rows[0].totp_key_id}, but SECRETS_KEY is ${this.box?.keyId ?? 'not set'}`,
      );
  }

  /** Undefined when the person has one already. */
  async start(
    tx: Transaction,
    { personId, email }: Person,
  ): Promise<{ secret: string; otpauthUrl: string } | undefined> {
    const totp = new TOTP({ issuer: ISSUER, label: email, secret: new Secret({ size: 20 }) });
    const { keyId, bytes } = this.opened().seal(personId, totp.secret.base32);
    const { rowCount } = await tx.query({ name: 'totp_start', text: START, values: [personId, keyId, bytes] });
    return rowCount === 1 ? { secret: totp.secret.base32, otpauthUrl: totp.toString() } : undefined;
  }

  /** Whether the code is the person's of this half minute and was not used before; a used one opens nothing again. */
  async spend(db: Pick<Transaction, 'query'>, now: Date, { personId, totp }: Person, code: string): Promise<boolean> {
    if (totp === undefined || !/^\d{6}$/.test(code)) return false;
    const secret = Secret.fromBase32(this.opened().open(personId, { keyId: totp.keyId, bytes: totp.sealed }));
    const delta = new TOTP({ secret }).validate({ token: code, timestamp: now.getTime(), window: WINDOW_STEPS });
    if (delta === null) return false;
    const step = Math.floor(now.getTime() / 1_000 / PERIOD_SECONDS) + delta;
    const { rowCount } = await db.query({ name: 'totp_spend', text: SPEND, values: [personId, step, now] });
    return rowCount === 1;
  }

  private opened(): SecretBox {
    if (this.box === undefined) throw new Error('SECRETS_KEY is not set');
    return this.box;
  }

  /** False when there was none. */
  async remove(tx: Transaction, personId: string): Promise<boolean> {
    const { rowCount } = await tx.query({ name: 'totp_remove', text: REMOVE, values: [personId] });
    return rowCount === 1;
  }
}
