import type { Alert } from './model.ts';

const RPC_ANSWERED = 'status!~"INTERNAL|UNAVAILABLE|UNKNOWN|DEADLINE_EXCEEDED"';

/** The scrape jobs of this platform: a Prometheus watches more than us. */
const OWN = 'up{job="usvideo"}';
/** What a limit holds waits for its own account, and a sandbox for nobody's money: neither wakes anybody. */
const ELIGIBLE_AGE = 'usvideo_queue_oldest_age_seconds{state="eligible",environment="live"}';
/** Longer than a fleet that grows on demand takes to be there. */
const WAITED = `max by (class) (${ELIGIBLE_AGE}) - on () group_left () max(usvideo_fleet_cold_start_seconds)`;

export const ALERTS: readonly Alert[] = [
  {
    name: 'TargetDown', severity: 'page', for: '1m', runbook: 'target-down', summary: 'No process of {{ $labels.service }} is there, or none answers.',
    // A service without a target is one that went; a fleet may be at zero by intent, and what waits for it is NoWorkers' concern.
    value: `sum by (service) (${OWN}) or 0 * sum by (service) (max_over_time(up{job="usvideo",service!~".*fleet.*"}[1h]))`, when: '== 0',
  },
  {
    name: 'ReplicaDown', severity: 'ticket', for: '10m', runbook: 'target-down', summary: 'A process of {{ $labels.service }} does not answer, and others do.',
    value: `min by (service) (${OWN})`, when: '== 0', and: [{ value: `max by (service) (${OWN})`, when: '== 1' }],
  },
  {
    name: 'QueueTooOld', severity: 'page', for: '2m', runbook: 'queue-too-old', summary: 'Live jobs of class {{ $labels.class }} may run and wait for more than five minutes.',
    value: WAITED, when: '> 300',
  },
  {
    name: 'NoWorkers', severity: 'page', for: '2m', runbook: 'no-workers', summary: 'Live jobs of class {{ $labels.class }} wait and no worker of it is connected.',
    value: WAITED, when: '> 0', and: [{ value: 'sum by (class) (usvideo_workers)', when: '== 0' }],
  },
  {
    name: 'GpuIdleWhileQueued', severity: 'page', for: '2m', runbook: 'gpu-idle-while-queued', summary: 'Live jobs of class {{ $labels.class }} may run and wait although slots for them are free.',
    value: 'sum by (class) (usvideo_queue_free_slots)', when: '> 0', and: [{ value: `max by (class) (${ELIGIBLE_AGE})`, when: '> 30' }],
  },
  {
    name: 'LeasesExpire', severity: 'ticket', for: '0s', runbook: 'leases-expire', summary: 'Workers of class {{ $labels.class }} fall silent while they render.',
    value: 'sum by (class) (increase(usvideo_lease_expiries_total[15m]))', when: '> 3',
  },
  {
    name: 'AttemptsFail', severity: 'page', for: '0s', runbook: 'attempts-fail', summary: 'More than a fifth of the attempts of engine {{ $labels.engine }} fail.',
    value: '1 - sum by (engine) (increase(usvideo_render_attempts_total{outcome="completed"}[15m])) / sum by (engine) (increase(usvideo_render_attempts_total[15m]))', when: '> 0.2',
    and: [{ value: 'sum by (engine) (increase(usvideo_render_attempts_total[15m]))', when: '>= 10' }],
  },
  {
    name: 'LedgerImbalance', severity: 'page', for: '0s', runbook: 'ledger-imbalance', summary: 'The books do not balance: {{ $value }} micro-dollars.',
    value: 'max(abs(usvideo_ledger_imbalance_micros))', when: '> 0',
  },
  {
    name: 'LedgerDiffers', severity: 'page', for: '0s', runbook: 'ledger-imbalance', summary: 'The ledger is not what its events say: {{ $value }} differences.',
    value: 'max(usvideo_ledger_differences)', when: '> 0',
  },
  {
    name: 'ReconciliationDiffers', severity: 'page', for: '0s', runbook: 'ledger-imbalance', summary: 'Jobs and their money were compared and {{ $value }} differ.',
    value: 'max(usvideo_reconciliation_differences)', when: '> 0',
  },
  {
    name: 'VerificationOverdue', severity: 'ticket', for: '0s', runbook: 'ledger-imbalance', summary: 'The ledger was not re-derived from its events for more than 26 hours.',
    value: 'time() - max(usvideo_ledger_last_verified_timestamp_seconds)', when: '> 93600',
  },
  {
    name: 'ReconciliationOverdue', severity: 'ticket', for: '0s', runbook: 'ledger-imbalance', summary: 'Jobs and their money were not compared for more than 26 hours.',
    value: 'time() - max(usvideo_reconciliation_last_run_timestamp_seconds)', when: '> 93600',
  },
  {
    name: 'VerdictsRefused', severity: 'page', for: '0s', runbook: 'verdicts-refused', summary: 'The ledger refuses verdicts: {{ $labels.refusal }}.',
    value: 'sum by (refusal) (increase(usvideo_verdicts_refused_total[15m]))', when: '> 0',
  },
  {
    name: 'JobsWithoutHold', severity: 'page', for: '0s', runbook: 'verdicts-refused', summary: '{{ $value }} live jobs have no hold in the ledger: they cannot be charged.',
    value: 'max(usvideo_jobs_without_hold)', when: '> 0',
  },
  {
    name: 'PaymentNewsRefused', severity: 'page', for: '0s', runbook: 'payment-news-refused', summary: 'The ledger refuses what {{ $labels.provider }} says happened to a payment.',
    value: 'sum by (provider) (increase(usvideo_payment_events_total{outcome="refused"}[1h]))', when: '> 0',
  },
  {
    name: 'CounterDrift', severity: 'ticket', for: '0s', runbook: 'counter-drift', summary: 'The scheduler repaired counters of accounts that differed from their rows.',
    value: 'sum(increase(usvideo_counter_drift_total[1h]))', when: '> 0',
  },
  {
    name: 'ConsumerParked', severity: 'ticket', for: '0s', runbook: 'consumer-parked', summary: 'Consumer {{ $labels.consumer }} has set events aside.',
    value: 'max by (consumer) (usvideo_consumer_parked_events)', when: '> 0',
  },
  {
    name: 'ConsumerLags', severity: 'page', for: '1m', runbook: 'consumer-lags', summary: 'Consumer {{ $labels.consumer }} is more than a minute behind {{ $labels.topic }}.',
    value: 'max by (consumer, topic) (usvideo_consumer_lag_seconds)', when: '> 60',
  },
  {
    name: 'ConsumerHalted', severity: 'page', for: '1m', runbook: 'restore', summary: 'Consumer {{ $labels.consumer }} cannot go on with {{ $value }} shards of {{ $labels.topic }} until a person acts.',
    value: 'sum by (consumer, topic) (usvideo_consumer_halted_shards)', when: '> 0',
  },
  {
    name: 'EventsOwed', severity: 'page', for: '0s', runbook: 'events-owed', summary: 'Consumer {{ $labels.consumer }} was not told of events of {{ $labels.topic }}, or they are gone from its log.',
    value: 'max by (consumer, topic) (usvideo_delivery_audit_differences)', when: '> 0',
  },
  {
    name: 'OutboxLags', severity: 'page', for: '1m', runbook: 'outbox-lags', summary: 'Events of {{ $labels.topic }} are recorded and not published for more than a minute.',
    value: 'max by (topic) (usvideo_outbox_lag_seconds)', when: '> 60',
  },
  {
    name: 'WebhooksWait', severity: 'ticket', for: '2m', runbook: 'webhooks-wait', summary: 'The oldest due webhook has been due for more than five minutes.',
    value: 'max(usvideo_webhook_oldest_due_age_seconds)', when: '> 300',
  },
  {
    name: 'WebhooksFail', severity: 'ticket', for: '0s', runbook: 'webhooks-fail', summary: 'More than half of the webhook attempts fail, of all customers together.',
    value: '1 - sum(increase(usvideo_webhook_attempts_total{outcome="delivered"}[15m])) / sum(increase(usvideo_webhook_attempts_total[15m]))', when: '> 0.5',
    and: [{ value: 'sum(increase(usvideo_webhook_attempts_total[15m]))', when: '>= 20' }],
  },
  {
    name: 'CallsFail', severity: 'page', for: '0s', runbook: 'calls-fail', summary: 'More than a twentieth of the calls to {{ $labels.service }} fail.',
    value: `1 - sum by (service) (increase(usvideo_rpc_requests_total{${RPC_ANSWERED}}[5m])) / sum by (service) (increase(usvideo_rpc_requests_total[5m]))`, when: '> 0.05',
    and: [{ value: 'sum by (service) (increase(usvideo_rpc_requests_total[5m]))', when: '>= 20' }],
  },
  {
    name: 'LoopFails', severity: 'ticket', for: '0s', runbook: 'loop-fails', summary: 'The background work {{ $labels.loop }} fails again and again.',
    value: 'sum by (loop) (increase(usvideo_loop_errors_total[10m]))', when: '> 5',
  },
  {
    name: 'PostgresConnections', severity: 'page', for: '2m', runbook: 'postgres-connections', summary: 'More than four fifths of the connections of the PostgreSQL server of {{ $labels.database }} are taken.',
    value: 'max by (database) (usvideo_postgres_server_connections / usvideo_postgres_connections_max)', when: '> 0.8',
  },
  {
    name: 'PostgresDeadTuples', severity: 'ticket', for: '30m', runbook: 'postgres-dead-tuples', summary: 'Vacuum does not keep up with {{ $labels.database }}.{{ $labels.table }}.',
    value: 'max by (database, table) (usvideo_postgres_dead_tuples)', when: '> 100000',
  },
  {
    name: 'PostgresOldTransaction', severity: 'ticket', for: '2m', runbook: 'postgres-old-transaction', summary: 'A transaction in {{ $labels.database }} has been open for more than five minutes.',
    value: 'max by (database) (usvideo_postgres_oldest_transaction_seconds)', when: '> 300',
  },
  {
    name: 'PostgresOldSnapshot', severity: 'ticket', for: '5m', runbook: 'postgres-old-transaction', summary: 'A snapshot in {{ $labels.database }} keeps vacuum from removing two million transactions\' dead rows.',
    value: 'max by (database) (usvideo_postgres_oldest_xmin_age)', when: '> 2000000',
  },
  {
    name: 'TableTooBig', severity: 'ticket', for: '30m', runbook: 'disk-fills', summary: 'The table {{ $labels.database }}.{{ $labels.table }} takes more than 100 GiB.',
    value: 'max by (database, table) (usvideo_postgres_table_bytes)', when: '> 107374182400',
  },
  {
    name: 'StoreFills', severity: 'ticket', for: '10m', runbook: 'disk-fills', summary: 'Less than 15 % of the disk of {{ $labels.folder }} is left.',
    value: 'min by (folder) (usvideo_disk_free_bytes / usvideo_disk_size_bytes)', when: '< 0.15',
  },
  {
    name: 'StoreFull', severity: 'page', for: '2m', runbook: 'disk-fills', summary: 'Less than 5 % of the disk of {{ $labels.folder }} is left: soon no video can be stored.',
    value: 'min by (folder) (usvideo_disk_free_bytes / usvideo_disk_size_bytes)', when: '< 0.05',
  },
  {
    name: 'SpansDropped', severity: 'ticket', for: '15m', runbook: 'spans-dropped', summary: 'The trace collector does not take what the services send.',
    value: 'sum(increase(usvideo_spans_dropped_total[10m]))', when: '> 0',
  },
];
