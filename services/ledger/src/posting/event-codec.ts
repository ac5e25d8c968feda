import { LedgerEvent } from '@usvideo/contracts/ledger';
import { kindOf, type NewEvent } from '@usvideo/event-store';
import type { TracedEvent } from '../account/batch';
import type { AccountEvent } from '../account/postings';

export const TOPIC = 'usvideo.ledger.v1';

export function encodeEvent({ event, traceparent }: TracedEvent): NewEvent {
  return { kind: kindOf(event), payload: LedgerEvent.encode({ event }).finish(), traceparent };
}

/** @throws when the payload is of a kind that this version does not know. */
export function decodeEvent(payload: Uint8Array): AccountEvent {
  const { event } = LedgerEvent.decode(payload);
  if (event === undefined) throw new Error('the payload holds no event that this version knows');
  return event;
}
