import { AccountEvent } from '@usvideo/contracts/accounts';
import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { decodeEvent, type Subscription } from '@usvideo/messaging';
import type { SecretStore } from '../secrets/secret.store';

/** Kinds that are known and change nothing here: a suspended account still hears of what runs to its end, and keys sign nothing. */
const PRIVATE_KINDS: ReadonlySet<string> = new Set([
  'limits_set',
  'api_key_created',
  'api_key_rotated',
  'api_key_revoked',
  'account_suspended',
  'account_resumed',
]);

/** An account has its secret before it has a job, also where nobody asked for one when it was made. */
export function accountsSubscription(database: Database, secrets: SecretStore): Subscription {
  const handle = (event: LoggedEvent, tx: Transaction) => handleAccountEvent(event, tx, secrets);
  // A secret that was made for a lost account signs nothing; the account may be made again and has it then.
  const restored = { hearsAgain: false, reconcile: async () => undefined };
  return { consumer: 'webhooks', topic: 'usvideo.accounts.v1', database, isRelevant: makesSecrets, handle, restored };
}

/** A kind that is not known here is relevant, so that it parks until an upgrade. */
export function makesSecrets({ kind }: Pick<LoggedEvent, 'kind'>): boolean {
  return !PRIVATE_KINDS.has(kind);
}

async function handleAccountEvent(event: LoggedEvent, tx: Transaction, secrets: SecretStore): Promise<void> {
  if (decodeEvent(AccountEvent, event).$case === 'accountCreated') await secrets.make(event.streamId, tx);
}
