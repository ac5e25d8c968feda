import type { Database, LoggedEvent, Transaction } from '@usvideo/event-store';

export interface Subscription {
  /** Names the watermark: each consumer of a topic sees every event. */
  readonly consumer: string;
  readonly topic: string;
  /** Holds the consumer's watermark, what is parked, and the effects. */
  readonly database: Database;
  /**
   * The effect of one event, in the transaction that moves the watermark. It runs again after any failure, so it writes rows
   * and nothing else. A deterministic failure (`isDeterministic`) parks the event's stream; any other is tried again for ever.
   * @param now the database's clock
   */
  handle(event: LoggedEvent, tx: Transaction, now: Date): Promise<void>;
  /**
   * Says, from its fields alone, whether an event may have an effect; without it every event may. The others pass in company and
   * cost no transaction of their own. Say true for a kind you do not know: `handle` parks it.
   */
  isRelevant?(event: LoggedEvent): boolean;
  /** Called after a commit that had effects, for example to nudge a loop. */
  onHandled?(): void;
  /**
   * Heeded events per transaction at most, 64 unless told. A handler that appends events takes 1: a second event's stream would be
   * locked after the first one's shard head, against the lock order.
   */
  readonly batchMax?: number;
  /** Without it the effects of events that were lost in a restore stay as they are. */
  readonly restored?: Restored;
}

/** What a consumer does when its publisher's log was restored from a backup, in the transaction that adopts the new epoch. */
export interface Restored {
  /** For rows that mirror the publisher's: the whole shard is heard again, and not only what follows the last shared event. */
  readonly hearsAgain: boolean;
  /** Makes the rows fit: what was heard behind this sequence of the shard is in no log any more. */
  reconcile(tx: Transaction, shard: number, sharedSeq: bigint): Promise<void>;
}
