import {
  advanceWatermark,
  arrivalOf,
  countParked,
  inTransaction,
  loadWatermarks,
  lockWatermark,
  parkEvent,
  parkedEvents,
  parkedStreams,
  type LoggedEvent,
  type ParkedEvent,
  type RestorableLog,
  type Transaction,
  type Watermark,
} from '@usvideo/event-store';
import { backOffMs, inSpan, steadyMsOf, whenRead, type Logger } from '@usvideo/runtime';
import { isDeterministic } from './deterministic';
import { unheardEvents } from './delivery-audit';
import { replayParked, type Replayed } from './replay';
import { adopt, lostEvents, divergenceOf, divergences, type EpochDivergence } from './restored-log';
import type { Halt } from './transport';
import type { Subscription } from './subscription';
import { consumerHalted, consumerLag, consumerParked, eventsHandled } from './metrics';

const BATCH_MAX = 64;
const UNHEEDED_MAX = 500;
const FILL_MAX = 500;
const RETRY = { firstMs: 50, maxMs: 5_000 };
const HALTED_RETRY_MS = 1_000;
/** Another process of this consumer may park or replay. */
const PARKED_COUNT_MS = 10_000;
/** Events that nobody isRelevant have no effect to be atomic with, so their watermark may lag by this much; a restart reads them again. */
const UNHEEDED_STORE_MS = 1_000;

/** Events arrived that cannot be joined to what was consumed. */
class CannotContinue extends Error {
  override readonly name = 'CannotContinue';
}

interface Applied {
  readonly handled: number;
  readonly parked: number;
}

interface Application {
  /** Why the events are parked instead of handled. */
  readonly parkReason: string | undefined;
  readonly retried: boolean;
}

interface Pause {
  readonly untilMs: number;
  readonly failures: number;
  readonly halted: string | undefined;
}

/**
 * What every transport does with arriving events: each shard is joined to its watermark (duplicates dropped, gaps filled from
 * the publisher's log), handled in order, and moved on in the transaction of the effects. A shard that fails waits by itself.
 */
export class Intake {
  private readonly marks = new Map<number, Watermark>();
  /** As the database has them, and since when. */
  private readonly stored = new Map<number, { readonly mark: Watermark; readonly atMs: number }>();
  private readonly pauses = new Map<number, Pause>();
  /** When the first event that each shard has not got past was recorded, on the steady clock. */
  private readonly waiting = new Map<number, number>();
  private readonly endObserving: () => void;
  private parkedCountedAtMs = -Infinity;
  private loaded = false;
  private stopping = false;

  constructor(
    private readonly subscription: Subscription,
    private readonly log: RestorableLog,
    private readonly logger: Logger,
  ) {
    const { consumer, topic } = subscription;
    for (const outcome of ['handled', 'duplicate', 'parked']) eventsHandled.inc({ consumer, outcome }, 0);
    this.endObserving = whenRead(() => {
      consumerLag.set({ consumer, topic }, this.lagSeconds());
      consumerHalted.set({ consumer, topic }, this.halts().length);
    });
  }

  /** Behind which sequence each of these shards wants events; shards that wait are left out. */
  async positions(shards: readonly number[]): Promise<Map<number, bigint>> {
    const due = shards.filter((shard) => performance.now() >= (this.pauses.get(shard)?.untilMs ?? 0));
    if (!this.loaded || due.some((shard) => this.pauses.get(shard)?.halted !== undefined)) await this.load();
    if (performance.now() - this.parkedCountedAtMs > PARKED_COUNT_MS) await this.countParked();
    return new Map(due.map((shard) => [shard, this.mark(shard).seq]));
  }

  /**
   * Takes the arrivals of one shard, however repeated or torn. Returns whether the watermark moved; failures pause the shard.
   * @param epoch of the publisher's log where the transport knows it, so that a restore shows before a new event comes
   */
  async take(shard: number, arriving: readonly LoggedEvent[], epoch?: string): Promise<boolean> {
    const before = this.mark(shard);
    try {
      const valid = await this.ofEpochInForce(shard, arriving, epoch);
      for (let rest = this.fresh(shard, valid); rest.length > 0 && !this.stopping; rest = this.fresh(shard, rest)) {
        this.waiting.set(shard, steadyMsOf(rest[0]!.recordedAt));
        await this.handleBatch(shard, await this.joined(shard, rest));
      }
      this.pauses.delete(shard);
      this.waiting.delete(shard);
    } catch (error) {
      this.pause(shard, error);
    }
    return this.mark(shard) !== before;
  }

