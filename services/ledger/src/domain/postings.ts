import type { LedgerEvent } from '@usvideo/contracts/ledger';

type Recorded = 'fundsAdded' | 'holdPlaced' | 'holdCaptured' | 'holdReleased' | 'lateOutcomeRecorded';

export type AccountEvent = Extract<NonNullable<LedgerEvent['event']>, { $case: Recorded }>;

/** `available` and `held` belong to the customer; the other books exist only as sums over events, never as rows to update. */
export type Book = 'available' | 'held' | 'funding' | 'promotions' | 'revenue';

export interface Posting {
  readonly book: Book;
  /** Positive: into the book. The postings of one event sum to zero. */
  readonly micros: bigint;
}

export function postingsOf(event: AccountEvent): Posting[] {
  switch (event.$case) {
    case 'fundsAdded':
      return transfer(event.value.source === 'promotion' ? 'promotions' : 'funding', 'available', event.value.amountMicros);
    case 'holdPlaced':
      return transfer('available', 'held', event.value.amountMicros);
    case 'holdCaptured':
      return [
        ...transfer('held', 'revenue', event.value.capturedMicros),
        ...transfer('held', 'available', event.value.releasedMicros),
      ];
    case 'holdReleased':
      return transfer('held', 'available', event.value.releasedMicros);
    case 'lateOutcomeRecorded':
      return [];
  }
}

/** What the event changes in one book. */
export function changeIn(book: Book, event: AccountEvent): bigint {
  return postingsOf(event).reduce((sum, posting) => (posting.book === book ? sum + posting.micros : sum), 0n);
}

/** Whether money moves: a tombstone and a late outcome record something without moving anything. */
export function movesMoney(event: AccountEvent): boolean {
  return postingsOf(event).length > 0;
}

/** The job that an event is about; empty for one about a payment. */
export function jobIdOf(event: AccountEvent): string {
  return event.$case === 'fundsAdded' ? '' : event.value.jobId;
}

function transfer(from: Book, to: Book, micros: bigint): Posting[] {
  return micros === 0n ? [] : [{ book: from, micros: -micros }, { book: to, micros }];
}
