import { LedgerEvent, type BalanceLow } from '@usvideo/contracts/ledger';
import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { decodeEvent, type Subscription } from '@usvideo/messaging';
import { formatUsd } from '@usvideo/runtime';
import { deliverEvent } from '../delivery/fan-out.store';
import type { Clock } from '../delivery/delivery.store';
import { ownBody } from '../feed/public-event';
import { recordOwnEvent } from '../feed/feed.store';

export const LEDGER_TOPIC = 'usvideo.ledger.v1';

/** Of what the ledger records customers hear one thing by event: that their balance has become low. */
export function ledgerSubscription(database: Database, clock: Clock, onHandled: () => void): Subscription {
  const handle = (event: LoggedEvent, tx: Transaction, now: Date) => handleLedgerEvent(event, tx, clock(now));
  // Rows that were made of lost events stay: their sequence has no gaps, and a balance that was low was told as it was.
  const restored = { hearsAgain: false, reconcile: async () => undefined };
  return { consumer: 'webhooks', topic: LEDGER_TOPIC, database, isRelevant: ({ kind }) => kind === 'balance_low', handle, onHandled, restored };
}

async function handleLedgerEvent(logged: LoggedEvent, tx: Transaction, now: Date): Promise<void> {
  const decoded = decodeEvent(LedgerEvent, logged);
  if (decoded.$case !== 'balanceLow') return;
  const { accountId, environment, eventId, recordedAt, traceparent } = logged;
  const event = { accountId, environment, eventId, event: 'balance.low', recordedAt, traceparent };
  await recordOwnEvent(tx, { ...event, body: ownBody(event, balanceView(decoded.value)) });
  await deliverEvent(tx, now, { ...event, jobId: '', jobVersion: 0n });
}

function balanceView({ availableMicros, thresholdMicros }: BalanceLow): object {
  return {
    available: formatUsd(availableMicros), available_micros: Number(availableMicros), threshold: formatUsd(thresholdMicros), threshold_micros: Number(thresholdMicros),
  };
}
