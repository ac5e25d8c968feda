import { metrics } from '@usvideo/runtime';
import { Counter, Gauge } from 'prom-client';

const registers = [metrics];

export const outboxLag = new Gauge({
  registers,
  name: 'usvideo_outbox_lag_seconds',
  help: 'Age of the oldest recorded event that is not yet published.',
  labelNames: ['topic'],
});
export const consumerLag = new Gauge({
  registers,
  name: 'usvideo_consumer_lag_seconds',
  help: 'Age of the oldest event that arrived at a consumer and is not handled.',
  labelNames: ['consumer', 'topic'],
});
export const eventsHandled = new Counter({
  registers,
  name: 'usvideo_events_handled_total',
  help: 'Events consumed.',
  labelNames: ['consumer', 'outcome'],
});
export const consumerParked = new Gauge({
  registers,
  name: 'usvideo_consumer_parked_events',
  help: 'Events parked behind a deterministic failure.',
  labelNames: ['consumer'],
});
export const deliveryAuditDifferences = new Gauge({
  registers,
  name: 'usvideo_delivery_audit_differences',
  help: 'Shards in which an event was not delivered to a consumer for ten minutes, at the last look; anything but 0 is a fault.',
  labelNames: ['consumer', 'topic'],
});
export const deliveryAuditLastRun = new Gauge({
  registers,
  name: 'usvideo_delivery_audit_last_run_timestamp_seconds',
  help: 'When it was last looked whether a consumer lacks events.',
  labelNames: ['consumer', 'topic'],
});
export const consumerHalted = new Gauge({
  registers,
  name: 'usvideo_consumer_halted_shards',
  help: 'Shards that a consumer cannot go on with until a person acts, such as after a restore.',
  labelNames: ['consumer', 'topic'],
});
