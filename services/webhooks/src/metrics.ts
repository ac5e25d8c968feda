import { metrics, RPC_SECONDS } from '@usvideo/runtime';
import { Counter, Gauge, Histogram } from 'prom-client';

const registers = [metrics];

export const webhookAttempts = new Counter({
  registers,
  name: 'usvideo_webhook_attempts_total',
  help: 'Delivery attempts, by outcome.',
  labelNames: ['outcome'],
});
export const webhookDuration = new Histogram({
  registers,
  name: 'usvideo_webhook_attempt_seconds',
  help: 'Time one delivery attempt took.',
  buckets: RPC_SECONDS,
});
export const webhookOldestAge = new Gauge({
  registers,
  name: 'usvideo_webhook_oldest_due_age_seconds',
  help: 'How long the oldest due delivery has been due.',
});
export const webhookBrokenServers = new Gauge({
  registers,
  name: 'usvideo_webhook_broken_servers',
  help: "Customers' servers that are in trouble: what waits for them is parked.",
});
