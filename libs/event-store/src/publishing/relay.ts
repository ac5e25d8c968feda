import type { Database } from '../database';
import { EventLog } from './event-log';
import type { LoggedEvent } from '../log/logged-event';
import { Pump } from './pump';
import { claimShards, moveCursor, type OwnedShard, releaseShards } from './relay-cursor';

/** Where a relay puts events; a broker's client. */
export interface RelaySink {
  /** Resolves when the broker has acknowledged the whole batch, in its order, in the shard's partition. */
  send(shard: number, events: readonly LoggedEvent[]): Promise<void>;
  /** The last event in the shard's partition; undefined when it is empty. */
  tail(shard: number): Promise<{ epoch: string; seq: bigint; eventId: string } | undefined>;
}

/** The broker holds an event that this table does not: a restored or wrong database must not publish over them. */
export class PartitionAhead extends Error {
  override readonly name = 'PartitionAhead';
}

export interface RelayOptions {
  readonly database: Database;
  readonly sink: RelaySink;
  /** Unique to this process and start. */
  readonly owner: string;
  /** How long a shard stays with an owner that is not heard from; 10 s unless told. */
  readonly leaseMs?: number;
  /** Events per batch at most; 500 unless told. */
  readonly batchMax?: number;
  readonly onError: (error: unknown) => void;
}

const IDLE_MIN_MS = 20;
const IDLE_MAX_MS = 250;

/**
 * Publishes an event table: reads by (shard, sequence), sends one batch per shard at a time, and moves the shard's cursor only
 * after the acknowledgement and only while it owns the shard. A relay that lost its lease unawares can send twice, no more.
 */
export class Relay {
  private readonly log: EventLog;
  private readonly owned = new Map<number, OwnedShard>();
  private readonly sending = new Map<number, Promise<void>>();
  private readonly failed = new Set<number>();
  private readonly leaseMs: number;
  private leasedAtMs = Number.NEGATIVE_INFINITY;
  private pump: Pump | undefined;

  constructor(private readonly options: RelayOptions) {
    this.log = new EventLog(options.database);
    this.leaseMs = options.leaseMs ?? 10_000;
  }

  /** @throws PartitionAhead when a partition's tail is above the table or not in it; nothing was sent then. */
  async start(): Promise<void> {
    try {
      await this.lease();
    } catch (error) {
      await releaseShards(this.options.database, this.options.owner);
      throw error;
    }
    this.pump = new Pump({
      work: () => this.pass(),
      idleMinMs: IDLE_MIN_MS,
      idleMaxMs: IDLE_MAX_MS,
      onError: this.options.onError,
    });
  }

  nudge(): void {
    this.pump?.nudge();
  }

  /** Waits for what is being sent, then leaves the shards to the next owner at once. */
  async stop(): Promise<void> {
    await this.pump?.stop();
    await Promise.all(this.sending.values());
    await releaseShards(this.options.database, this.options.owner);
    this.owned.clear();
  }

  private async pass(): Promise<boolean> {
    if (performance.now() - this.leasedAtMs > this.leaseMs / 3) await this.lease();
    if (this.failed.size > 0) {
      this.failed.clear();
      throw new Error('a batch was not acknowledged and is sent again');
    }
    const free = [...this.owned.values()].filter(({ shard }) => !this.sending.has(shard));
    if (free.length === 0) return false;
    const { events } = await this.log.page(
      new Map(free.map(({ shard, lastSeq }) => [shard, lastSeq])),
      this.options.batchMax ?? 500,
    );
    const batches = Map.groupBy(events, (event) => event.shard);
    for (const [shard, batch] of batches) this.send(this.owned.get(shard)!, batch);
    return batches.size > 0 && this.sending.size < this.owned.size;
  }

  /** Takes free and lapsed shards and prolongs its own; a shard that is not returned is somebody else's. */
  private async lease(): Promise<void> {
    const leasedAtMs = performance.now();
    const claimed = await claimShards(this.options.database, this.options.owner, this.leaseMs);
    for (const shard of this.owned.keys()) if (!claimed.has(shard)) this.owned.delete(shard);
    for (const [shard, claim] of claimed) {
      if (this.owned.get(shard)?.epoch === claim.epoch) continue;
      await this.refuseToPublishOver(shard);
      this.owned.set(shard, claim);
    }
    this.leasedAtMs = leasedAtMs;
  }

  private async refuseToPublishOver(shard: number): Promise<void> {
    const tail = await this.options.sink.tail(shard);
    if (tail === undefined || tail.seq === 0n) return;
    const { epoch, events } = await this.log.page(new Map([[shard, tail.seq - 1n]]), 1);
    // Under a new epoch the partition's tail belongs to a history that was given up on purpose.
    if (tail.epoch !== epoch || events[0]?.eventId === tail.eventId) return;
    const instead =
      events[0] === undefined ? 'which the event table has not reached' : 'where the event table has another event';
    throw new PartitionAhead(
      `the partition of shard ${shard} ends at ${tail.seq}, ${instead}: was the database restored? See docs/runbooks/restore.md`,
    );
  }

  private send(owned: OwnedShard, batch: readonly LoggedEvent[]): void {
    const sent = this.sendAndMove(owned, batch)
      .catch((error: unknown) => {
        this.failed.add(owned.shard);
        this.options.onError(error);
      })
      .finally(() => {
        this.sending.delete(owned.shard);
        this.nudge();
      });
    this.sending.set(owned.shard, sent);
  }

  private async sendAndMove(owned: OwnedShard, batch: readonly LoggedEvent[]): Promise<void> {
    batch.forEach((event, index) => {
      const expected = owned.lastSeq + BigInt(index) + 1n;
      if (event.seq !== expected)
        throw new Error(`shard ${owned.shard} has a hole: ${expected} is missing before ${event.seq}`);
    });
    await this.options.sink.send(owned.shard, batch);
    const moved = { ...owned, lastSeq: batch[batch.length - 1]!.seq };
    const stillOwned = await moveCursor(this.options.database, this.options.owner, moved);
    if (stillOwned && this.owned.get(owned.shard)?.epoch === owned.epoch) this.owned.set(owned.shard, moved);
    else this.owned.delete(owned.shard);
  }
}
