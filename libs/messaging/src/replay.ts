import {
  inTransaction,
  lockWatermark,
  parkEvent,
  parkedEvents,
  parkedStreamIds,
  unparkEvent,
  type LogReader,
  type LoggedEvent,
  type ParkedEvent,
} from '@usvideo/event-store';
import { isDeterministic } from './deterministic';
import type { Subscription } from './subscription';

export interface Replayed {
  readonly replayed: number;
  /** Streams whose oldest parked event failed again; they stay parked. */
  readonly stillParked: readonly string[];
}

const STREAMS_PAGE = 500;

/**
 * Handles what a consumer has parked, each stream from its oldest event on, beside the running consumer. A stream stops at the
 * first event that fails again.
 * @throws what is not deterministic; call it again then, what was replayed is not parked any more
 */
export async function replayParked(
  subscription: Subscription,
  log: LogReader,
  onlyStreamId?: string,
): Promise<Replayed> {
  let replayed = 0;
  const stillParked: string[] = [];
  const replay = async (streamId: string) => {
    const result = await replayStream(subscription, log, streamId);
    replayed += result.replayed;
    if (!result.emptied) stillParked.push(streamId);
  };
  if (onlyStreamId !== undefined) await replay(onlyStreamId);
  else for await (const streamId of streamsOf(subscription)) await replay(streamId);
  if (replayed > 0) subscription.onHandled?.();
  return { replayed, stillParked };
}

async function* streamsOf(subscription: Subscription): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const page = await parkedStreamIds(subscription.database, subscription, after, STREAMS_PAGE);
    yield* page;
    if (page.length < STREAMS_PAGE) return;
    after = page[page.length - 1]!;
  }
}

async function replayStream(
  subscription: Subscription,
  log: LogReader,
  streamId: string,
): Promise<{ replayed: number; emptied: boolean }> {
  for (let replayed = 0; ;) {
    const [oldest] = await parkedEvents(subscription.database, subscription, streamId, 1);
    if (oldest === undefined) return { replayed, emptied: true };
    if (!(await replayEvent(subscription, oldest, await readParked(log, oldest)))) return { replayed, emptied: false };
    replayed += 1;
  }
}

async function readParked(log: LogReader, parked: ParkedEvent): Promise<LoggedEvent> {
  const { events } = await log.page(new Map([[parked.shard, parked.seq - 1n]]), 1);
  const event = events[0];
  if (event?.seq !== parked.seq || event.streamId !== parked.streamId) {
    throw new Error(`the publisher's log does not have the parked event ${parked.seq} of shard ${parked.shard}`);
  }
  return event;
}

/** False when it failed again. The watermark is locked, so that the running consumer parks nothing behind it meanwhile. */
async function replayEvent(subscription: Subscription, parked: ParkedEvent, event: LoggedEvent): Promise<boolean> {
  try {
    await inTransaction(subscription.database, async (tx, now) => {
      await lockWatermark(tx, subscription, parked.shard);
      // Somebody else's replay may have been first; the effect is in then.
      if (await unparkEvent(tx, subscription, parked.shard, parked.seq)) await subscription.handle(event, tx, now);
    });
    return true;
  } catch (error) {
    if (!isDeterministic(error)) throw error;
    await inTransaction(subscription.database, (tx) =>
      parkEvent(tx, subscription, event, `${error.name}: ${error.message}`),
    );
    return false;
  }
}
