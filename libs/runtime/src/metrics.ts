import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of the platform. Dashboards, alerts and their tests name metrics that are declared here. */
export const metrics = new Registry();

const registers = [metrics];
const RPC_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const JOB_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1800, 3600];

// Requests: rate, errors, duration.
export const httpRequests = new Counter({
  registers, name: 'usvideo_http_requests_total', help: 'HTTP requests answered, by route template.', labelNames: ['listener', 'method', 'route', 'status'],
});
export const httpDuration = new Histogram({
  registers, name: 'usvideo_http_request_seconds', help: 'Time from request to the end of its answer.',
  labelNames: ['listener', 'method', 'route'], buckets: RPC_SECONDS,
});
export const rpcRequests = new Counter({
  registers, name: 'usvideo_rpc_requests_total', help: 'Calls between services answered, exchange items included.', labelNames: ['service', 'method', 'status'],
});
export const rpcDuration = new Histogram({
  registers, name: 'usvideo_rpc_request_seconds', help: 'Time a service took for a call from another.', labelNames: ['service', 'method'], buckets: RPC_SECONDS,
});

// Jobs.
export const jobsEnded = new Counter({
  registers, name: 'usvideo_jobs_ended_total', help: 'Jobs that reached a terminal status.', labelNames: ['status', 'model', 'environment'],
});
export const queueDepth = new Gauge({
  registers, name: 'usvideo_queue_depth', help: 'Jobs waiting for a worker.', labelNames: ['class'],
});
export const queueOldestAge = new Gauge({
  registers, name: 'usvideo_queue_oldest_age_seconds', help: 'How long the oldest waiting job has waited.', labelNames: ['class'],
});
export const queueWait = new Histogram({
  registers, name: 'usvideo_queue_wait_seconds', help: 'Time from submission to the first lease.', labelNames: ['class'], buckets: JOB_SECONDS,
});
export const leasesGranted = new Counter({
  registers, name: 'usvideo_leases_granted_total', help: 'Attempts handed to workers.', labelNames: ['class'],
});
export const leaseExpiries = new Counter({
  registers, name: 'usvideo_lease_expiries_total', help: 'Leases whose worker was not heard from in time.', labelNames: ['class'],
});
export const verdictsRefused = new Counter({
  registers, name: 'usvideo_verdicts_refused_total', help: 'Verdicts that the ledger refused, such as of a job without a hold; anything but 0 is a fault.', labelNames: ['refusal'],
});
export const counterDrift = new Counter({
  registers, name: 'usvideo_counter_drift_total', help: 'Accounts whose counters differed from their rows and were repaired; anything but 0 is a fault.',
});
export const workerSlots = new Gauge({
  registers, name: 'usvideo_worker_slots', help: 'Slots of the workers connected to this process.', labelNames: ['engine', 'state'],
});

// Rendering.
export const renderDuration = new Histogram({
  registers, name: 'usvideo_render_seconds', help: 'Time from lease to finished file.', labelNames: ['engine', 'model', 'resolution'], buckets: JOB_SECONDS,
});
export const renderAttempts = new Counter({
  registers, name: 'usvideo_render_attempts_total', help: 'Attempts ended, by outcome.', labelNames: ['engine', 'outcome'],
});
export const framesEncoded = new Counter({
  registers, name: 'usvideo_frames_encoded_total', help: 'Frames that encoders finished.', labelNames: ['engine'],
});
export const gpuSeconds = new Counter({
  registers, name: 'usvideo_gpu_seconds_total', help: 'Time engines were busy with attempts that began to render; productive where the outcome is completed.',
  labelNames: ['engine', 'outcome'],
});

// Events.
export const outboxLag = new Gauge({
  registers, name: 'usvideo_outbox_lag_seconds', help: 'Age of the oldest recorded event that is not yet published.', labelNames: ['topic'],
});
export const eventsHandled = new Counter({
  registers, name: 'usvideo_events_handled_total', help: 'Events consumed.', labelNames: ['consumer', 'outcome'],
});
export const consumerParked = new Gauge({
  registers, name: 'usvideo_consumer_parked_events', help: 'Events parked behind a deterministic failure.', labelNames: ['consumer'],
});
export const loopErrors = new Counter({
  registers, name: 'usvideo_loop_errors_total', help: 'Background runs that failed.', labelNames: ['loop'],
});

// Webhooks.
export const webhookAttempts = new Counter({
  registers, name: 'usvideo_webhook_attempts_total', help: 'Delivery attempts, by outcome.', labelNames: ['outcome'],
});
export const webhookDuration = new Histogram({
  registers, name: 'usvideo_webhook_attempt_seconds', help: 'Time one delivery attempt took.', buckets: RPC_SECONDS,
});
export const webhookOldestAge = new Gauge({
  registers, name: 'usvideo_webhook_oldest_due_age_seconds', help: 'How long the oldest due delivery has been due.',
});

// Money.
export const ledgerImbalance = new Gauge({
  registers, name: 'usvideo_ledger_imbalance_micros', help: 'Sum of all postings; anything but 0 is a fault.',
});
export const reconciliationDifferences = new Gauge({
  registers, name: 'usvideo_reconciliation_differences', help: 'Contradictions between jobs and money that the last reconciliation found; anything but 0 is a fault.',
});
export const reconciliationLastRun = new Gauge({
  registers, name: 'usvideo_reconciliation_last_run_timestamp_seconds', help: 'When jobs and money were last compared to the end.',
});
export const ledgerEntries = new Counter({
  registers, name: 'usvideo_ledger_entries_total', help: 'Ledger commands carried out, by kind and answer.', labelNames: ['kind', 'answer'],
});

// Tracing.
export const spansDropped = new Counter({
  registers, name: 'usvideo_spans_dropped_total', help: 'Finished operations that the trace collector did not take.',
});
