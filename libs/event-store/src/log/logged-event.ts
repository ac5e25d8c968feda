/** One row of an event table; the same fields travel in a broker's message and in `StoredEvent`. */
export interface LoggedEvent {
  /** Minted anew by a restore; sequences of different epochs are not comparable. */
  readonly epoch: string;
  readonly shard: number;
  /** Gapless within the shard, from 1. */
  readonly seq: bigint;
  readonly eventId: string;
  /** The event at `seq - 1` of the shard; empty for the first. */
  readonly previousEventId: string;
  readonly streamId: string;
  /** Gapless within the stream, from 1. */
  readonly version: bigint;
  readonly accountId: string;
  readonly environment: string;
  readonly kind: string;
  readonly payload: Uint8Array;
  readonly traceparent: string;
  readonly recordedAt: Date;
}
