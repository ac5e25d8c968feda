import { Migration } from '@mikro-orm/migrations';

const ENDPOINTS = /* sql */ `
create table endpoint (
  endpoint_id text primary key,
  account_id text not null,
  environment text not null,
  url text not null,
  isolation_key text not null,
  events text[] not null,
  description text not null,
  enabled boolean not null default true,
  -- gone, unreachable or customer; empty while enabled.
  disabled_reason text not null default '',
  disabled_at timestamptz,
  -- The customer's static request headers as JSON, sealed.
  headers_key_id text not null,
  headers_sealed bytea not null,
  created_at timestamptz not null,
  unique (account_id, environment, url)
);
create index endpoint_isolation on endpoint (isolation_key) where enabled;

-- The newest without an end is in force; one before it is used beside it until it ends.
create table signing_secret (
  secret_id text primary key,
  -- An endpoint, or an account and environment for the URLs of jobs.
  owner text not null,
  key_id text not null,
  sealed bytea not null,
  created_at timestamptz not null,
  ends_at timestamptz
);
create index signing_secret_owner on signing_secret (owner, created_at desc);
create unique index signing_secret_in_force on signing_secret (owner) where ends_at is null;

alter table delivery
  add column endpoint_id text,
  add column redelivery_of text,
  -- All requests made, probes included; attempts counts against the four.
  add column requests integer not null default 0;
create index delivery_redelivery on delivery (account_id, next_attempt_at) where status = 'pending' and redelivery_of is not null;
create index delivery_endpoint on delivery (endpoint_id) where status = 'pending' and endpoint_id is not null;
create index delivery_ended on delivery (created_at);

alter table delivery_attempt add column address text not null default '', add column probe boolean not null default false;

-- The breaker of a server: what was counted since when, and until when it is left alone.
alter table destination
  add column counted_since timestamptz,
  add column succeeded integer not null default 0,
  add column failed integer not null default 0,
  add column broken_since timestamptz,
  add column open_until timestamptz,
  add column probes_failed integer not null default 0;
create index destination_broken on destination (broken_since) where broken_since is not null;

-- Whether the URL of the job hears of it, beside endpoints.
alter table feed_intent add column tells_url boolean not null default true;
create index feed_event_recorded on feed_event (recorded_at);
`;

export class Migration0005Endpoints extends Migration {
  override up(): void {
    this.addSql(ENDPOINTS);
  }
}
