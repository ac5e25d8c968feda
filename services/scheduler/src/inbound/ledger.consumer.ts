import { LedgerEvent } from '@usvideo/contracts/ledger';
import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { decodeEvent, type Subscription } from '@usvideo/messaging';
import { forgetRefunds, recordRefund } from '../settlement/refund-note.sql';

/** Kinds that are known and change no job: how its money ends, the scheduler said itself. */
const CHANGE_NO_JOB: ReadonlySet<string> = new Set([
  'funds_added',
  'hold_placed',
  'hold_captured',
  'hold_released',
  'late_outcome_recorded',
  'funds_reversed',
  'adjustment_made',
  'spend_cap_set',
  'period_closed',
  'low_balance_threshold_set',
  'balance_low',
]);

/** What the ledger gave back of a charge is shown with the job from then on, whatever became of whoever asked for it. */
export function ledgerEvents(database: Database): Subscription {
  const restored = { hearsAgain: true, reconcile: forgetRefunds };
  return {
    consumer: 'scheduler',
    topic: 'usvideo.ledger.v1',
    database,
    isRelevant: changesJobs,
    handle: handleLedgerEvent,
    restored,
  };
}

/** A kind that is not known here is relevant, so that it parks until an upgrade. */
export function changesJobs({ kind }: Pick<LoggedEvent, 'kind'>): boolean {
  return !CHANGE_NO_JOB.has(kind);
}

async function handleLedgerEvent(logged: LoggedEvent, tx: Transaction): Promise<void> {
  const event = decodeEvent<NonNullable<LedgerEvent['event']>>(LedgerEvent, logged);
  if (event.$case !== 'captureRefunded') return;
  const { accountId, environment } = logged;
  const { jobId, refundKey, amountMicros } = event.value;
  await recordRefund(tx, { accountId, environment, jobId, refundKey, amountMicros });
}
