import type { Database, LoggedEvent, ParkedEvent, Transaction } from '@usvideo/event-store';
import type { Running } from '@usvideo/runtime';
import type { Replayed } from './replay';
import type { EpochDivergence } from './restored-log';

export interface Publication {
  readonly topic: string;
  /** Whose event table is published. */
  readonly database: Database;
}

export interface Publisher extends Running {
  /** Events were committed; without it they are found a quarter of a second later. */
  nudge(): void;
}

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

/** A shard that stands still until somebody acts. */
export interface Halt {
  readonly shard: number;
  readonly reason: string;
}

export interface Consuming extends Running {
  /** The shards that stand still; empty in health. */
  halts(): readonly Halt[];
  readonly consumer: string;
  readonly topic: string;
  /** Events recorded this long ago that the consumer is owed, a sentence each, as `unheardEvents` finds them. */
  unheard(graceMs: number): Promise<string[]>;
  /** What was set aside, the oldest of each shard first. */
  parked(limit: number): Promise<ParkedEvent[]>;
  /** Handles what was set aside, of one stream or of all, as `replayParked` does. */
  replay(streamId?: string): Promise<Replayed>;
  /** The shards that heard events which the publisher, restored from a backup, no longer has. */
  restored(): Promise<EpochDivergence[]>;
  /** Adopts the epoch of the restored log in these shards, and answers those that were adopted. Running consumers go on within seconds. */
  adopt(): Promise<EpochDivergence[]>;
}

/** The seam to the broker. `transport.conformance.ts` is its definition. */
export interface EventTransport {
  publish(publication: Publication): Publisher;
  subscribe(subscription: Subscription): Consuming;
}
