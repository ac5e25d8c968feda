import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a process measures: what is declared here, which every process has, and in the `metrics.ts` of what runs in it. */
export const metrics = new Registry();

const observers = new Set<() => void>();

/** Called whenever the metrics are read, for figures that age by themselves. Returns what ends it. */
export function whenRead(observe: () => void): () => void {
  observers.add(observe);
  return () => {
    observers.delete(observe);
  };
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

/** Upper bounds of histograms of calls. */
export const RPC_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Upper bounds of histograms of jobs and renders. */
export const JOB_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1800, 3600];

export const buildInfo = new Gauge({
  registers,
  name: 'usvideo_build_info',
  help: 'Always 1: which version of a service runs, and the schema level of its database.',
  labelNames: ['service', 'version', 'schema_level'],
});

// Requests: rate, errors, duration.
export const rpcRequests = new Counter({
  registers,
  name: 'usvideo_rpc_requests_total',
  help: 'Calls between services answered, exchange items included.',
  labelNames: ['service', 'method', 'status'],
});
export const rpcDuration = new Histogram({
  registers,
  name: 'usvideo_rpc_request_seconds',
  help: 'Time a service took for a call from another.',
  labelNames: ['service', 'method'],
  buckets: RPC_SECONDS,
});
/** Prometheus sees no increase in a counter that appears with its first burst: what an alert divides must be there at zero before. */
export function rpcsFromZero(service: string, method: string): void {
  for (const status of ['OK', 'INTERNAL', 'UNAVAILABLE', 'UNKNOWN', 'DEADLINE_EXCEEDED'])
    rpcRequests.inc({ service, method, status }, 0);
}

// Loops.
export const loopErrors = new Counter({
  registers,
  name: 'usvideo_loop_errors_total',
  help: 'Background runs that failed.',
  labelNames: ['loop'],
});

// Retention.
export const retentionRemoved = new Counter({
  registers,
  name: 'usvideo_retention_removed_total',
  help: 'Rows that were deleted because they had been kept long enough, by kind.',
  labelNames: ['what'],
});

// PostgreSQL, as each service sees its own database.
export const databaseConnections = new Gauge({
  registers,
  name: 'usvideo_postgres_connections',
  help: 'Connections to the database.',
  labelNames: ['database', 'state'],
});
export const databaseServerConnections = new Gauge({
  registers,
  name: 'usvideo_postgres_server_connections',
  help: 'Connections to the whole server that the database is on.',
  labelNames: ['database'],
});
export const databaseConnectionsMax = new Gauge({
  registers,
  name: 'usvideo_postgres_connections_max',
  help: 'Connections that the whole server admits.',
  labelNames: ['database'],
});
export const databaseDeadTuples = new Gauge({
  registers,
  name: 'usvideo_postgres_dead_tuples',
  help: 'Dead rows that vacuum has not removed, by table; tables with less than a thousand are left out of the labels.',
  labelNames: ['database', 'table'],
});
export const databaseXminAge = new Gauge({
  registers,
  name: 'usvideo_postgres_oldest_xmin_age',
  help: 'Transactions since the oldest snapshot that is still open: what vacuum may not remove.',
  labelNames: ['database'],
});
export const databaseTransactionAge = new Gauge({
  registers,
  name: 'usvideo_postgres_oldest_transaction_seconds',
  help: 'How long the oldest open transaction has been open.',
  labelNames: ['database'],
});
export const databaseSize = new Gauge({
  registers,
  name: 'usvideo_postgres_size_bytes',
  help: 'Size of the database.',
  labelNames: ['database'],
});

export const databaseTableSize = new Gauge({
  registers,
  name: 'usvideo_postgres_table_bytes',
  help: 'Size of a table with its indexes; those under 10 MiB are one.',
  labelNames: ['database', 'table'],
});

// Disks.
export const diskFree = new Gauge({
  registers,
  name: 'usvideo_disk_free_bytes',
  help: 'What is left on the disk of a folder of the platform.',
  labelNames: ['folder'],
});
export const diskSize = new Gauge({
  registers,
  name: 'usvideo_disk_size_bytes',
  help: 'Size of the disk of a folder of the platform.',
  labelNames: ['folder'],
});

// Tracing.
export const spansDropped = new Counter({
  registers,
  name: 'usvideo_spans_dropped_total',
  help: 'Finished operations that the trace collector did not take.',
});