  /** Age of the oldest event that came and is not handled. */
  lagSeconds(): number {
    const nowMs = performance.now();
    return (nowMs - Math.min(nowMs, ...this.waiting.values())) / 1_000;
  }

  /** What stands still or waits in other shards is for the process to tell that they went to. */
  keepOnly(shards: readonly number[]): void {
    for (const told of [this.pauses, this.waiting])
      for (const shard of [...told.keys()]) if (!shards.includes(shard)) told.delete(shard);
  }

  halts(): Halt[] {
    return [...this.pauses].flatMap(([shard, { halted }]) => (halted === undefined ? [] : [{ shard, reason: halted }]));
  }

  unheard(graceMs: number): Promise<string[]> {
    return unheardEvents(this.subscription, this.log, graceMs);
  }

  parked(limit: number): Promise<ParkedEvent[]> {
    return parkedEvents(this.subscription.database, this.subscription, undefined, limit);
  }

  async replay(streamId?: string): Promise<Replayed> {
    const done = await replayParked(this.subscription, this.log, streamId);
    this.logger.info(
      { consumer: this.subscription.consumer, topic: this.subscription.topic, streamId, ...done },
      'parked events were replayed',
    );
    await this.countParked();
    return done;
  }

  restored(): Promise<EpochDivergence[]> {
    return divergences(this.subscription, this.log);
  }

  async adopt(): Promise<EpochDivergence[]> {
    const adopted: EpochDivergence[] = [];
    for (const divergence of await this.restored()) if (await this.adopted(divergence)) adopted.push(divergence);
    return adopted;
  }

  /** The batch under way is finished, nothing after it is begun. */
  stop(): void {
    this.stopping = true;
    this.endObserving();
  }

  private async load(): Promise<void> {
    for (const mark of (await loadWatermarks(this.subscription.database, this.subscription)).values()) this.store(mark);
    this.loaded = true;
  }

  private async countParked(): Promise<void> {
    const { consumer, database } = this.subscription;
    this.parkedCountedAtMs = performance.now();
    consumerParked.set({ consumer }, await countParked(database, consumer));
  }

  private mark(shard: number): Watermark {
    return this.marks.get(shard) ?? { shard, epoch: '', seq: 0n, eventId: '' };
  }

  /** A broker keeps what was published under epochs that were given up; only the publisher's log tells which one is in force. */
  private async ofEpochInForce(shard: number, arriving: readonly LoggedEvent[], told?: string): Promise<LoggedEvent[]> {
    const { epoch: consumed, seq } = this.mark(shard);
    const isKnown = arriving.every((event) => event.epoch === consumed);
    const inForce = told ?? (isKnown ? consumed : (await this.log.page(new Map([[shard, seq]]), 1)).epoch);
    if (consumed !== '' && consumed !== inForce) await this.continueRestored(shard);
    return arriving.filter((event) => event.epoch === inForce);
  }

  /** A log that has everything that was heard goes on under another name. What it lacks is for a person to reconcile first. */
  private async continueRestored(shard: number): Promise<void> {
    const marks = await loadWatermarks(this.subscription.database, this.subscription);
    const divergence = await divergenceOf(this.subscription, this.log, marks.get(shard) ?? this.mark(shard));
    if (divergence !== undefined && lostEvents(divergence) !== 0n) throw new CannotContinue(reasonOf(divergence));
    if (divergence !== undefined) await this.adopted(divergence);
    await this.load();
  }

  private async adopted(divergence: EpochDivergence): Promise<boolean> {
    if (!(await adopt(this.subscription, divergence))) return false;
    const { heard, epoch, shared } = divergence;
    this.logger.warn(
      { ...this.about(heard.shard), epoch, heard: String(heard.seq), shared: String(shared!.seq) },
      'the epoch of a restored log was adopted',
    );
    return true;
  }

