import type { Database } from '@usvideo/event-store';
import { retentionRemoved, startSpaced, type Logger, type Running } from '@usvideo/runtime';

export interface RetentionSettings {
  /** Of the feed's events with their bodies. */
  readonly feedDays: number;
  /** Of deliveries that have ended, with their attempts and what was answered. */
  readonly deliveryDays: number;
}

const EVERY_MS = 3_600_000;
const FIRST_AFTER_MS = 5 * 60_000;
/** A slice is one short transaction. */
const SLICE = 1_000;

const REMOVE_ATTEMPTS_AND_DELIVERIES = `
with ended as (
  select delivery_id from delivery where created_at < clock_timestamp() - make_interval(days => $1) and status <> 'pending' order by created_at limit ${SLICE}
), attempts as (delete from delivery_attempt a using ended where a.delivery_id = ended.delivery_id)
delete from delivery d using ended where d.delivery_id = ended.delivery_id`;

/**
 * The oldest first, so that a feed loses its beginning and never gets a hole. With an event goes whatever needs its body, in one
 * statement: references are checked at its end.
 */
const REMOVE_EVENTS = `
with old as (
  select event_id from feed_event where recorded_at < clock_timestamp() - make_interval(days => $1) order by recorded_at limit ${SLICE}
), attempts as (
  delete from delivery_attempt a using delivery d, old where a.delivery_id = d.delivery_id and d.event_id = old.event_id
), deliveries as (delete from delivery d using old where d.event_id = old.event_id),
intents as (delete from feed_intent i using old where i.event_id = old.event_id)
delete from feed_event e using old where e.event_id = old.event_id`;

const REMOVE_SECRETS = `delete from signing_secret where ends_at < clock_timestamp() - interval '1 day' and $1 > 0`;

/** A server that nothing waits for and that is well is remembered anew when something does: the delivery brings its row. */
const REMOVE_IDLE_DESTINATIONS = `
with idle as (
  select isolation_key from destination t
  where next_due_at is null and broken_since is null and $1 > 0
    and not exists (select from delivery d where d.isolation_key = t.isolation_key and d.status = 'pending')
  limit ${SLICE} for update skip locked
)
delete from destination t using idle where t.isolation_key = idle.isolation_key`;

const STEPS = [
  {
    what: 'webhook_deliveries',
    name: 'retention_deliveries',
    text: REMOVE_ATTEMPTS_AND_DELIVERIES,
    days: (settings: RetentionSettings) => settings.deliveryDays,
  },
  {
    what: 'feed_events',
    name: 'retention_events',
    text: REMOVE_EVENTS,
    days: (settings: RetentionSettings) => settings.feedDays,
  },
  { what: 'idle_destinations', name: 'retention_destinations', text: REMOVE_IDLE_DESTINATIONS, days: () => 1 },
  { what: 'ended_secrets', name: 'retention_secrets', text: REMOVE_SECRETS, days: () => 1 },
] as const;

/** Deletes what is older than it may be, slice by slice; what it deleted is counted by kind. */
export async function removeExpired(database: Database, settings: RetentionSettings): Promise<void> {
  for (const { days, name, text, what } of STEPS) {
    for (let removed = SLICE; removed === SLICE;) {
      removed = (await database.query({ name, text, values: [days(settings)] })).rowCount ?? 0;
      retentionRemoved.inc({ what }, removed);
    }
  }
}

export function startRetention(database: Database, settings: RetentionSettings, logger: Logger): Running {
  for (const { what } of STEPS) retentionRemoved.inc({ what }, 0);
  return startSpaced({
    name: 'webhook_retention',
    everyMs: EVERY_MS,
    firstAfterMs: FIRST_AFTER_MS,
    logger,
    work: () => removeExpired(database, settings),
  });
}
