import { Inject, Injectable } from '@nestjs/common';
import { inTransactionAgain, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';

const LOCK =
  'select closed_at is not null as closed, erased_at is not null as erased from account where account_id = $1 for update';
const ERASE = `update account set name = '', erased_at = $2 where account_id = $1`;
const ERASE_KEY_NAMES = `update api_key set name = '' where account_id = $1`;
/** Who acts for another account stays; whoever acted for this one only is forgotten. */
const FORGET_PEOPLE = `
with gone as (delete from member where account_id = $1 returning person_id)
delete from person p using gone where p.person_id = gone.person_id
  and not exists (select from member other where other.person_id = gone.person_id and other.account_id <> $1)`;

export type Erased = 'done' | 'account_not_closed' | undefined;

/** Forgets the people of a closed account and what they called things. Its id, its money and the audit log stay. */
@Injectable()
export class AccountErasure {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined: there is no such account. Erasing twice is fine. */
  erase(accountId: string, actor: Actor): Promise<Erased> {
    return inTransactionAgain(this.database, (tx, now) => eraseAccount(tx, now, accountId, actor));
  }
}

async function eraseAccount(tx: Transaction, now: Date, accountId: string, actor: Actor): Promise<Erased> {
  const {
    rows: [account],
  } = await tx.query<{ closed: boolean; erased: boolean }>({ name: 'erasure_lock', text: LOCK, values: [accountId] });
  if (account === undefined) return undefined;
  if (!account.closed) return 'account_not_closed';
  if (account.erased) return 'done';
  await tx.query({
    name: 'erasure_invitations',
    text: 'delete from invitation where account_id = $1',
    values: [accountId],
  });
  await tx.query({ name: 'erasure_sessions', text: 'delete from session where account_id = $1', values: [accountId] });
  await tx.query({ name: 'erasure_people', text: FORGET_PEOPLE, values: [accountId] });
  await tx.query({ name: 'erasure_account', text: ERASE, values: [accountId, now] });
  await tx.query({ name: 'erasure_keys', text: ERASE_KEY_NAMES, values: [accountId] });
  await appendAudit(tx, now, { accountId, actor, actions: [{ action: 'account_erased', subject: accountId }] });
  return 'done';
}
