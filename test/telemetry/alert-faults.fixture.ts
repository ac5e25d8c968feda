type Series = Readonly<Record<string, string>>;

export interface Fault {
  /** What Prometheus scrapes when the fault is there, in promtool's notation, a value every `everyMinutes`. */
  readonly series: Series;
  readonly healthy: Series;
  /** What else must not wake anybody, by what it is. */
  readonly silent?: Readonly<Record<string, Series>>;
  readonly everyMinutes?: number;
  readonly afterMinutes?: number;
}

const gauge = (name: string, bad: string, good: string): Fault => ({
  series: { [name]: `${bad}x60` },
  healthy: { [name]: `${good}x60` },
});

const requests = (
  failed: string,
  answered: string,
  everyMinutes = 1,
  afterMinutes = 40,
): Pick<Fault, 'everyMinutes' | 'afterMinutes'> & { readonly series: Series } => ({
  everyMinutes,
  afterMinutes,
  series: {
    'usvideo_http_outcomes_total{listener="public",outcome="failed"}': `${failed}x80`,
    'usvideo_http_outcomes_total{listener="public",outcome="answered"}': `${answered}x80`,
  },
});

const jobs = (failed: string, completed: string): Series => ({
  'usvideo_jobs_ended_total{environment="live",status="failed"}': `${failed}x80`,
  'usvideo_jobs_ended_total{environment="live",status="completed"}': `${completed}x80`,
});

const burn = (bad: Series, good: Series, everyMinutes = 1, afterMinutes = 40): Fault => ({
  series: bad,
  healthy: good,
  everyMinutes,
  afterMinutes,
});
const WELL = requests('0+0', '0+100').series;

const age = (jobClass: string, environment: string, state: string): string =>
  `usvideo_queue_oldest_age_seconds{class="${jobClass}",environment="${environment}",state="${state}"}`;
/** Live work of one class that has been eligible for so long, and how long its fleet takes to grow. */
const eligible = (seconds: string, coldStart = '0+0'): Series => ({
  [age('wan', 'live', 'eligible')]: `${seconds}x60`,
  usvideo_fleet_cold_start_seconds: `${coldStart}x60`,
});

const space = (bad: string, good: string): Fault => ({
  series: {
    'usvideo_disk_free_bytes{folder="artifacts"}': `${bad}x60`,
    'usvideo_disk_size_bytes{folder="artifacts"}': '100+0x60',
  },
  healthy: {
    'usvideo_disk_free_bytes{folder="artifacts"}': `${good}x60`,
    'usvideo_disk_size_bytes{folder="artifacts"}': '100+0x60',
  },
});

const overdue = (name: string): Fault => ({
  series: { [name]: '0+0x60' },
  healthy: { [name]: '0+3600x60' },
  silent: { 'a process that has not run its first': {} },
  everyMinutes: 60,
  afterMinutes: 30 * 60,
});

