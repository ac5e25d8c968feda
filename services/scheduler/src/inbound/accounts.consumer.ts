import { AccountEvent, type LimitsSet } from '@usvideo/contracts/accounts';
import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { decodeEvent, ParkEvent, type Subscription } from '@usvideo/messaging';
import type { Dispatch } from '../dispatch/dispatch.service';
import { addAccountRows, forgetVersions, setLimits, setSuspended } from '../limits/account-limits.sql';

/** What accounts may do, heard after the fact: for when nobody could tell us at once, and for a scheduler that starts empty. */
export function accountEvents(database: Database, dispatch: Pick<Dispatch, 'nudge'>): Subscription {
  // Limits that were told directly may be of the lost history too: the restored log is heard whole, and its versions count from the start.
  const restored = { hearsAgain: true, reconcile: forgetVersions };
  return {
    consumer: 'scheduler',
    topic: 'usvideo.accounts.v1',
    database,
    handle: handleAccountEvent,
    onHandled: () => dispatch.nudge(),
    restored,
  };
}

export async function handleAccountEvent(logged: LoggedEvent, tx: Transaction): Promise<void> {
  const accountId = logged.streamId;
  const event = decodeEvent(AccountEvent, logged);
  switch (event.$case) {
    case 'accountCreated':
      return addAccountRows(tx, accountId);
    case 'limitsSet':
      return takeLimits(tx, accountId, event.value);
    case 'accountSuspended':
      return takeSuspension(tx, accountId, true, event.value.limitsVersion);
    case 'accountResumed':
      return takeSuspension(tx, accountId, false, event.value.limitsVersion);
    // Keys are the gateway's business.
    case 'apiKeyCreated':
    case 'apiKeyRotated':
    case 'apiKeyRevoked':
      return;
  }
}

async function takeLimits(
  tx: Transaction,
  accountId: string,
  { environment, limits, limitsVersion }: LimitsSet,
): Promise<void> {
  if (limits === undefined || (environment !== 'live' && environment !== 'test'))
    throw new ParkEvent('limits without figures or environment');
  await addAccountRows(tx, accountId);
  await setLimits(tx, { accountId, environment, limits, version: limitsVersion });
}

async function takeSuspension(tx: Transaction, accountId: string, suspended: boolean, version: bigint): Promise<void> {
  await addAccountRows(tx, accountId);
  await setSuspended(tx, accountId, suspended, version);
}
