import type { Database, Transaction } from '@usvideo/event-store';
import type { MintedToken } from '../people/secret-token.store';

export type MailPurpose = 'verify_email' | 'reset_password';

const LIFE: Readonly<Record<MailPurpose, string>> = { verify_email: '7 days', reset_password: '1 hour' };
const INSERT = `
insert into mail_token (token_sha256, purpose, person_id, created_at, expires_at) values ($1, $2, $3, $4, $4::timestamptz + $5::interval)`;
const SPEND = 'delete from mail_token where token_sha256 = $1 and purpose = $2 and expires_at > $3 returning person_id';

export async function insertMailToken(
  tx: Transaction,
  now: Date,
  purpose: MailPurpose,
  personId: string,
  { digest }: MintedToken,
): Promise<void> {
  await tx.query({ name: 'mail_token_insert', text: INSERT, values: [digest, purpose, personId, now, LIFE[purpose]] });
}

/** Whose it was; a token opens its door once. */
export async function spendMailToken(
  tx: Transaction,
  now: Date,
  purpose: MailPurpose,
  digest: Buffer,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ person_id: string }>({
    name: 'mail_token_spend',
    text: SPEND,
    values: [digest, purpose, now],
  });
  return rows[0]?.person_id;
}

/** A new password makes older links of the same kind worthless. */
export async function endMailTokens(tx: Transaction, personId: string, purpose: MailPurpose): Promise<void> {
  await tx.query({
    name: 'mail_tokens_end',
    text: 'delete from mail_token where person_id = $1 and purpose = $2',
    values: [personId, purpose],
  });
}

/** Of letters and invitations that nobody followed. */
export async function sweepTokens(database: Pick<Database, 'query'>): Promise<void> {
  await database.query({ name: 'mail_token_sweep', text: 'delete from mail_token where expires_at < now()' });
  await database.query({ name: 'flow_sweep', text: 'delete from sign_in_flow where expires_at < now()' });
  await database.query({ name: 'invitation_sweep', text: 'delete from invitation where expires_at < now()' });
}
