import { bookOf } from '@usvideo/contracts/books';
import { JobEvent, type Verdict } from '@usvideo/contracts/scheduler';
import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { decodeEvent, ParkEvent, type Publisher, type Subscription } from '@usvideo/messaging';
import type { LedgerWriter } from '../posting/ledger-writer.service';

/** Kinds that end no job. A kind that is not known here is relevant, so that it parks until an upgrade. */
const ENDS_NO_JOB: ReadonlySet<string> = new Set([
  'job_submitted',
  'job_leased',
  'rendering_started',
  'job_requeued',
  'stale_outcome_recorded',
  'content_erased',
]);

/**
 * The safety net behind the scheduler's direct `Settle`: the verdict in the terminal event is executed under the same natural
 * key, so that whichever comes second changes nothing. One event per transaction: it may lock a shard head, after which no
 * second account may be locked.
 */
export function jobsSubscription(
  database: Database,
  writer: LedgerWriter,
  publisher: Pick<Publisher, 'nudge'>,
): Subscription {
  return {
    consumer: 'ledger',
    topic: 'usvideo.jobs.v1',
    database,
    batchMax: 1,
    isRelevant: concernsLedger,
    onHandled: () => publisher.nudge(),
    handle: (event, tx, now) => settleEnded(writer, event, tx, now),
  };
}

/** Whether an event may move money, from its fields alone. */
export function concernsLedger({ kind }: Pick<LoggedEvent, 'kind'>): boolean {
  return !ENDS_NO_JOB.has(kind);
}

async function settleEnded(writer: LedgerWriter, event: LoggedEvent, tx: Transaction, now: Date): Promise<void> {
  const verdict = verdictIn(event);
  if (verdict === undefined) return;
  const { refusal } = await writer.settleInTransaction(
    tx,
    now,
    {
      type: 'Settle',
      accountId: bookOf(event.accountId, event.environment),
      jobId: event.streamId,
      chargedMicros: verdict.chargedMicros,
      releasedMicros: verdict.releasedMicros,
      rule: verdict.rule,
    },
    event.traceparent,
  );
  // Of a test job that was submitted when the sandbox had no holds.
  if (refusal === 'hold_unknown' && event.environment === 'test') return;
  // A contradiction is recorded as a late outcome; any other refusal leaves no trace in the ledger and so is parked for a person.
  if (refusal !== undefined && refusal !== 'verdict_conflict') throw new ParkEvent(refusal);
}

/** Undefined for an event that ends no job. */
function verdictIn(logged: LoggedEvent): Verdict | undefined {
  const event = decodeEvent<NonNullable<JobEvent['event']>>(JobEvent, logged);
  if (event.$case !== 'jobCompleted' && event.$case !== 'jobFailed' && event.$case !== 'jobCancelled') return undefined;
  if (event.value.verdict === undefined) throw new ParkEvent('verdict_missing');
  return event.value.verdict;
}
