import { LedgerEvent, type BalanceLow } from '@usvideo/contracts/ledger';
import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { decodeEvent, type Subscription } from '@usvideo/messaging';
import { formatUsd } from '@usvideo/runtime';
import type { Clock } from '../delivery/delivery.store';
import type { DeliveriesDue } from '../delivery/due';
import { deliverEvent } from '../delivery/fan-out.store';
import { recordOwnEvent } from '../feed/feed.store';
import { ownBody } from '../feed/public-event';

/** Kinds that are known and say nothing to customers: what money did, they read in their balance and entries. */
const PRIVATE_KINDS: ReadonlySet<string> = new Set([
  'funds_added',
  'hold_placed',
  'hold_captured',
  'hold_released',
  'late_outcome_recorded',
  'capture_refunded',
  'funds_reversed',
  'adjustment_made',
  'spend_cap_set',
  'period_closed',
  'low_balance_threshold_set',
]);

/** Tells customers that their balance has become low. One event per transaction: its feed and its servers are locked in one order only. */
export function ledgerSubscription(database: Database, clock: Clock, deliveries: DeliveriesDue): Subscription {
  const handle = (event: LoggedEvent, tx: Transaction, now: Date) => handleLedgerEvent(event, tx, clock(now));
  // Rows that were made of lost events stay: a feed has no gaps, and that the balance was low was true when it was told.
  const restored = { hearsAgain: false, reconcile: async () => undefined };
  return {
    consumer: 'webhooks',
    topic: 'usvideo.ledger.v1',
    database,
    batchMax: 1,
    isRelevant: tellsOfBalance,
    handle,
    onHandled: () => deliveries.now(),
    restored,
  };
}

/** A kind that is not known here is relevant, so that it parks until an upgrade. */
export function tellsOfBalance({ kind }: Pick<LoggedEvent, 'kind'>): boolean {
  return !PRIVATE_KINDS.has(kind);
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
    available: formatUsd(availableMicros),
    available_micros: Number(availableMicros),
    threshold: formatUsd(thresholdMicros),
    threshold_micros: Number(thresholdMicros),
  };
}
