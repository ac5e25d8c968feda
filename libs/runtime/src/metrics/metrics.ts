import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of the platform. Dashboards, alerts and their tests name metrics that are declared here. */
export const metrics = new Registry();

const observers = new Set<() => void>();

/** Called whenever the metrics are read, for figures that age by themselves. Returns what ends it. */
export function whenRead(observe: () => void): () => void {
  observers.add(observe);
  return () => { observers.delete(observe); };
}

/** All metrics in the text format of Prometheus. */
export function readMetrics(): Promise<string> {
  for (const observe of observers) observe();
  return metrics.metrics();
}

/**
 * The process itself under the names that every Prometheus client uses (`process_resident_memory_bytes`, `process_cpu_seconds_total`, …)
 * and those of Node (`nodejs_eventloop_lag_p99_seconds`, `nodejs_heap_size_used_bytes`, …). Once in a process, however often it is called.
 */
export function observeProcess(): void {
  if (metrics.getSingleMetric('process_cpu_seconds_total') === undefined) collectDefaultMetrics({ register: metrics });
}

const registers = [metrics];

export const buildInfo = new Gauge({
  registers, name: 'usvideo_build_info', help: 'Always 1: which version of a service runs, and the schema level of its database.', labelNames: ['service', 'version', 'schema_level'],
});
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
export const httpOutcomes = new Counter({
  registers, name: 'usvideo_http_outcomes_total', help: 'The same requests as the service level counts them: failed is a status of 500 or above.', labelNames: ['listener', 'outcome'],
});
export const rpcRequests = new Counter({
  registers, name: 'usvideo_rpc_requests_total', help: 'Calls between services answered, exchange items included.', labelNames: ['service', 'method', 'status'],
});
export const rpcDuration = new Histogram({
  registers, name: 'usvideo_rpc_request_seconds', help: 'Time a service took for a call from another.', labelNames: ['service', 'method'], buckets: RPC_SECONDS,
});
/** Prometheus sees no increase in a counter that appears with its first burst: what an alert divides must be there at zero before. */
export function rpcsFromZero(service: string, method: string): void {
  for (const status of ['OK', 'INTERNAL', 'UNAVAILABLE', 'UNKNOWN', 'DEADLINE_EXCEEDED']) rpcRequests.inc({ service, method, status }, 0);
}

