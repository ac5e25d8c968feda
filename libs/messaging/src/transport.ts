import type { Database, ParkedEvent } from '@usvideo/event-store';
import type { Running } from '@usvideo/runtime';
import type { Replayed } from './replay';
import type { EpochDivergence } from './restored-log';
import type { Subscription } from './subscription';

export interface Publication {
  readonly topic: string;
  /** Whose event table is published. */
  readonly database: Database;
}

export interface Publisher extends Running {
  /** Events were committed; without it they are found a quarter of a second later. */
  nudge(): void;
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
  /** Events recorded this long ago that were not delivered to the consumer, a sentence each, as `unheardEvents` finds them. */
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
