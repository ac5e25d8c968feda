import { metrics, RPC_SECONDS } from '@usvideo/runtime';
import { Counter, Histogram } from 'prom-client';

const registers = [metrics];

export const httpRequests = new Counter({
  registers,
  name: 'usvideo_http_requests_total',
  help: 'HTTP requests answered, by route template.',
  labelNames: ['listener', 'method', 'route', 'status'],
});
export const httpDuration = new Histogram({
  registers,
  name: 'usvideo_http_request_seconds',
  help: 'Time from request to the end of its answer.',
  labelNames: ['listener', 'method', 'route'],
  buckets: RPC_SECONDS,
});
export const httpOutcomes = new Counter({
  registers,
  name: 'usvideo_http_outcomes_total',
  help: 'The same requests as the service level counts them: failed is a status of 500 or above.',
  labelNames: ['listener', 'outcome'],
});
