import {
  databaseNow,
  loadWatermarks,
  parkedEvents,
  SHARDS,
  type LogReader,
  type Watermark,
} from '@usvideo/event-store';
import { startSpaced, type Logger, type Running } from '@usvideo/runtime';
import { z } from 'zod';
import type { Consuming } from './transport';
import type { Subscription } from './subscription';
import { deliveryAuditDifferences, deliveryAuditLastRun } from './metrics';

/** Who hears what, and which of it matters. */
export type AuditedConsumer = Pick<Subscription, 'consumer' | 'topic' | 'database' | 'isRelevant'>;

const PAGE = 500;
const PARKED_MAX = 100;
/** An event this old was sent many times: whoever has not heard it will not by itself. */
const HEARD_WITHIN_MS = 10 * 60_000;

export const deliveryAuditSettings = {
  DELIVERY_AUDIT_EVERY_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(86_400_000)
    .default(600_000)
    .describe("How often it is looked whether events were not delivered to this service's consumer."),
};

/**
 * Compares a publisher's log with what a consumer has heard of it, shard by shard, and tells of every event that is undelivered: not heard
 * although it was recorded `graceMs` ago, or heard and gone from the log since. A watermark moves over whole runs of
 * events and in the transaction of their effects, so that what is behind it is done or set aside and only what is before it can
 * be missing. Events that are not relevant to the consumer move it late and are never undelivered.
 */
export async function unheardEvents(audited: AuditedConsumer, log: LogReader, graceMs: number): Promise<string[]> {
  const { consumer, topic, database } = audited;
  const unheardBefore = new Date((await databaseNow(database)).getTime() - graceMs);
  const marks = await loadWatermarks(database, audited);
  const found: string[] = [];
  for (let shard = 0; shard < SHARDS; shard++) {
    const mark = marks.get(shard) ?? { shard, epoch: '', seq: 0n, eventId: '' };
    found.push(
      ...(await unheardInShard(audited, log, mark, unheardBefore)).map(
        (sentence) => `${topic}, shard ${shard}: ${consumer} ${sentence}`,
      ),
    );
  }
  return found;
}

/** What a consumer has set aside, a sentence for each event. It has an alarm of its own, from the moment on. */
export async function eventsSetAside({ consumer, topic, database }: AuditedConsumer): Promise<string[]> {
  const parked = await parkedEvents(database, { consumer, topic }, undefined, PARKED_MAX);
  return parked.map(
    ({ shard, seq, streamId, reason }) =>
      `${topic}, shard ${shard}: ${consumer} set event ${seq} of ${streamId} aside: ${reason}`,
  );
}

async function unheardInShard(
  audited: AuditedConsumer,
  log: LogReader,
  mark: Watermark,
  unheardBefore: Date,
): Promise<string[]> {
  const found: string[] = [];
  for (let after = mark.seq === 0n ? 0n : mark.seq - 1n; ;) {
    const { epoch, events } = await log.page(new Map([[mark.shard, after]]), PAGE);
    if (mark.epoch !== '' && mark.epoch !== epoch)
      return [`has heard the log of epoch ${mark.epoch}, and the log is of epoch ${epoch}`];
    if (after < mark.seq && !events.some(({ seq, eventId }) => seq === mark.seq && eventId === mark.eventId)) {
      found.push(`has heard event ${mark.seq} as ${mark.eventId}, which is not in the log`);
    }
    const undelivered = events.find((event) => event.seq > mark.seq && (audited.isRelevant?.(event) ?? true));
    if (undelivered !== undefined && undelivered.recordedAt < unheardBefore)
      found.push(`has not heard event ${undelivered.seq} of ${undelivered.recordedAt.toISOString()}`);
    const last = events.at(-1);
    // The publisher may give fewer than were asked for.
    if (undelivered !== undefined || last === undefined) return found;
    after = last.seq;
  }
}

/** Looks again and again whether a consumer lacks events; what it finds is an alarm, which ends when it is mended. */
export function startDeliveryAudit(
  consuming: Consuming,
  logger: Logger,
  everyMs: number,
  firstAfterMs = everyMs,
): Running {
  const { consumer, topic } = consuming;
  return startSpaced({
    name: `delivery_audit_${consumer}`,
    everyMs,
    firstAfterMs,
    logger,
    work: async () => {
      const differences = await consuming.unheard(HEARD_WITHIN_MS);
      deliveryAuditDifferences.set({ consumer, topic }, differences.length);
      deliveryAuditLastRun.setToCurrentTime({ consumer, topic });
      for (const difference of differences)
        logger.error({ consumer, difference }, 'an event was not delivered to a consumer');
    },
  });
}
