import { Migration } from '@mikro-orm/migrations';

/** Refunds, reversals, adjustments, caps, months, top-ups and signed roots; what was stored before is carried over. */
const AUDITED_MONEY = /* sql */ `
alter table ledger_account
  add column receivable_micros bigint not null default 0 check (receivable_micros >= 0),
  add column last_recorded_at timestamptz,
  add column period_first_version bigint not null default 0,
  add column opening_available_micros bigint not null default 0,
  add column opening_held_micros bigint not null default 0,
  add column opening_receivable_micros bigint not null default 0,
  add column period_added_micros bigint not null default 0,
  add column period_refunded_micros bigint not null default 0,
  add column period_reversed_micros bigint not null default 0,
  add column period_adjusted_micros bigint not null default 0,
  add column spend_cap_micros bigint check (spend_cap_micros >= 0),
  add column low_balance_threshold_micros bigint not null default 0 check (low_balance_threshold_micros >= 0),
  add check (available_micros = 0 or receivable_micros = 0);
alter table ledger_account rename column period_spend_micros to period_charged_micros;
alter table ledger_account drop constraint if exists ledger_account_total_spend_micros_check;

update ledger_account a
set period = m.month, period_first_version = m.first_version, last_recorded_at = m.last_recorded_at,
    opening_available_micros = coalesce(o.available_after_micros, 0), opening_held_micros = coalesce(o.held_after_micros, 0),
    period_charged_micros = u.charged, period_jobs = u.jobs,
    period_added_micros = a.available_micros + a.held_micros + u.charged
                          - coalesce(o.available_after_micros, 0) - coalesce(o.held_after_micros, 0)
from (select e.stream_id, to_char(l.last_at at time zone 'UTC', 'YYYY-MM') as month, min(e.version) as first_version, l.last_at as last_recorded_at
      from event e join (select stream_id, max(recorded_at) as last_at from event group by stream_id) l using (stream_id)
      where date_trunc('month', e.recorded_at at time zone 'UTC') = date_trunc('month', l.last_at at time zone 'UTC')
      group by e.stream_id, l.last_at) m
left join lateral (select available_after_micros, held_after_micros from entry
                   where account_id = m.stream_id and version < m.first_version order by version desc limit 1) o on true
cross join lateral (select coalesce(sum(charged_micros), 0) as charged, count(*) as jobs from usage
                    where account_id = m.stream_id and to_char(charged_at at time zone 'UTC', 'YYYY-MM') = m.month) u
where a.account_id = m.stream_id;

alter table hold add column refunded_micros bigint not null default 0,
  add check (refunded_micros between 0 and captured_micros);
alter table entry add column receivable_after_micros bigint not null default 0 check (receivable_after_micros >= 0);
alter table usage add column refunded_micros bigint not null default 0, add check (refunded_micros between 0 and charged_micros);

alter table payment add column source text not null default 'manual', add column reversed_micros bigint not null default 0,
  add check (reversed_micros between 0 and amount_micros);
update payment p set source = 'promotion' from event e
where e.stream_id = p.account_id and e.kind = 'funds_added'
  and position('\\x120970726f6d6f74696f6e'::bytea in e.payload) > 0 and position(convert_to(p.payment_ref, 'UTF8') in e.payload) > 0;

create table natural_key (
  account_id text not null,
  kind text not null check (kind in ('refund', 'reversal', 'adjustment')),
  reference text not null,
  subject text not null,
  amount_micros bigint not null check (amount_micros <> 0),
  recorded_at timestamptz not null,
  primary key (account_id, kind, reference)
);

create table key_cap (
  account_id text not null,
  api_key_id text not null,
  limit_micros bigint check (limit_micros >= 0),
  held_micros bigint not null check (held_micros >= 0),
  month text not null,
  spent_micros bigint not null,
  primary key (account_id, api_key_id)
) with (fillfactor = 50);

create table daily_usage (
  account_id text not null,
  day date not null,
  api_key_id text not null,
  resolution text not null,
  jobs bigint not null,
  seconds bigint not null,
  charged_micros bigint not null,
  refunded_micros bigint not null,
  primary key (account_id, day, api_key_id, resolution)
) with (fillfactor = 50);
insert into daily_usage
select account_id, day, api_key_id, resolution, count(*), sum(duration_seconds), sum(charged_micros), 0 from usage group by 1, 2, 3, 4;

create table statement (
  account_id text not null,
  period text not null,
  first_version bigint not null,
  last_version bigint not null,
  opening_micros bigint not null,
  added_micros bigint not null,
  charged_micros bigint not null,
  refunded_micros bigint not null,
  reversed_micros bigint not null,
  adjusted_micros bigint not null,
  charged_jobs bigint not null,
  closing_available_micros bigint not null,
  closing_held_micros bigint not null,
  closing_receivable_micros bigint not null,
  primary key (account_id, period),
  check (opening_micros + added_micros + refunded_micros + adjusted_micros - charged_micros - reversed_micros
         = closing_available_micros + closing_held_micros - closing_receivable_micros)
);

alter table price add column author text not null default '', add unique (model, resolution, price_version);
create trigger price_rows_never_change before update or delete on price for each row execute function refuse_change();

create table top_up (
  top_up_id text primary key,
  account_id text not null,
  amount_micros bigint not null check (amount_micros > 0),
  provider text not null,
  status text not null check (status in ('pending', 'completed', 'failed', 'expired')),
  idempotency_key text,
  provider_ref text,
  checkout_url text not null default '',
  payment_ref text,
  author text not null,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  unique (account_id, idempotency_key),
  unique (provider, provider_ref),
  check ((status = 'completed') = (payment_ref is not null))
);
create index top_up_account on top_up (account_id, created_at desc, top_up_id desc);
create unique index top_up_payment on top_up (provider, payment_ref) where payment_ref is not null;

create table payment_event (
  provider text not null,
  event_id text not null,
  outcome text not null,
  applied_at timestamptz not null default clock_timestamp(),
  primary key (provider, event_id)
);

create table signed_root (
  sequence bigint primary key,
  signed_at timestamptz not null,
  accounts bigint not null,
  root bytea not null,
  previous_root bytea not null,
  signature bytea not null,
  public_key bytea not null
);
create table signed_head (
  sequence bigint not null,
  account_id text not null,
  version bigint not null,
  hash bytea not null,
  primary key (account_id, sequence)
);
create trigger signed_roots_never_change before update or delete on signed_root for each row execute function refuse_change();
create trigger signed_heads_never_change before update or delete on signed_head for each row execute function refuse_change();
`;

export class Migration0002AuditedMoney extends Migration {
  override up(): void {
    this.addSql(AUDITED_MONEY);
  }
}