// Jobs.
export const jobsEnded = new Counter({
  registers, name: 'usvideo_jobs_ended_total', help: 'Jobs that reached a terminal status.', labelNames: ['status', 'model', 'environment'],
});
export const queueDepth = new Gauge({
  registers, name: 'usvideo_queue_depth', help: 'Jobs waiting: eligible for a worker, or held by their account\'s limit.', labelNames: ['class', 'environment', 'state'],
});
export const fleetWantedSlots = new Gauge({
  registers, name: 'usvideo_fleet_wanted_slots', help: 'Slots that workers of the class could use now: what runs, and what may run of what waits.', labelNames: ['class'],
});
export const fleetColdStart = new Gauge({
  registers, name: 'usvideo_fleet_cold_start_seconds', help: 'How long a fleet that grows on demand takes to be there; 0 where none grows.',
});
export const queueOldestAge = new Gauge({
  registers, name: 'usvideo_queue_oldest_age_seconds', help: 'How long the oldest job has been eligible without a pause, or has been held.', labelNames: ['class', 'environment', 'state'],
});
export const queueWait = new Histogram({
  registers, name: 'usvideo_queue_wait_seconds', help: 'Time from submission to the first lease.', labelNames: ['class'], buckets: JOB_SECONDS,
});
export const queueAccounts = new Gauge({
  registers, name: 'usvideo_queue_accounts', help: 'Accounts that have jobs waiting for a worker.', labelNames: ['class'],
});
export const queueFreeSlots = new Gauge({
  registers, name: 'usvideo_queue_free_slots', help: 'Free slots of connected workers that could take a job of the class.', labelNames: ['class'],
});
export const queueVirtualTimeSpread = new Gauge({
  registers, name: 'usvideo_queue_virtual_time_spread_seconds',
  help: 'Between the waiting account that had the most and the one that had the least of its share of GPU time; about one job\'s time when fair.', labelNames: ['class'],
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
export const jobsWithoutHold = new Gauge({
  registers, name: 'usvideo_jobs_without_hold', help: 'Live jobs that have not ended and of which the ledger has no pending hold, at the last look; anything but 0 is a fault.',
});
export const counterDrift = new Counter({
  registers, name: 'usvideo_counter_drift_total', help: 'Accounts whose counters differed from their rows and were repaired; anything but 0 is a fault.',
});
export const connectedWorkers = new Gauge({
  registers, name: 'usvideo_workers', help: 'Workers whose streams end in this process, in each class that they render.', labelNames: ['class'],
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

export const gpuSecondsPaid = new Counter({
  registers, name: 'usvideo_gpu_seconds_paid_total', help: 'Time that slots of connected engines were there, busy or not.', labelNames: ['engine'],
});
export const gpuCost = new Counter({
  registers, name: 'usvideo_gpu_cost_usd_total', help: 'The same time at the price of GPU_HOUR_USD.', labelNames: ['engine'],
});

// Events.
export const outboxLag = new Gauge({
  registers, name: 'usvideo_outbox_lag_seconds', help: 'Age of the oldest recorded event that is not yet published.', labelNames: ['topic'],
});
export const consumerLag = new Gauge({
  registers, name: 'usvideo_consumer_lag_seconds', help: 'Age of the oldest event that arrived at a consumer and is not handled.', labelNames: ['consumer', 'topic'],
});
export const eventsHandled = new Counter({
  registers, name: 'usvideo_events_handled_total', help: 'Events consumed.', labelNames: ['consumer', 'outcome'],
});
export const consumerParked = new Gauge({
  registers, name: 'usvideo_consumer_parked_events', help: 'Events parked behind a deterministic failure.', labelNames: ['consumer'],
});
export const deliveryAuditDifferences = new Gauge({
  registers, name: 'usvideo_delivery_audit_differences', help: 'Shards in which a consumer was owed an event for ten minutes, at the last look; anything but 0 is a fault.',
  labelNames: ['consumer', 'topic'],
});
export const deliveryAuditLastRun = new Gauge({
  registers, name: 'usvideo_delivery_audit_last_run_timestamp_seconds', help: 'When it was last looked whether a consumer is owed events.', labelNames: ['consumer', 'topic'],
});
export const consumerHalted = new Gauge({
  registers, name: 'usvideo_consumer_halted_shards', help: 'Shards that a consumer cannot go on with until a person acts, such as after a restore.', labelNames: ['consumer', 'topic'],
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
export const webhookBrokenServers = new Gauge({
  registers, name: 'usvideo_webhook_broken_servers', help: 'Customers\' servers that are in trouble: what waits for them is parked.',
});
export const retentionRemoved = new Counter({
  registers, name: 'usvideo_retention_removed_total', help: 'Rows that were deleted because they had been kept long enough, by kind.', labelNames: ['what'],
});

// Money.
export const ledgerImbalance = new Gauge({
  registers, name: 'usvideo_ledger_imbalance_micros', help: 'Sum of all postings; anything but 0 is a fault.',
});
export const ledgerDifferences = new Gauge({
  registers, name: 'usvideo_ledger_differences', help: 'Rows, events and roots of the ledger that its events do not explain, at the last verification; anything but 0 is a fault.',
});
export const ledgerLastVerified = new Gauge({
  registers, name: 'usvideo_ledger_last_verified_timestamp_seconds', help: 'When the ledger was last re-derived from its events to the end; absent before the first time.',
});
// At 0 it would be half a century ago.
ledgerLastVerified.remove();
export const reconciliationDifferences = new Gauge({
  registers, name: 'usvideo_reconciliation_differences', help: 'Contradictions between jobs and money that the last reconciliation found; anything but 0 is a fault.',
});
export const reconciliationLastRun = new Gauge({
  registers, name: 'usvideo_reconciliation_last_run_timestamp_seconds', help: 'When jobs and money were last compared to the end; absent before the first time.',
});
reconciliationLastRun.remove();
export const ledgerMoney = new Gauge({
  registers, name: 'usvideo_ledger_micros', help: 'Money of all customers, by where it is: available, held, or spent.', labelNames: ['book'],
});
export const pendingHolds = new Gauge({
  registers, name: 'usvideo_ledger_pending_holds', help: 'Holds whose job has not ended.',
});
export const paymentEvents = new Counter({
  registers, name: 'usvideo_payment_events_total', help: 'What payment providers reported, by outcome; refused needs a person, early comes again.', labelNames: ['provider', 'outcome'],
});
export const ledgerEntries = new Counter({
  registers, name: 'usvideo_ledger_entries_total', help: 'Ledger commands carried out, by kind and answer.', labelNames: ['kind', 'answer'],
});

// PostgreSQL, as each service sees its own database.
export const databaseConnections = new Gauge({
  registers, name: 'usvideo_postgres_connections', help: 'Connections to the database.', labelNames: ['database', 'state'],
});
export const databaseServerConnections = new Gauge({
  registers, name: 'usvideo_postgres_server_connections', help: 'Connections to the whole server that the database is on.', labelNames: ['database'],
});
export const databaseConnectionsMax = new Gauge({
  registers, name: 'usvideo_postgres_connections_max', help: 'Connections that the whole server admits.', labelNames: ['database'],
});
export const databaseDeadTuples = new Gauge({
  registers, name: 'usvideo_postgres_dead_tuples', help: 'Dead rows that vacuum has not removed, by table; tables with less than a thousand are left out of the labels.', labelNames: ['database', 'table'],
});
export const databaseXminAge = new Gauge({
  registers, name: 'usvideo_postgres_oldest_xmin_age', help: 'Transactions since the oldest snapshot that is still open: what vacuum may not remove.', labelNames: ['database'],
});
export const databaseTransactionAge = new Gauge({
  registers, name: 'usvideo_postgres_oldest_transaction_seconds', help: 'How long the oldest open transaction has been open.', labelNames: ['database'],
});
export const databaseSize = new Gauge({
  registers, name: 'usvideo_postgres_size_bytes', help: 'Size of the database.', labelNames: ['database'],
});

export const databaseTableSize = new Gauge({
  registers, name: 'usvideo_postgres_table_bytes', help: 'Size of a table with its indexes; those under 10 MiB are one.', labelNames: ['database', 'table'],
});

// Disks.
export const diskFree = new Gauge({
  registers, name: 'usvideo_disk_free_bytes', help: 'What is left on the disk of a folder of the platform.', labelNames: ['folder'],
});
export const diskSize = new Gauge({
  registers, name: 'usvideo_disk_size_bytes', help: 'Size of the disk of a folder of the platform.', labelNames: ['folder'],
});

// Tracing.
export const spansDropped = new Counter({
  registers, name: 'usvideo_spans_dropped_total', help: 'Finished operations that the trace collector did not take.',
});
