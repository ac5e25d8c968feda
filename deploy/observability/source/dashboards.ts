import { type Dashboard, figure, lines, type Panel } from './model.ts';
import { PLATFORM_DASHBOARDS } from './platform-dashboards.ts';
import { RANGE, RATE, quantiles } from './queries.ts';
import { errorRatio, SERVICE_LEVELS } from './service-levels.ts';

const levelPanels = SERVICE_LEVELS.flatMap((level): Panel[] => [
  figure(
    `${level.title}: error budget left`,
    'percentunit',
    `1 - ${errorRatio(level, '3d')} / ${Number((1 - level.objective).toPrecision(6))}`,
    `Of the budget of the last three days, at an objective of ${level.objective * 100} %. Below 0 the promise is broken.`,
  ),
  lines(
    `${level.title}: failed share`,
    'percentunit',
    { '5 m': errorRatio(level, '5m'), '1 h': errorRatio(level, '1h'), '6 h': errorRatio(level, '6h') },
    'The windows that the burn-rate alerts compare.',
  ),
]);

export const DASHBOARDS: readonly Dashboard[] = [
  {
    uid: 'usvideo-service-level',
    title: 'Service level',
    panels: [
      ...levelPanels,
      figure(
        'Videos completed',
        'short',
        `sum(increase(usvideo_jobs_ended_total{status="completed"}[${RANGE}]))`,
        'In the time shown.',
      ),
      figure(
        'Jobs failed',
        'short',
        `sum(increase(usvideo_jobs_ended_total{status="failed"}[${RANGE}]))`,
        'In the time shown, live and test together.',
      ),
      lines(
        'Requests by status',
        'reqps',
        { '{{status}}': `sum by (status) (rate(usvideo_http_requests_total{listener="public"}[${RATE}]))` },
        'What customers are answered.',
      ),
    ],
  },
  {
    uid: 'usvideo-red',
    title: 'Requests of every service',
    panels: [
      figure(
        'Creates accepted',
        'short',
        `sum(increase(usvideo_http_requests_total{listener="public",method="POST",route="/v1/videos",status="202"}[${RANGE}]))`,
        'In the time shown.',
      ),
      lines(
        "Customers' requests",
        'reqps',
        { '{{method}} {{route}}': `sum by (method, route) (rate(usvideo_http_requests_total[${RATE}]))` },
        'Rate by route.',
      ),
      lines(
        "Customers' requests that failed",
        'percentunit',
        {
          failed: `sum(rate(usvideo_http_outcomes_total{outcome="failed"}[${RATE}])) / sum(rate(usvideo_http_outcomes_total[${RATE}]))`,
        },
        'Share answered with 500 or above.',
      ),
      lines(
        'Time to answer',
        's',
        quantiles('usvideo_http_request_seconds', 'route'),
        'Waiting requests (Prefer: wait) and event streams count as long as they last.',
      ),
      lines(
        'Calls between services',
        'reqps',
        { '{{service}} {{method}}': `sum by (service, method) (rate(usvideo_rpc_requests_total[${RATE}]))` },
        'Rate by method of the service called.',
      ),
      lines(
        'Calls by status',
        'reqps',
        { '{{service}} {{status}}': `sum by (service, status) (rate(usvideo_rpc_requests_total[${RATE}]))` },
        'Anything but OK and the refusals of business deserves a look.',
      ),
      lines(
        'Time of calls',
        's',
        quantiles('usvideo_rpc_request_seconds', 'service'),
        'As the service called sees it.',
      ),
      lines(
        'Background work that failed',
        'short',
        { '{{loop}}': `sum by (loop) (increase(usvideo_loop_errors_total[${RATE}]))` },
        'Each failure is logged with its reason.',
      ),
      figure(
        'Spans dropped',
        'short',
        `sum(increase(usvideo_spans_dropped_total[${RANGE}]))`,
        'Above 0 traces have holes.',
      ),
    ],
  },
  {
    uid: 'usvideo-queue',
    title: 'Queue and fairness',
    panels: [
      lines(
        'Jobs waiting',
        'short',
        { '{{class}} {{environment}}': 'max by (class, environment) (usvideo_queue_depth{state="eligible"})' },
        'For a worker. From the scheduler, so also while none is connected; every replica reports the whole queue.',
      ),
      lines(
        'Jobs held by a limit',
        'short',
        { '{{class}} {{environment}}': 'max by (class, environment) (usvideo_queue_depth{state="held"})' },
        'They wait for jobs of their own account; no worker changes that.',
      ),
      lines(
        'Slots wanted',
        'short',
        { '{{class}}': 'max by (class) (usvideo_fleet_wanted_slots)' },
        'What runs, and what waits and may start: fleets are scaled by it.',
      ),
      lines(
        'Oldest job waiting',
        's',
        {
          '{{class}} {{environment}}':
            'max by (class, environment) (usvideo_queue_oldest_age_seconds{state="eligible"})',
        },
        'Without a pause, for a worker. The alert comes at five minutes and the time that a fleet takes to grow.',
      ),
      lines(
        'Wait before the first attempt',
        's',
        quantiles('usvideo_queue_wait_seconds', 'class'),
        'Of the jobs that were leased.',
      ),
      figure(
        'Leases granted',
        'short',
        `sum(increase(usvideo_leases_granted_total[${RANGE}]))`,
        'Attempts handed to workers in the time shown.',
      ),
      lines(
        'Accounts waiting',
        'short',
        { '{{class}}': 'max by (class) (usvideo_queue_accounts)' },
        'Between whom the fleet is shared.',
      ),
      lines(
        'Unfairness',
        's',
        { '{{class}}': 'max by (class) (usvideo_queue_virtual_time_spread_seconds)' },
        'Between the waiting account that had the most of its share and the one that had the least. Fair is about the length of one job.',
      ),
      lines(
        'Slots free for the class',
        'short',
        { '{{class}}': 'sum by (class) (usvideo_queue_free_slots)' },
        'Free slots beside waiting jobs mean that dispatch is stuck.',
      ),
    ],
  },
  {
    uid: 'usvideo-fleet',
    title: 'Render fleet',
    panels: [
      lines(
        'Slots',
        'short',
        { '{{engine}} {{state}}': 'sum by (engine, state) (usvideo_worker_slots)' },
        'Of the workers connected.',
      ),
      lines(
        'Workers',
        'short',
        { '{{class}}': 'sum by (class) (usvideo_workers)' },
        'Connected and not draining, in each class that they render.',
      ),
      lines(
        'Idle while jobs wait',
        'short',
        {
          '{{class}}':
            'sum by (class) (usvideo_queue_free_slots) * (max by (class) (usvideo_queue_depth{state="eligible"}) > bool 0)',
        },
        'Should be 0.',
      ),
      figure(
        'Leases expired',
        'short',
        `sum(increase(usvideo_lease_expiries_total[${RANGE}]))`,
        'Each is a worker that fell silent and work done twice.',
      ),
      figure(
        'GPU-seconds paid',
        's',
        `sum(increase(usvideo_gpu_seconds_paid_total[${RANGE}]))`,
        'Slots times time, busy or not.',
      ),
      figure(
        'GPU-seconds productive',
        's',
        `sum(increase(usvideo_gpu_seconds_total{outcome="completed"}[${RANGE}]))`,
        'Spent on attempts that became a video.',
      ),
      lines(
        'Productive share',
        'percentunit',
        {
          productive: `sum(rate(usvideo_gpu_seconds_total{outcome="completed"}[${RATE}])) / sum(rate(usvideo_gpu_seconds_paid_total[${RATE}]))`,
        },
        'The rest is idle, waste or failure.',
      ),
      figure(
        'Cost per video',
        'currencyUSD',
        `sum(increase(usvideo_gpu_cost_usd_total[${RANGE}])) / sum(increase(usvideo_jobs_ended_total{status="completed"}[${RANGE}]))`,
        'All slots at GPU_HOUR_USD over the videos completed.',
      ),
      lines(
        'Attempts',
        'short',
        { '{{engine}} {{outcome}}': `sum by (engine, outcome) (increase(usvideo_render_attempts_total[${RATE}]))` },
        'By how they ended.',
      ),
      lines(
        'Hosted engines today',
        'currencyUSD',
        { '{{figure}}': 'max by (figure) (usvideo_remote_day_usd)' },
        'The budget of the UTC day, what attempts cost of it, and what their videos were sold for.',
      ),
      figure(
        'Margin of hosted engines today',
        'currencyUSD',
        'max(usvideo_remote_day_usd{figure="sold for"}) - max(usvideo_remote_day_usd{figure="spent"})',
        'What videos were sold for less what the engines took, failed attempts included.',
      ),
      lines(
        'Moderation',
        'short',
        {
          '{{stage}} {{outcome}}': `sum by (stage, outcome) (increase(usvideo_moderation_judgements_total[${RATE}]))`,
        },
        'What was judged before and after rendering; away: the server did not answer.',
      ),
      lines('Time to render', 's', quantiles('usvideo_render_seconds', 'engine'), 'From lease to finished file.'),
      lines(
        'Frames',
        'short',
        { '{{engine}}': `sum by (engine) (rate(usvideo_frames_encoded_total[${RATE}]))` },
        'Encoded per second.',
      ),
    ],
  },
  {
    uid: 'usvideo-money',
    title: 'Money',
    panels: [
      figure(
        'Imbalance',
        'short',
        'max(abs(usvideo_ledger_imbalance_micros))',
        'Micro-dollars by which the books do not balance. Anything but 0 is a page.',
      ),
      figure(
        'Ledger differences',
        'short',
        'max(usvideo_ledger_differences)',
        'Rows, events and roots that the events do not explain, at the last verification. Anything but 0 is a page.',
      ),
      figure(
        'Since the last verification',
        's',
        'time() - max(usvideo_ledger_last_verified_timestamp_seconds)',
        'A day at most.',
      ),
      figure(
        'Reconciliation differences',
        'short',
        'max(usvideo_reconciliation_differences)',
        'Jobs whose money is not what their verdict says, at the last comparison.',
      ),
      figure(
        'Since the last reconciliation',
        's',
        'time() - max(usvideo_reconciliation_last_run_timestamp_seconds)',
        'Hours at most.',
      ),
      lines(
        'Verdicts refused',
        'short',
        { '{{refusal}}': `sum by (refusal) (increase(usvideo_verdicts_refused_total[${RATE}]))` },
        'The ledger contradicts the scheduler. Anything but 0 is a page.',
      ),
      figure(
        'Jobs without a hold',
        'short',
        'max(usvideo_jobs_without_hold)',
        'Live jobs that have not ended and cannot be charged. Anything but 0 is a page.',
      ),
      figure(
        'Holds placed',
        'short',
        `sum(increase(usvideo_ledger_entries_total{kind="PlaceHold",answer="accepted"}[${RANGE}]))`,
        'In the time shown.',
      ),
      figure(
        'Holds settled',
        'short',
        `sum(increase(usvideo_ledger_entries_total{kind="Settle",answer="accepted"}[${RANGE}]))`,
        'Captured or released in the time shown.',
      ),
      figure('Pending holds', 'short', 'max(usvideo_ledger_pending_holds)', 'Of jobs that have not ended.'),
      lines(
        "Customers' money",
        'currencyUSD',
        { '{{book}}': 'max by (book) (usvideo_ledger_micros) / 1e6' },
        'Available, held, and spent so far.',
      ),
      lines(
        'Ledger commands',
        'reqps',
        { '{{kind}} {{answer}}': `sum by (kind, answer) (rate(usvideo_ledger_entries_total[${RATE}]))` },
        'Refusals among them.',
      ),
      lines(
        'News of payments',
        'short',
        { '{{provider}} {{outcome}}': `sum by (provider, outcome) (increase(usvideo_payment_events_total[${RATE}]))` },
        'What payment providers reported. Refused needs a person; early and failed come again.',
      ),
    ],
  },
  {
    uid: 'usvideo-webhooks',
    title: 'Webhooks',
    panels: [
      figure(
        'Delivered',
        'short',
        `sum(increase(usvideo_webhook_attempts_total{outcome="delivered"}[${RANGE}]))`,
        'Attempts that were answered with 2xx in the time shown.',
      ),
      lines(
        'Attempts',
        'short',
        { '{{outcome}}': `sum by (outcome) (increase(usvideo_webhook_attempts_total[${RATE}]))` },
        'By outcome.',
      ),
      lines(
        'Oldest due',
        's',
        { age: 'max(usvideo_webhook_oldest_due_age_seconds)' },
        'How long the oldest delivery has been due.',
      ),
      lines('Time of an attempt', 's', quantiles('usvideo_webhook_attempt_seconds'), "Customers' servers, mostly."),
      lines(
        'Servers in trouble',
        'short',
        { servers: 'max(usvideo_webhook_broken_servers)' },
        "Customers' servers that answer nothing, 429 or 5xx: what waits for them is parked.",
      ),
      lines(
        'Deleted after its time',
        'short',
        { '{{what}}': `sum by (what) (increase(usvideo_retention_removed_total[${RATE}]))` },
        'Content, files, rows of the feed, of deliveries and of the audit log that were kept long enough.',
      ),
    ],
  },
  ...PLATFORM_DASHBOARDS,
];
