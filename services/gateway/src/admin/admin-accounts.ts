import type { Account } from '@usvideo/contracts/accounts';
import { Refusal } from '../refusals/refusal';

/** The path's id. @throws Refusal not_found for what cannot be one */
export function accountIdOf(accountId: string): string {
  if (!/^acc_[0-9A-Za-z]{1,60}$/.test(accountId)) throw accountNotFound();
  return accountId;
}

export function accountNotFound(): Refusal {
  return new Refusal('not_found', 'There is no account with this id.');
}

export function presentAccount(account: Account | undefined): Account {
  if (!account) throw new Error('accounts answered no account');
  return account;
}
