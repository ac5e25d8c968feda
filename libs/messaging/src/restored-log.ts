import {
  adoptedFrom,
  adoptEpoch,
  inTransaction,
  loadWatermarks,
  type EpochEnd,
  type LogReader,
  type RestorableLog,
  type Watermark,
} from '@usvideo/event-store';
import type { Subscription } from './subscription';

/** A shard whose publisher's log has another epoch than the one that was consumed. */
export interface EpochDivergence {
  readonly heard: Watermark;
  /** In force at the publisher. */
  readonly epoch: string;
  /** The last event that both have; undefined when no such event is known. */
  readonly shared: EpochEnd | undefined;
}

/** How many heard events the publisher's log no longer has; undefined when that is not known. */
export function lostEvents({ heard, shared }: EpochDivergence): bigint | undefined {
  return shared && heard.seq - shared.seq;
}

/** Each adoption leads to an older epoch, so that this only ends what was changed by hand. */
const EPOCHS_MAX = 100;

/** How a consumer stands to a restored log, in each shard that is not in step with it. */
export async function divergences(subscription: Subscription, log: RestorableLog): Promise<EpochDivergence[]> {
  const marks = await loadWatermarks(subscription.database, subscription);
  const all = await Promise.all([...marks.values()].map((heard) => divergenceOf(subscription, log, heard)));
  return all.filter((divergence) => divergence !== undefined);
}

/** Undefined where the consumer is in step, or new. */
export async function divergenceOf(
  subscription: Subscription,
  log: RestorableLog,
  heard: Watermark,
): Promise<EpochDivergence | undefined> {
  const { epoch } = await log.page(new Map([[heard.shard, heard.seq]]), 1);
  if (heard.epoch === '' || heard.epoch === epoch) return undefined;
  return { heard, epoch, shared: await sharedWith(subscription, log, heard, epoch) };
}

/** The log says where an epoch ended that it had. One of a history that was given up is left behind by way of the epoch before. */
async function sharedWith(
  subscription: Subscription,
  log: RestorableLog,
  heard: Watermark,
  inForce: string,
): Promise<EpochEnd | undefined> {
  let known: Watermark | undefined = heard;
  for (let epochs = 0; known !== undefined && epochs < EPOCHS_MAX; epochs++) {
    const end: EpochEnd | undefined = known.epoch === inForce ? known : await log.endOf(known.epoch, heard.shard);
    if (end !== undefined) return inLog(log, heard.shard, known.seq <= end.seq ? known : end);
    known = await adoptedFrom(subscription.database, subscription, heard.shard, known.epoch);
  }
  return undefined;
}

/** Event ids are random: an event that has its place in the log was not written again after a restore. */
async function inLog(log: LogReader, shard: number, { seq, eventId }: EpochEnd): Promise<EpochEnd | undefined> {
  if (seq === 0n) return { seq, eventId };
  const { events } = await log.page(new Map([[shard, seq - 1n]]), 1);
  return events[0]?.seq === seq && events[0].eventId === eventId ? { seq, eventId } : undefined;
}

/**
 * Sets the consumer onto the epoch in force in one shard, with whatever it does about the events that it shares no more.
 * False when nothing is shared, or somebody else was first.
 */
export async function adopt(subscription: Subscription, { heard, epoch, shared }: EpochDivergence): Promise<boolean> {
  if (shared === undefined) return false;
  return inTransaction(subscription.database, async (tx) => {
    const fromStart = subscription.restored?.hearsAgain ?? false;
    if (!(await adoptEpoch(tx, subscription, { heard, epoch, shared, fromStart }))) return false;
    await subscription.restored?.reconcile(tx, heard.shard, shared.seq);
    return true;
  });
}
