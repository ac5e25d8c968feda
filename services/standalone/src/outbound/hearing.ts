import { EventLog, type Database, loadWatermarks, parkedEvents } from '@usvideo/event-store';

/** Who hears which service's events, and where each keeps how far it has come. */
const HEARERS = [
  { consumer: 'ledger', topic: 'usvideo.jobs.v1', publisher: 'scheduler' },
  { consumer: 'webhooks', topic: 'usvideo.jobs.v1', publisher: 'scheduler' },
  { consumer: 'scheduler', topic: 'usvideo.accounts.v1', publisher: 'accounts' },
] as const;

export type ServiceWithEvents = (typeof HEARERS)[number]['consumer' | 'publisher'];

const PARKED_MAX = 100;

/** Events that a service owes another: set aside, never heard of although later ones were, or heard and gone from the log since. */
export async function unheardEvents(databases: Readonly<Record<ServiceWithEvents, Database>>, unheardBefore: Date): Promise<string[]> {
  const found: string[] = [];
  for (const { consumer, topic, publisher } of HEARERS) {
    const log = new EventLog(databases[publisher]);
    for (const [shard, { seq, eventId }] of await loadWatermarks(databases[consumer], { consumer, topic })) {
      const [last, next] = seq > 0n ? await log.read(shard, seq - 1n, 2) : [undefined, ...await log.read(shard, 0n, 1)];
      const at = `${topic}, shard ${shard}`;
      if (seq > 0n && last?.eventId !== eventId) found.push(`${at}: ${consumer} has heard event ${seq} as ${eventId}, which is not in the log`);
      if (next !== undefined && next.recordedAt < unheardBefore) found.push(`${at}: ${consumer} has not heard event ${next.seq} of ${next.recordedAt.toISOString()}`);
    }
    for (const parked of await parkedEvents(databases[consumer], { consumer, topic }, undefined, PARKED_MAX)) {
      found.push(`${topic}, shard ${parked.shard}: ${consumer} set event ${parked.seq} of ${parked.streamId} aside: ${parked.reason}`);
    }
  }
  return found;
}