/** One fault for each alert; where a ratio has a floor, the healthy case is the same ratio among too few. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  TargetDown: {
    series: {
      'up{job="usvideo",service="ledger",instance="a"}': '0+0x60',
      'up{job="usvideo",service="ledger",instance="b"}': '0+0x60',
    },
    healthy: { 'up{job="usvideo",service="ledger",instance="a"}': '1+0x60' },
    silent: {
      'one replica of two gone': {
        'up{job="usvideo",service="ledger",instance="a"}': '0+0x60',
        'up{job="usvideo",service="ledger",instance="b"}': '1+0x60',
      },
      'a target of somebody else': { 'up{job="node-exporter",instance="a"}': '0+0x60' },
      'a GPU fleet at zero by intent': { 'up{job="usvideo",service="render-fleet",instance="a"}': '1+0x20 stale' },
    },
  },
  ReplicaDown: {
    series: {
      'up{job="usvideo",service="ledger",instance="a"}': '0+0x60',
      'up{job="usvideo",service="ledger",instance="b"}': '1+0x60',
    },
    healthy: { 'up{job="usvideo",service="ledger",instance="a"}': '1+0x60' },
    silent: {
      'a replica that was taken away': {
        'up{job="usvideo",service="ledger",instance="a"}': '1+0x20 stale',
        'up{job="usvideo",service="ledger",instance="b"}': '1+0x60',
      },
      'a target of somebody else': {
        'up{job="node-exporter",instance="a"}': '0+0x60',
        'up{job="node-exporter",instance="b"}': '1+0x60',
      },
    },
  },
  QueueTooOld: {
    series: { [age('wan', 'live', 'eligible')]: '301+0x60', usvideo_fleet_cold_start_seconds: '0+0x60' },
    healthy: { [age('wan', 'live', 'eligible')]: '299+0x60', usvideo_fleet_cold_start_seconds: '0+0x60' },
    silent: {
      'a tenant at its limit': {
        [age('wan', 'live', 'held')]: '90000+0x60',
        [age('wan', 'live', 'eligible')]: '0+0x60',
        usvideo_fleet_cold_start_seconds: '0+0x60',
      },
      'the sandbox': { [age('sandbox', 'test', 'eligible')]: '90000+0x60', usvideo_fleet_cold_start_seconds: '0+0x60' },
      'a fleet that grows': {
        [age('wan', 'live', 'eligible')]: '599+0x60',
        usvideo_fleet_cold_start_seconds: '300+0x60',
      },
    },
  },
  NoWorkers: {
    // The workers of the sandbox are there, those of what is paid for are not.
    series: {
      ...eligible('60+0'),
      'usvideo_workers{class="wan"}': '0+0x60',
      'usvideo_workers{class="sandbox"}': '2+0x60',
    },
    healthy: { ...eligible('60+0'), 'usvideo_workers{class="wan"}': '1+0x60' },
    silent: {
      'a fleet at zero by intent': { ...eligible('0+0'), 'usvideo_workers{class="wan"}': '0+0x60' },
      'a fleet that grows': { ...eligible('299+0', '300+0'), 'usvideo_workers{class="wan"}': '0+0x60' },
      'a tenant at its limit': {
        ...eligible('0+0'),
        [age('wan', 'live', 'held')]: '900+0x60',
        'usvideo_workers{class="wan"}': '0+0x60',
      },
      'the sandbox': {
        [age('sandbox', 'test', 'eligible')]: '900+0x60',
        usvideo_fleet_cold_start_seconds: '0+0x60',
        'usvideo_workers{class="sandbox"}': '0+0x60',
      },
      'a worker of another replica': {
        ...eligible('60+0'),
        'usvideo_workers{class="wan",instance="a"}': '0+0x60',
        'usvideo_workers{class="wan",instance="b"}': '1+0x60',
      },
    },
  },
  GpuIdleWhileQueued: {
    series: { 'usvideo_queue_free_slots{class="wan"}': '2+0x60', ...eligible('31+0') },
    healthy: { 'usvideo_queue_free_slots{class="wan"}': '2+0x60', ...eligible('29+0') },
    silent: {
      'work of another class': {
        'usvideo_queue_free_slots{class="wan"}': '2+0x60',
        [age('small', 'live', 'eligible')]: '31+0x60',
      },
      'a tenant at its limit': {
        'usvideo_queue_free_slots{class="wan"}': '2+0x60',
        ...eligible('0+0'),
        [age('wan', 'live', 'held')]: '900+0x60',
      },
      'the sandbox': {
        'usvideo_queue_free_slots{class="sandbox"}': '2+0x60',
        [age('sandbox', 'test', 'eligible')]: '900+0x60',
      },
    },
  },
  LeasesExpire: gauge('usvideo_lease_expiries_total{class="a"}', '0+1', '0+0'),
  AttemptsFail: {
    series: {
      'usvideo_render_attempts_total{engine="e",outcome="completed"}': '0+1x60',
      'usvideo_render_attempts_total{engine="e",outcome="failed"}': '0+1x60',
    },
    healthy: {
      'usvideo_render_attempts_total{engine="e",outcome="completed"}': '0+0.2x60',
      'usvideo_render_attempts_total{engine="e",outcome="failed"}': '0+0.2x60',
    },
  },
  LedgerImbalance: gauge('usvideo_ledger_imbalance_micros', '1+0', '0+0'),
  LedgerDiffers: gauge('usvideo_ledger_differences', '1+0', '0+0'),
  ReconciliationDiffers: gauge('usvideo_reconciliation_differences', '1+0', '0+0'),
  // The clock of promtool begins at 0 and is looked at after 30 hours.
  VerificationOverdue: overdue('usvideo_ledger_last_verified_timestamp_seconds'),
  ReconciliationOverdue: overdue('usvideo_reconciliation_last_run_timestamp_seconds'),
  VerdictsRefused: gauge('usvideo_verdicts_refused_total{refusal="hold_unknown"}', '0+1', '4+0'),
  JobsWithoutHold: gauge('usvideo_jobs_without_hold', '1+0', '0+0'),
  PaymentNewsRefused: gauge('usvideo_payment_events_total{provider="stripe",outcome="refused"}', '0+1', '4+0'),
  CounterDrift: gauge('usvideo_counter_drift_total', '0+1', '5+0'),
  ConsumerParked: gauge('usvideo_consumer_parked_events{consumer="ledger"}', '1+0', '0+0'),
  ConsumerLags: gauge('usvideo_consumer_lag_seconds{consumer="ledger",topic="t"}', '61+0', '59+0'),
  ConsumerHalted: gauge('usvideo_consumer_halted_shards{consumer="ledger",topic="t"}', '1+0', '0+0'),
  EventsUndelivered: gauge('usvideo_delivery_audit_differences{consumer="ledger",topic="t"}', '1+0', '0+0'),
  OutboxLags: gauge('usvideo_outbox_lag_seconds{topic="t"}', '61+0', '59+0'),
  WebhooksWait: gauge('usvideo_webhook_oldest_due_age_seconds', '301+0', '299+0'),
  WebhooksFail: {
    series: {
      'usvideo_webhook_attempts_total{outcome="delivered"}': '0+1x60',
      'usvideo_webhook_attempts_total{outcome="http_5xx"}': '0+2x60',
    },
    healthy: {
      'usvideo_webhook_attempts_total{outcome="delivered"}': '0+0.2x60',
      'usvideo_webhook_attempts_total{outcome="http_5xx"}': '0+0.4x60',
    },
  },
  CallsFail: {
    series: {
      'usvideo_rpc_requests_total{service="s",status="OK"}': '0+10x60',
      'usvideo_rpc_requests_total{service="s",status="INTERNAL"}': '0+1x60',
    },
    healthy: {
      'usvideo_rpc_requests_total{service="s",status="OK"}': '0+10x60',
      'usvideo_rpc_requests_total{service="s",status="NOT_FOUND"}': '0+5x60',
    },
  },
  LoopFails: gauge('usvideo_loop_errors_total{loop="l"}', '0+1', '0+0'),
  PostgresConnections: {
    series: {
      'usvideo_postgres_server_connections{database="d"}': '81+0x60',
      'usvideo_postgres_connections_max{database="d"}': '100+0x60',
    },
    healthy: {
      'usvideo_postgres_server_connections{database="d"}': '79+0x60',
      'usvideo_postgres_connections_max{database="d"}': '100+0x60',
    },
  },
  PostgresDeadTuples: gauge('usvideo_postgres_dead_tuples{database="d",table="t"}', '100001+0', '99999+0'),
  PostgresOldTransaction: gauge('usvideo_postgres_oldest_transaction_seconds{database="d"}', '301+0', '1+0'),
  PostgresOldSnapshot: gauge('usvideo_postgres_oldest_xmin_age{database="d"}', '2000001+0', '10+0'),
  TableTooBig: gauge('usvideo_postgres_table_bytes{database="d",table="t"}', '107374182401+0', '107374182399+0'),
  StoreFills: space('14+0', '16+0'),
  StoreFull: space('4+0', '6+0'),
  SpansDropped: gauge('usvideo_spans_dropped_total', '0+1', '3+0'),
  ApiAvailabilityBurnFast: burn(requests('0+2', '0+98').series, WELL),
  ApiAvailabilityBurnSlow: burn(requests('0+7', '0+993').series, WELL, 5, 380),
  ApiAvailabilityBurnLow: burn(requests('0+2', '0+998').series, WELL, 60, 4_380),
  JobSuccessBurnFast: burn(jobs('0+2', '0+8'), jobs('0+0.1', '0+0.4')),
  JobSuccessBurnSlow: burn(jobs('0+7', '0+93'), jobs('0+0.1', '0+0.4'), 5, 380),
  JobSuccessBurnLow: burn(jobs('0+2', '0+98'), jobs('0+0', '0+100'), 60, 4_380),
};
