import { JOB_SECONDS, metrics } from '@usvideo/runtime';
import { Counter, Gauge, Histogram } from 'prom-client';

const registers = [metrics];

export const jobsEnded = new Counter({
  registers,
  name: 'usvideo_jobs_ended_total',
  help: 'Jobs that reached a terminal status.',
  labelNames: ['status', 'model', 'environment'],
});
export const queueDepth = new Gauge({
  registers,
  name: 'usvideo_queue_depth',
  help: "Jobs waiting: eligible for a worker, or held by their account's limit.",
  labelNames: ['class', 'environment', 'state'],
});
export const fleetWantedSlots = new Gauge({
  registers,
  name: 'usvideo_fleet_wanted_slots',
  help: 'Slots that workers of the class could use now: what runs, and what may run of what waits.',
  labelNames: ['class'],
});
export const fleetColdStart = new Gauge({
  registers,
  name: 'usvideo_fleet_cold_start_seconds',
  help: 'How long a fleet that grows on demand takes to be there; 0 where none grows.',
});
export const queueOldestAge = new Gauge({
  registers,
  name: 'usvideo_queue_oldest_age_seconds',
  help: 'How long the oldest job has been eligible without a pause, or has been held.',
  labelNames: ['class', 'environment', 'state'],
});
export const queueWait = new Histogram({
  registers,
  name: 'usvideo_queue_wait_seconds',
  help: 'Time from submission to the first lease.',
  labelNames: ['class'],
  buckets: JOB_SECONDS,
});
export const queueAccounts = new Gauge({
  registers,
  name: 'usvideo_queue_accounts',
  help: 'Accounts that have jobs waiting for a worker.',
  labelNames: ['class'],
});
export const queueFreeSlots = new Gauge({
  registers,
  name: 'usvideo_queue_free_slots',
  help: 'Free slots of connected workers that could take a job of the class.',
  labelNames: ['class'],
});
export const queueVirtualTimeSpread = new Gauge({
  registers,
  name: 'usvideo_queue_virtual_time_spread_seconds',
  help: "Between the waiting account that had the most and the one that had the least of its share of GPU time; about one job's time when fair.",
  labelNames: ['class'],
});
export const leasesGranted = new Counter({
  registers,
  name: 'usvideo_leases_granted_total',
  help: 'Attempts handed to workers.',
  labelNames: ['class'],
});
export const leaseExpiries = new Counter({
  registers,
  name: 'usvideo_lease_expiries_total',
  help: 'Leases whose worker was not heard from in time.',
  labelNames: ['class'],
});
export const verdictsRefused = new Counter({
  registers,
  name: 'usvideo_verdicts_refused_total',
  help: 'Verdicts that the ledger refused, such as of a job without a hold; anything but 0 is a fault.',
  labelNames: ['refusal'],
});
export const jobsWithoutHold = new Gauge({
  registers,
  name: 'usvideo_jobs_without_hold',
  help: 'Live jobs that have not ended and of which the ledger has no pending hold, at the last look; anything but 0 is a fault.',
});
/** Of the running UTC day; every replica tells the same. */
export const remoteDay = new Gauge({
  registers,
  name: 'usvideo_remote_day_usd',
  help: 'Hosted engines today (UTC): the budget, what was spent of it, and what their videos were sold for.',
  labelNames: ['figure'],
});
export const counterDrift = new Counter({
  registers,
  name: 'usvideo_counter_drift_total',
  help: 'Accounts whose counters differed from their rows and were repaired; anything but 0 is a fault.',
});
export const connectedWorkers = new Gauge({
  registers,
  name: 'usvideo_workers',
  help: 'Workers whose streams end in this process, in each class that they render.',
  labelNames: ['class'],
});
export const workerSlots = new Gauge({
  registers,
  name: 'usvideo_worker_slots',
  help: 'Slots of the workers connected to this process.',
  labelNames: ['engine', 'state'],
});
export const reconciliationDifferences = new Gauge({
  registers,
  name: 'usvideo_reconciliation_differences',
  help: 'Contradictions between jobs and money that the last reconciliation found; anything but 0 is a fault.',
});
export const reconciliationLastRun = new Gauge({
  registers,
  name: 'usvideo_reconciliation_last_run_timestamp_seconds',
  help: 'When jobs and money were last compared to the end; absent before the first time.',
});
reconciliationLastRun.remove();
