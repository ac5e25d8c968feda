import { createHmac, randomBytes } from 'node:crypto';
import type { Transaction } from '@usvideo/event-store';

export interface NamedJob {
  readonly jobId: string;
  readonly accountId: string;
  readonly environment: string;
  readonly endUser: string;
}

const KEY_BYTES = 32;
/** Enough that no two end users of an account share one. */
const PSEUDONYM_DIGITS = 32;

const ADD_KEYS =
  'insert into end_user_key (account_id, key) select a, k from unnest($1::text[], $2::bytea[]) as u (a, k) on conflict do nothing';
const READ_KEYS = 'select account_id, key from end_user_key where account_id = any($1::text[])';
const KEEP = `
insert into erased_end_user (job_id, account_id, environment, pseudonym) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`;

/** In the transaction that erases their names: a hash under a key of the account remains, so that what was spent for each can still be billed. */
export async function keepPseudonyms(tx: Transaction, jobs: readonly NamedJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const accounts = [...new Set(jobs.map(({ accountId }) => accountId))].sort();
  await tx.query({
    name: 'end_user_keys_add',
    text: ADD_KEYS,
    values: [accounts, accounts.map(() => randomBytes(KEY_BYTES))],
  });
  const { rows } = await tx.query<{ account_id: string; key: Buffer }>({
    name: 'end_user_keys_read',
    text: READ_KEYS,
    values: [accounts],
  });
  const keys = new Map(rows.map((row) => [row.account_id, row.key]));
  await tx.query({
    name: 'end_users_keep',
    text: KEEP,
    values: [
      jobs.map(({ jobId }) => jobId),
      jobs.map(({ accountId }) => accountId),
      jobs.map(({ environment }) => environment),
      jobs.map(({ accountId, endUser }) => pseudonymOf(keys.get(accountId)!, endUser)),
    ],
  });
}

function pseudonymOf(key: Buffer, endUser: string): string {
  return `erased:${createHmac('sha256', key).update(endUser).digest('hex').slice(0, PSEUDONYM_DIGITS)}`;
}
