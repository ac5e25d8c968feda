import type { LedgerEvent } from '@usvideo/contracts/ledger';

export type AccountEvent = NonNullable<LedgerEvent['event']>;

/**
 * `available` and `held` belong to the customer; `receivable` is what the customer owes and stands below zero while anything is
 * owed. The other books exist only as sums over events, never as rows to update.
 */
export type Book = 'available' | 'held' | 'receivable' | 'funding' | 'promotions' | 'revenue' | 'adjustments';

export interface Posting {
  readonly book: Book;
  /** Positive: into the book. The postings of one event sum to zero. */
  readonly micros: bigint;
}

export function postingsOf(event: AccountEvent): Posting[] {
  switch (event.$case) {
    case 'fundsAdded':
      return credit(fundingBook(event.value.source), event.value.amountMicros, event.value.settledMicros);
    case 'holdPlaced':
      return transfer('available', 'held', event.value.amountMicros);
    case 'holdCaptured':
      return [
        ...transfer('held', 'revenue', event.value.capturedMicros),
        ...credit('held', event.value.releasedMicros, event.value.settledMicros),
      ];
    case 'holdReleased':
      return credit('held', event.value.releasedMicros, event.value.settledMicros);
    case 'captureRefunded':
      return credit('revenue', event.value.amountMicros, event.value.settledMicros);
    case 'fundsReversed': {
      const { source, amountMicros, receivableMicros } = event.value;
      const book = fundingBook(source);
      return [
        ...transfer('available', book, amountMicros - receivableMicros),
        ...transfer('receivable', book, receivableMicros),
      ];
    }
    case 'adjustmentMade': {
      const { amountMicros, settledMicros } = event.value;
      return amountMicros < 0n
        ? transfer('available', 'adjustments', -amountMicros)
        : credit('adjustments', amountMicros, settledMicros);
    }
    case 'spendCapSet':
    case 'periodClosed':
    case 'lowBalanceThresholdSet':
    case 'balanceLow':
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

/** The job that an event is about; empty for one about no job. */
export function jobIdOf(event: AccountEvent): string {
  return 'jobId' in event.value ? event.value.jobId : '';
}

/** The natural key under which an event was asked for; empty where the job is the key. */
export function referenceOf(event: AccountEvent): string {
  switch (event.$case) {
    case 'fundsAdded':
      return event.value.paymentRef;
    case 'captureRefunded':
      return event.value.refundKey;
    case 'fundsReversed':
      return event.value.reversalRef;
    case 'adjustmentMade':
      return event.value.adjustmentRef;
    default:
      return '';
  }
}

/** What people wrote about an event. */
export function noteOf(event: AccountEvent): string {
  if (event.$case === 'fundsAdded') return event.value.note;
  return 'reason' in event.value ? event.value.reason : '';
}

function fundingBook(source: string): Book {
  return source === 'promotion' || source === 'sandbox' ? 'promotions' : 'funding';
}

/** Money that comes to the customer settles what is owed first; `settled` is absent in events where nothing was owed. */
function credit(from: Book, micros: bigint, settled: bigint = 0n): Posting[] {
  return [...transfer(from, 'receivable', settled), ...transfer(from, 'available', micros - settled)];
}

function transfer(from: Book, to: Book, micros: bigint): Posting[] {
  return micros === 0n
    ? []
    : [
        { book: from, micros: -micros },
        { book: to, micros },
      ];
}
