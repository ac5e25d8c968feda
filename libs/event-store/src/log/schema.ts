/** Of the function behind every trigger that keeps a table append-only. */
export const GUARD_BODY = `
begin
  raise exception 'table % is append-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end `;

/**
 * The tables of the event store, for a service's first migration. `event` is the truth and the outbox: rows are only ever
 * inserted, and the database refuses anything else.
 */
export const eventStoreSchema = /* sql */ `
create table log_epoch (
  only_row boolean primary key default true check (only_row),
  epoch text not null default gen_random_uuid()::text
);
insert into log_epoch default values;

create table shard_head (
  shard smallint primary key,
  next_seq bigint not null default 1,
  last_event_id text not null default ''
) with (fillfactor = 50);
insert into shard_head (shard) select generate_series(0, 15);

create table event (
  shard smallint not null,
  shard_seq bigint not null,
  event_id text not null,
  previous_event_id text not null,
  stream_id text not null,
  version bigint not null,
  account_id text not null,
  environment text not null,
  kind text not null,
  payload bytea not null,
  previous_hash bytea not null,
  hash bytea not null,
  traceparent text not null,
  recorded_at timestamptz not null,
  primary key (shard, shard_seq),
  unique (stream_id, version)
);

create function refuse_change() returns trigger language plpgsql as $$${GUARD_BODY}$$;
create trigger event_rows_never_change before update or delete on event for each row execute function refuse_change();
create trigger event_table_is_never_truncated before truncate on event for each statement execute function refuse_change();

create table relay_cursor (
  shard smallint primary key,
  last_seq bigint not null default 0,
  owner text,
  owner_until timestamptz,
  epoch bigint not null default 0
) with (fillfactor = 50);
insert into relay_cursor (shard) select generate_series(0, 15);

create table consumer_watermark (
  consumer text not null,
  topic text not null,
  shard smallint not null,
  epoch text not null,
  seq bigint not null,
  event_id text not null,
  primary key (consumer, topic, shard)
) with (fillfactor = 50);

create table parked_event (
  consumer text not null,
  topic text not null,
  shard smallint not null,
  seq bigint not null,
  stream_id text not null,
  kind text not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (consumer, topic, shard, seq)
);
create index parked_event_stream on parked_event (consumer, topic, stream_id);
`;
