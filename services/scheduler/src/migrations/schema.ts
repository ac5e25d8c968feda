/**
 * The saga of a submission and its admission. `submission` holds no content: only the process that wrote a row ever submits it,
 * everybody else may only void it, so what the customer wrote stays in memory until `job_content` has it.
 *
 * `admission` is locked by submissions only and `account_slot` by dispatch and cancel only, so that the two never wait for each
 * other. Waiting jobs = admitted - departed; a stale `departed` only over-estimates.
 */
export const submissionTables = /* sql */ `
create table submission (
  job_id text primary key,
  account_id text not null,
  environment text not null,
  state text not null check (state in ('authorizing', 'submitted', 'voiding', 'voided')),
  idempotency_key text,
  created_at timestamptz not null,
  void_attempts integer not null default 0,
  void_after timestamptz
) with (fillfactor = 70);
create index submission_unfinished on submission (created_at) where state in ('authorizing', 'voiding');
create index submission_finished on submission (created_at) where state in ('submitted', 'voided');

create table idempotency_key (
  account_id text not null,
  environment text not null,
  key text not null,
  request_sha256 bytea not null,
  job_id text not null,
  created_at timestamptz not null,
  primary key (account_id, environment, key)
);
create index idempotency_key_age on idempotency_key (created_at);

create table admission (
  account_id text not null,
  environment text not null,
  admitted bigint not null default 0,
  primary key (account_id, environment)
) with (fillfactor = 50);

create unlogged table rate_limit (
  account_id text not null,
  environment text not null,
  policy text not null,
  -- Theoretical arrival time of GCRA, in microseconds since the epoch of the database's clock.
  tat_micros bigint not null default 0,
  -- The outcome of the last check; it leaves the statement that made it through RETURNING.
  granted integer not null default 0,
  checked_micros bigint not null default 0,
  primary key (account_id, environment, policy)
) with (fillfactor = 50);
`;

/**
 * `job` is lock, snapshot and read model of one stream: whoever writes events of a job, or touches its `job_queue` row other
 * than for a heartbeat, holds its row lock. `settled_at` and
 * `refunded_micros` are the columns written outside the job writer.
 */
export const jobTables = /* sql */ `
create table job (
  job_id text primary key,
  account_id text not null,
  environment text not null,
  version bigint not null,
  head_hash bytea not null,
  state text not null check (state in ('queued', 'leased', 'rendering', 'completed', 'failed', 'cancelled')),
  api_key_id text not null,
  model text not null,
  mode text not null,
  resolution text not null,
  aspect_ratio text not null,
  duration_seconds integer not null,
  seed bigint not null,
  job_class text not null,
  estimated_cost_micros bigint not null,
  deadline_at timestamptz not null,
  attempts jsonb not null default '[]',
  charged_micros bigint,
  released_micros bigint,
  verdict_rule text,
  artifact jsonb,
  error_code text,
  error_message text,
  traceparent text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  rendering_started_at timestamptz,
  ended_at timestamptz,
  content_erased_at timestamptz,
  settled_at timestamptz,
  settle_attempts integer not null default 0,
  settle_after timestamptz
) with (fillfactor = 60);
create index job_newest on job (account_id, environment, created_at desc, job_id desc);
create index job_newest_in_state on job (account_id, environment, state, created_at desc, job_id desc);
create index job_unsettled on job (ended_at) where ended_at is not null and settled_at is null;

create table job_content (
  job_id text primary key,
  account_id text not null,
  environment text not null,
  created_at timestamptz not null,
  end_user text,
  -- Content of the contract as JSON.
  content jsonb not null
);
create index job_content_end_user on job_content (account_id, environment, end_user, created_at desc, job_id desc)
  where end_user is not null;
-- An uploaded frame is stored once for all jobs that show it: erasure looks for the others.
create index job_content_first_frame on job_content ((content ->> 'firstFrameKey')) where content ->> 'firstFrameKey' is not null;
`;

