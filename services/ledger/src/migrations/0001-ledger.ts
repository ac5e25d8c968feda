import { Migration } from '@mikro-orm/migrations';
import { eventStoreSchema } from '@usvideo/event-store';

const LEDGER_SCHEMA = /* sql */ `
create table ledger_account (
  account_id text primary key,
  version bigint not null default 0,
  head_hash bytea not null default decode(repeat('00', 32), 'hex'),
  available_micros bigint not null default 0 check (available_micros >= 0),
  held_micros bigint not null default 0 check (held_micros >= 0),
  total_spend_micros bigint not null default 0 check (total_spend_micros >= 0),
  period text not null default '',
  period_spend_micros bigint not null default 0,
  period_jobs bigint not null default 0
) with (fillfactor = 50);

create table hold (
  job_id text primary key,
  account_id text not null,
  state text not null check (state in ('pending', 'captured', 'released')),
  api_key_id text,
  model text,
  resolution text,
  duration_seconds integer,
  per_second_micros bigint,
  price_version integer,
  amount_micros bigint not null check (amount_micros >= 0),
  captured_micros bigint not null default 0 check (captured_micros >= 0),
  released_micros bigint not null default 0 check (released_micros >= 0),
  late_outcome boolean not null default false,
  placed_at timestamptz,
  ended_at timestamptz,
  check (captured_micros + released_micros = case state when 'pending' then 0 else amount_micros end),
  check ((state = 'pending') = (ended_at is null))
);
create index hold_pending on hold (placed_at) where state = 'pending';

create table payment (
  account_id text not null,
  payment_ref text not null,
  amount_micros bigint not null check (amount_micros > 0),
  primary key (account_id, payment_ref)
);

create table entry (
  account_id text not null,
  version bigint not null,
  job_id text not null,
  available_after_micros bigint not null check (available_after_micros >= 0),
  held_after_micros bigint not null check (held_after_micros >= 0),
  primary key (account_id, version)
);
create index entry_job on entry (job_id) where job_id <> '';

create table usage (
  job_id text primary key,
  account_id text not null,
  api_key_id text not null,
  day date not null,
  model text not null,
  resolution text not null,
  duration_seconds integer not null,
  per_second_micros bigint not null,
  charged_micros bigint not null check (charged_micros > 0),
  charged_at timestamptz not null
);
create index usage_day on usage (account_id, day desc, charged_at desc, job_id desc);

create table price (
  model text not null,
  resolution text not null,
  effective_from timestamptz not null,
  price_version integer not null,
  per_second_micros bigint not null check (per_second_micros > 0),
  primary key (model, resolution, effective_from)
);
insert into price (model, resolution, effective_from, price_version, per_second_micros) values
  ('*', '480p', '2026-01-01T00:00:00Z', 1, 100000),
  ('*', '720p', '2026-01-01T00:00:00Z', 1, 250000),
  ('*', '1080p', '2026-01-01T00:00:00Z', 1, 500000);
`;

export class Migration0001Ledger extends Migration {
  override up(): void {
    this.addSql(eventStoreSchema);
    this.addSql(LEDGER_SCHEMA);
  }
}
