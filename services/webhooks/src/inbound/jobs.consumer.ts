import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';
import { ParkEvent, type Subscription } from '@usvideo/messaging';
import { meaningOf } from '../feed/public-event';
import { eraseJob, forgetLostEvents, recordFeedEvent } from '../feed/feed.store';

export const JOBS_TOPIC = 'usvideo.jobs.v1';

/** Turns job events into feed rows and intents; everything slower than a row is the business of the loops behind them. */
export function jobsSubscription(database: Database, onHandled: () => void): Subscription {
  const restored = { hearsAgain: false, reconcile: forgetLostEvents };
  return { consumer: 'webhooks', topic: JOBS_TOPIC, database, isRelevant: concernsCustomers, handle: handleJobEvent, onHandled, restored };
}

/** Whether customers hear of an event, or lose what they heard, from its kind alone. */
export function concernsCustomers({ kind }: Pick<LoggedEvent, 'kind'>): boolean {
  return meaningOf(kind).type !== 'private';
}

/** The payload is not needed: what a customer reads is asked of the scheduler when it is rendered. */
async function handleJobEvent(event: LoggedEvent, tx: Transaction, now: Date): Promise<void> {
  const meaning = meaningOf(event.kind);
  switch (meaning.type) {
    case 'public': return recordFeedEvent(tx, event, meaning.name);
    case 'erased': return eraseJob(tx, event.streamId, now);
    case 'private': return;
    case 'unknown': throw new ParkEvent(`unknown kind ${event.kind}`);
  }
}