/**
 * The hot tables. `job_queue` holds queued and leased jobs only; a job that ends leaves it in the same transaction.
 *
 * Whoever moves a job moves the counters of `account_slot` with it: queued to leased running + 1 and departed + 1, leased to
 * queued running - 1 and departed - 1, queued to ended departed + 1, leased to ended running - 1.
 */
export const dispatchTables = /* sql */ `
create table account_slot (
  account_id text not null,
  environment text not null,
  concurrent_jobs integer not null default 10,
  queued_jobs integer not null default 1000,
  creates_per_minute integer not null default 300,
  reads_per_minute integer not null default 3000,
  -- The version of the limits held; a higher one replaces them.
  limits_version bigint not null default 0,
  suspended boolean not null default false,
  running integer not null default 0,
  departed bigint not null default 0,
  primary key (account_id, environment)
) with (fillfactor = 50);

-- Who may be dispatched. Submission sets active outside its transaction, the claim clears it when it finds nothing and looks
-- again after its commit: one of the two always sees the other.
create table account_class (
  account_id text not null,
  environment text not null,
  job_class text not null,
  -- Expected GPU milliseconds over weight, charged at dispatch and corrected at the end.
  virtual_time double precision not null default 0,
  weight double precision not null default 1,
  active boolean not null default true,
  primary key (account_id, environment, job_class)
) with (fillfactor = 50);
create index account_class_next on account_class (job_class, virtual_time, account_id, environment) where active;

-- The virtual time a class has reached: who becomes active starts there at the earliest, so that the idle bank nothing.
-- The claim moves it forward to the lowest virtual time it dispatched.
create table class_clock (
  job_class text primary key,
  virtual_time double precision not null default 0
) with (fillfactor = 50);

create sequence job_queue_order;

create table job_queue (
  job_id text primary key,
  account_id text not null,
  environment text not null,
  job_class text not null,
  state text not null check (state in ('queued', 'leased')),
  -- Order of submission. A job that is queued again keeps it, and so stands at the head of its account.
  queue_order bigint not null default nextval('job_queue_order'),
  available_at timestamptz not null,
  deadline_at timestamptz not null,
  worker_id text,
  attempt integer not null default 0,
  lease_id text,
  lease_until timestamptz,
  -- True from RenderingStarted to the end of the lease.
  rendering boolean not null default false,
  render_deadline_at timestamptz,
  progress integer not null default 0,
  expected_gpu_ms bigint not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);
create index job_queue_next on job_queue (account_id, environment, job_class, queue_order) where state = 'queued';
create index job_queue_class on job_queue (job_class, queue_order) where state = 'queued';
create index job_queue_lease on job_queue (lease_until) where state = 'leased';
create index job_queue_worker on job_queue (worker_id) where state = 'leased';
create index job_queue_deadline on job_queue (deadline_at) where not rendering;
`;

/**
 * What the estimate of waiting times knows of the fleet, from every replica. `worker_presence` may be lost in a crash: whoever is
 * here says so again within a second.
 *
 * An account's share of the fleet follows the jobs it may run at once: 10, the standard plan's, weigh 1. A raised limit raises
 * the share with it.
 */
export const fleetTables = /* sql */ `
create unlogged table worker_presence (
  worker_id text not null,
  job_class text not null,
  slots integer not null,
  seen_at timestamptz not null,
  primary key (worker_id, job_class)
) with (fillfactor = 50);

-- GPU time expected and really taken by what was rendered lately; the older it is the less it counts.
create table class_pace (
  job_class text primary key,
  renders bigint not null,
  expected_ms double precision not null,
  actual_ms double precision not null
) with (fillfactor = 50);

alter table account_slot add column weight double precision not null generated always as (greatest(concurrent_jobs, 1) / 10.0) stored;
alter table account_class drop column weight;
`;
