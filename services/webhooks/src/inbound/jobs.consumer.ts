import { JobEvent } from '@usvideo/contracts/scheduler';
import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { decodeEvent, ParkEvent, type Subscription } from '@usvideo/messaging';
import type { BodiesDue } from '../delivery/due';
import { meaningOf } from '../feed/public-event';
import { eraseJob, forgetLostEvents, recordFeedEvent } from '../feed/feed.store';

export const JOBS_TOPIC = 'usvideo.jobs.v1';

/** Turns job events into feed rows and intents; everything slower than a row is the business of the loops behind them. */
export function jobsSubscription(database: Database, bodies: BodiesDue): Subscription {
  const restored = { hearsAgain: false, reconcile: forgetLostEvents };
  return {
    consumer: 'webhooks',
    topic: JOBS_TOPIC,
    database,
    isRelevant: concernsCustomers,
    handle: handleJobEvent,
    onHandled: () => bodies.now(),
    restored,
  };
}

/** Whether customers hear of an event, or lose what they heard, from its kind alone. */
export function concernsCustomers({ kind }: Pick<LoggedEvent, 'kind'>): boolean {
  return meaningOf(kind).type !== 'private';
}

/** What a customer reads is asked of the scheduler when it is rendered; the payload is needed for what the kind does not say. */
async function handleJobEvent(event: LoggedEvent, tx: Transaction, now: Date): Promise<void> {
  const meaning = meaningOf(event.kind);
  switch (meaning.type) {
    case 'public':
      return recordFeedEvent(tx, event, { name: meaning.name, tellsUrl: true });
    case 'cancelled':
      return recordFeedEvent(tx, event, { name: meaning.name, tellsUrl: !isByOwnKey(event) });
    case 'begun':
      return recordBeginning(event, meaning.name, tx);
    case 'erased':
      return eraseJob(tx, event.streamId, now);
    case 'private':
      return;
    case 'unknown':
      throw new ParkEvent(`unknown kind ${event.kind}`);
  }
}

/** Whoever cancelled its own job knows; who did not make the job takes it from somebody who waits for it. */
function isByOwnKey(event: LoggedEvent): boolean {
  const decoded = decodeEvent(JobEvent, event);
  return decoded.$case === 'jobCancelled' && decoded.value.byOwnKey;
}

/** Only the first attempt at rendering is news, and only to those who ask. */
async function recordBeginning(event: LoggedEvent, name: string, tx: Transaction): Promise<void> {
  const decoded = decodeEvent(JobEvent, event);
  if (decoded.$case === 'jobLeased' && decoded.value.attempt === 1)
    await recordFeedEvent(tx, event, { name, tellsUrl: false });
}
