import { LedgerEvent } from '@usvideo/contracts/ledger';
import type { NewEvent } from '@usvideo/event-store';
import type { TracedEvent } from '../account/batch';
import type { AccountEvent } from '../account/postings';

const KINDS = {
  fundsAdded: 'funds_added',
  holdPlaced: 'hold_placed',
  holdCaptured: 'hold_captured',
  holdReleased: 'hold_released',
  lateOutcomeRecorded: 'late_outcome_recorded',
  captureRefunded: 'capture_refunded',
  fundsReversed: 'funds_reversed',
  adjustmentMade: 'adjustment_made',
  spendCapSet: 'spend_cap_set',
  periodClosed: 'period_closed',
  lowBalanceThresholdSet: 'low_balance_threshold_set',
  balanceLow: 'balance_low',
} satisfies Record<AccountEvent['$case'], string>;

export const TOPIC = 'usvideo.ledger.v1';

/** Money belongs to live jobs only; test jobs never reach the ledger. */
export const ENVIRONMENT = 'live';

/** The name of an event's kind in the table and on the wire. */
export function kindOf(event: AccountEvent): string {
  return KINDS[event.$case];
}

export function encodeEvent({ event, traceparent }: TracedEvent): NewEvent {
  return { kind: kindOf(event), payload: LedgerEvent.encode({ event }).finish(), traceparent };
}

/** @throws when the payload is of a kind that this version does not know. */
export function decodeEvent(payload: Uint8Array): AccountEvent {
  const { event } = LedgerEvent.decode(payload);
  if (event === undefined) throw new Error('the payload holds no event that this version knows');
  return event;
}
