import { Migration } from '@mikro-orm/migrations';
import { eventStoreSchema } from '@usvideo/event-store';

export class Migration0001Webhooks extends Migration {
  override up(): void {
    this.addSql(eventStoreSchema);
    this.addSql(webhooksSchema);
  }
}

const webhooksSchema = /* sql */ `
create table account_secret (
  account_id text primary key,
  -- Which encryption key sealed it.
  key_id text not null,
  sealed bytea not null,
  created_at timestamptz not null default now()
);

create table feed_head (
  account_id text not null,
  environment text not null,
  next_seq bigint not null default 1,
  primary key (account_id, environment)
) with (fillfactor = 50);

-- What happened, in the order in which customers read it. The body is filled once, when the job has been described.
create table feed_event (
  account_id text not null,
  environment text not null,
  seq bigint not null,
  event_id text not null unique,
  event text not null,
  job_id text not null,
  job_version bigint not null,
  recorded_at timestamptz not null,
  traceparent text not null,
  body bytea,
  primary key (account_id, environment, seq)
);
create index feed_event_job on feed_event (job_id);

-- Events whose body is still to be fetched. check_at moves ahead while somebody is at it.
create table feed_intent (
  event_id text primary key references feed_event (event_id),
  check_at timestamptz not null
) with (fillfactor = 50);
create index feed_intent_check on feed_intent (check_at);

-- One row per account and server that deliveries go to; the lock under which its work is claimed.
create table destination (
  isolation_key text primary key,
  account_id text not null,
  -- The earliest moment at which claiming may find something; null: nothing is pending.
  next_due_at timestamptz
) with (fillfactor = 50);
create index destination_due on destination (next_due_at) where next_due_at is not null;

create table delivery (
  delivery_id text primary key,
  account_id text not null,
  environment text not null,
  event_id text not null references feed_event (event_id),
  event text not null,
  job_id text not null,
  job_version bigint not null,
  -- Null once the job's content was erased.
  url text,
  isolation_key text not null,
  -- 2 only where the sandbox was asked to send its webhook twice.
  copy smallint not null default 1,
  status text not null check (status in ('pending', 'delivered', 'failed', 'superseded')),
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  lease_id text,
  lease_until timestamptz,
  traceparent text not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  unique (event_id, url, copy),
  check ((status = 'pending') = (next_attempt_at is not null))
) with (fillfactor = 70);
create index delivery_due on delivery (isolation_key, next_attempt_at) where status = 'pending';
create index delivery_oldest on delivery (next_attempt_at) where status = 'pending';
create index delivery_leased on delivery (account_id) where status = 'pending' and lease_until is not null;
create index delivery_log on delivery (account_id, environment, delivery_id);
create index delivery_job on delivery (job_id);

create table delivery_attempt (
  delivery_id text not null references delivery,
  attempt integer not null,
  started_at timestamptz not null,
  duration_ms integer not null,
  http_status integer not null,
  error text not null,
  response_excerpt text not null,
  primary key (delivery_id, attempt)
);
`;
