type Series = Readonly<Record<string, string>>;

export interface Fault {
  /** What Prometheus scrapes when the fault is there, in promtool's notation, a value every `everyMinutes`. */
  readonly series: Series;
  readonly healthy: Series;
  readonly everyMinutes?: number;
  readonly afterMinutes?: number;
}

const gauge = (name: string, bad: string, good: string): Fault => ({ series: { [name]: `${bad}x60` }, healthy: { [name]: `${good}x60` } });

const requests = (failed: string, answered: string, everyMinutes = 1, afterMinutes = 40): Pick<Fault, 'everyMinutes' | 'afterMinutes'> & { readonly series: Series } => ({
  everyMinutes, afterMinutes,
  series: { 'usvideo_http_outcomes_total{listener="public",outcome="failed"}': `${failed}x80`, 'usvideo_http_outcomes_total{listener="public",outcome="answered"}': `${answered}x80` },
});

const jobs = (failed: string, completed: string): Series => ({
  'usvideo_jobs_ended_total{environment="live",status="failed"}': `${failed}x80`, 'usvideo_jobs_ended_total{environment="live",status="completed"}': `${completed}x80`,
});

const burn = (bad: Series, good: Series, everyMinutes = 1, afterMinutes = 40): Fault => ({ series: bad, healthy: good, everyMinutes, afterMinutes });
const WELL = requests('0+0', '0+100').series;

/** One fault for each alert; where a ratio has a floor, the healthy case is the same ratio among too few. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  TargetDown: gauge('up{instance="ledger:8081"}', '0+0', '1+0'),
  QueueTooOld: gauge('usvideo_queue_oldest_age_seconds{class="a"}', '301+0', '299+0'),
  NoWorkers: {
    series: { 'usvideo_queue_depth{class="a"}': '4+0x60', usvideo_workers: '0+0x60' }, healthy: { 'usvideo_queue_depth{class="a"}': '4+0x60', usvideo_workers: '1+0x60' },
  },
  GpuIdleWhileQueued: {
    series: { 'usvideo_queue_free_slots{class="a"}': '2+0x60', 'usvideo_queue_oldest_age_seconds{class="a"}': '31+0x60' },
    healthy: { 'usvideo_queue_free_slots{class="a"}': '2+0x60', 'usvideo_queue_oldest_age_seconds{class="b"}': '31+0x60' },
  },
  LeasesExpire: gauge('usvideo_lease_expiries_total{class="a"}', '0+1', '0+0'),
  AttemptsFail: {
    series: { 'usvideo_render_attempts_total{engine="e",outcome="completed"}': '0+1x60', 'usvideo_render_attempts_total{engine="e",outcome="failed"}': '0+1x60' },
    healthy: { 'usvideo_render_attempts_total{engine="e",outcome="completed"}': '0+0.2x60', 'usvideo_render_attempts_total{engine="e",outcome="failed"}': '0+0.2x60' },
  },
  LedgerImbalance: gauge('usvideo_ledger_imbalance_micros', '1+0', '0+0'),
  LedgerDiffers: gauge('usvideo_ledger_differences', '1+0', '0+0'),
  ReconciliationDiffers: gauge('usvideo_reconciliation_differences', '1+0', '0+0'),
  VerdictsRefused: gauge('usvideo_verdicts_refused_total{refusal="hold_unknown"}', '0+1', '4+0'),
  PaymentNewsRefused: gauge('usvideo_payment_events_total{provider="stripe",outcome="refused"}', '0+1', '4+0'),
  CounterDrift: gauge('usvideo_counter_drift_total', '0+1', '5+0'),
  ConsumerParked: gauge('usvideo_consumer_parked_events{consumer="ledger"}', '1+0', '0+0'),
  ConsumerLags: gauge('usvideo_consumer_lag_seconds{consumer="ledger",topic="t"}', '61+0', '59+0'),
  ConsumerHalted: gauge('usvideo_consumer_halted_shards{consumer="ledger",topic="t"}', '1+0', '0+0'),
  EventsOwed: gauge('usvideo_delivery_audit_differences{consumer="ledger",topic="t"}', '1+0', '0+0'),
  OutboxLags: gauge('usvideo_outbox_lag_seconds{topic="t"}', '61+0', '59+0'),
  WebhooksWait: gauge('usvideo_webhook_oldest_due_age_seconds', '301+0', '299+0'),
  WebhooksFail: {
    series: { 'usvideo_webhook_attempts_total{outcome="delivered"}': '0+1x60', 'usvideo_webhook_attempts_total{outcome="http_5xx"}': '0+2x60' },
    healthy: { 'usvideo_webhook_attempts_total{outcome="delivered"}': '0+0.2x60', 'usvideo_webhook_attempts_total{outcome="http_5xx"}': '0+0.4x60' },
  },
  CallsFail: {
    series: { 'usvideo_rpc_requests_total{service="s",status="OK"}': '0+10x60', 'usvideo_rpc_requests_total{service="s",status="INTERNAL"}': '0+1x60' },
    healthy: { 'usvideo_rpc_requests_total{service="s",status="OK"}': '0+10x60', 'usvideo_rpc_requests_total{service="s",status="NOT_FOUND"}': '0+5x60' },
  },
  LoopFails: gauge('usvideo_loop_errors_total{loop="l"}', '0+1', '0+0'),
  PostgresConnections: {
    series: { 'usvideo_postgres_server_connections{database="d"}': '81+0x60', 'usvideo_postgres_connections_max{database="d"}': '100+0x60' },
    healthy: { 'usvideo_postgres_server_connections{database="d"}': '79+0x60', 'usvideo_postgres_connections_max{database="d"}': '100+0x60' },
  },
  PostgresDeadTuples: gauge('usvideo_postgres_dead_tuples{database="d",table="t"}', '100001+0', '99999+0'),
  PostgresOldTransaction: gauge('usvideo_postgres_oldest_transaction_seconds{database="d"}', '301+0', '1+0'),
  PostgresOldSnapshot: gauge('usvideo_postgres_oldest_xmin_age{database="d"}', '2000001+0', '10+0'),
  SpansDropped: gauge('usvideo_spans_dropped_total', '0+1', '3+0'),
  ApiAvailabilityBurnFast: burn(requests('0+2', '0+98').series, WELL),
  ApiAvailabilityBurnSlow: burn(requests('0+7', '0+993').series, WELL, 5, 380),
  ApiAvailabilityBurnLow: burn(requests('0+2', '0+998').series, WELL, 60, 4_380),
  JobSuccessBurnFast: burn(jobs('0+2', '0+8'), jobs('0+0.1', '0+0.4')),
  JobSuccessBurnSlow: burn(jobs('0+7', '0+93'), jobs('0+0.1', '0+0.4'), 5, 380),
  JobSuccessBurnLow: burn(jobs('0+2', '0+98'), jobs('0+0', '0+100'), 60, 4_380),
};