  private fresh(shard: number, events: readonly LoggedEvent[]): LoggedEvent[] {
    const mark = this.mark(shard);
    return events.filter((event) => {
      const duplicate = arrivalOf(mark, event) === 'duplicate';
      if (duplicate) eventsHandled.inc({ consumer: this.subscription.consumer, outcome: 'duplicate' });
      return !duplicate;
    });
  }

  /** The next batch that continues the watermark without a hole; from the log where the arrivals leave one. */
  private async joined(shard: number, arriving: readonly LoggedEvent[]): Promise<LoggedEvent[]> {
    const first = arriving[0]!;
    const arrival = arrivalOf(this.mark(shard), first);
    const source = arrival === 'gap' ? await this.missing(shard, first) : arriving;
    const batch = this.cut(contiguous(this.mark(shard), source));
    if (batch.length === 0)
      throw new CannotContinue(`${arrival} at sequence ${first.seq}, consumed was ${this.mark(shard).seq}`);
    return batch;
  }

  private cut(events: readonly LoggedEvent[]): LoggedEvent[] {
    let room = this.subscription.batchMax ?? BATCH_MAX;
    const end = events.findIndex((event) => this.isRelevant(event) && room-- === 0);
    return events.slice(0, end === -1 ? UNHEEDED_MAX : Math.min(end, UNHEEDED_MAX));
  }

  private isRelevant(event: LoggedEvent): boolean {
    return this.subscription.isRelevant?.(event) ?? true;
  }

  private async missing(shard: number, before: LoggedEvent): Promise<LoggedEvent[]> {
    const { events } = await this.log.page(new Map([[shard, this.mark(shard).seq]]), FILL_MAX);
    this.logger.info(
      { ...this.about(shard), before: String(before.seq), read: events.length },
      "filled a gap from the publisher's log",
    );
    return events;
  }

  private store(mark: Watermark): void {
    this.marks.set(mark.shard, mark);
    this.stored.set(mark.shard, { mark, atMs: performance.now() });
  }

  /** Moves past a batch without effect in memory only, unless it is time to write the watermark. */
  private passes(shard: number, batch: readonly LoggedEvent[]): boolean {
    const storedAtMs = this.stored.get(shard)?.atMs ?? 0;
    if (performance.now() - storedAtMs >= UNHEEDED_STORE_MS || batch.some((event) => this.isRelevant(event)))
      return false;
    this.marks.set(shard, markOf(batch[batch.length - 1]!));
    return true;
  }

  private async handleBatch(shard: number, batch: readonly LoggedEvent[]): Promise<void> {
    if (this.passes(shard, batch)) return;
    try {
      await this.commit(shard, batch);
    } catch (error) {
      if (!isDeterministic(error)) throw error;
      if (batch.length > 1) return this.handleOneByOne(shard, batch);
      await this.commit(shard, batch, `${error.name}: ${error.message}`);
      this.logger.error(
        { ...this.about(shard), err: error, streamId: batch[0]!.streamId, kind: batch[0]!.kind },
        'an event was parked with its stream',
      );
    }
  }

  /** Somewhere in the batch is an event that parks: only then does each one get a transaction of its own. */
  private async handleOneByOne(shard: number, batch: readonly LoggedEvent[]): Promise<void> {
    for (const event of batch) {
      if (this.stopping) return;
      // Another process of this consumer may have taken the shard's next events meanwhile.
      if (arrivalOf(this.mark(shard), event) !== 'next') return;
      await this.handleBatch(shard, [event]);
    }
  }

  /** Effects, parking and watermark in one transaction. With a reason, the (only) event is parked instead of handled. */
  private async commit(shard: number, batch: readonly LoggedEvent[], parkReason?: string): Promise<void> {
    const expected = this.stored.get(shard)?.mark ?? { seq: 0n, epoch: '' };
    const done = await inTransaction(this.subscription.database, async (tx, now) => {
      const locked = await lockWatermark(tx, this.subscription, shard);
      // Another process of this consumer was here first: its effects are in, ours must not be.
      if (locked.seq !== expected.seq || locked.epoch !== expected.epoch)
        return { mark: locked, handled: 0, parked: 0 };
      const retried = (this.pauses.get(shard)?.failures ?? 0) > 0;
      const applied = await this.apply(
        tx,
        now,
        batch.filter((event) => this.isRelevant(event)),
        { parkReason, retried },
      );
      const last = batch[batch.length - 1]!;
      await advanceWatermark(tx, this.subscription, last);
      return { mark: markOf(last), ...applied };
    });
    this.store(done.mark);
    await this.report(done);
  }

  private async apply(
    tx: Transaction,
    now: Date,
    relevant: readonly LoggedEvent[],
    { parkReason, retried }: Application,
  ): Promise<Applied> {
    if (relevant.length === 0) return { handled: 0, parked: 0 };
    const streams = await parkedStreams(
      tx,
      this.subscription,
      relevant.map((event) => event.streamId),
    );
    let parked = 0;
    for (const event of relevant) {
      const reason = streams.has(event.streamId) ? 'behind a parked event of its stream' : parkReason;
      if (reason === undefined) {
        await this.consume(event, retried, () => this.subscription.handle(event, tx, now));
      } else {
        await parkEvent(tx, this.subscription, event, reason);
        parked += 1;
      }
    }
    return { handled: relevant.length - parked, parked };
  }

  /** Part of the trace that recorded the event; a retry only follows from it. */
  private consume(event: LoggedEvent, retried: boolean, handle: () => Promise<void>): Promise<void> {
    const within = retried ? { root: true, links: [event.traceparent] } : { parent: event.traceparent };
    return inSpan(
      `consume ${event.kind}`,
      { service: this.subscription.consumer, kind: 'consumer', attributes: { 'job.id': event.streamId }, ...within },
      handle,
    );
  }

  private async report({ handled, parked }: Applied): Promise<void> {
    const { consumer } = this.subscription;
    if (handled > 0) {
      eventsHandled.inc({ consumer, outcome: 'handled' }, handled);
      this.subscription.onHandled?.();
    }
    if (parked > 0) {
      eventsHandled.inc({ consumer, outcome: 'parked' }, parked);
      await this.countParked();
    }
  }

  private pause(shard: number, error: unknown): void {
    const earlier = this.pauses.get(shard);
    const failures = (earlier?.failures ?? 0) + 1;
    if (error instanceof CannotContinue) {
      if (earlier?.halted === undefined)
        this.logger.error({ ...this.about(shard), reason: error.message }, 'a shard is halted until it is reconciled');
      this.pauses.set(shard, { untilMs: performance.now() + HALTED_RETRY_MS, failures, halted: error.message });
      return;
    }
    this.logger.warn(
      { ...this.about(shard), err: error, failures },
      'events could not be handled and will be tried again',
    );
    this.pauses.set(shard, { untilMs: performance.now() + backOffMs(failures, RETRY), failures, halted: undefined });
  }

  private about(shard: number): { consumer: string; topic: string; shard: number } {
    return { consumer: this.subscription.consumer, topic: this.subscription.topic, shard };
  }
}

function reasonOf(divergence: EpochDivergence): string {
  const { heard, epoch, shared } = divergence;
  if (shared === undefined)
    return `new_epoch ${epoch}: the publisher's log has no event that is known to be shared with epoch ${heard.epoch}, heard up to ${heard.seq}`;
  return `new_epoch ${epoch}: of what was heard up to ${heard.seq} of epoch ${heard.epoch}, the publisher's log has no more than ${shared.seq}; ${lostEvents(divergence)} events are lost`;
}

function markOf({ shard, epoch, seq, eventId }: LoggedEvent): Watermark {
  return { shard, epoch, seq, eventId };
}

function contiguous(mark: Watermark, events: readonly LoggedEvent[]): LoggedEvent[] {
  const batch: LoggedEvent[] = [];
  let last: Pick<Watermark, 'epoch' | 'seq' | 'eventId'> = mark;
  for (const event of events) {
    if (arrivalOf(last, event) !== 'next') break;
    batch.push(event);
    last = event;
  }
  return batch;
}
