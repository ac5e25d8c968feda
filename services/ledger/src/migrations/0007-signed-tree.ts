import { Migration } from '@mikro-orm/migrations';

/**
 * The tree over all signed heads is kept, so that a root costs what changed since the one before. An account's leaf stays where its
 * first root put it; those that were signed before stand in the order of their roots until now.
 */
const SIGNED_TREE = /* sql */ `
create table signed_account (
  account_id text primary key,
  leaf bigint not null unique check (leaf >= 0),
  sequence bigint not null,
  version bigint not null,
  hash bytea not null
);
create table signed_node (
  level smallint not null,
  position bigint not null,
  hash bytea not null,
  primary key (level, position)
);
create table signed_position (
  shard smallint primary key,
  shard_seq bigint not null,
  event_id text not null
);
create index signed_head_sequence on signed_head (sequence);

insert into signed_account (account_id, leaf, sequence, version, hash)
select account_id, row_number() over (order by account_id collate "C") - 1, sequence, version, hash
from (select distinct on (account_id) account_id, sequence, version, hash from signed_head order by account_id, sequence desc) newest;

insert into signed_node (level, position, hash)
select 0, leaf, sha256('\\x00'::bytea || convert_to(account_id || E'\\n' || version || E'\\n' || encode(hash, 'hex') || E'\\n', 'UTF8')) from signed_account;

do $$
declare below smallint := 0;
begin
  while (select count(*) from signed_node where level = below) > 1 loop
    insert into signed_node (level, position, hash)
    select below + 1, l.position / 2, case when r.hash is null then l.hash else sha256('\\x01'::bytea || l.hash || r.hash) end
    from signed_node l left join signed_node r on r.level = l.level and r.position = l.position + 1
    where l.level = below and l.position % 2 = 0;
    below := below + 1;
  end loop;
end $$;
`;

/** What funded all accounts, up to an event of each shard: what came later is found by the index of the kinds that count. */
const FUNDING = /* sql */ `
create table funding_total (
  shard smallint primary key,
  shard_seq bigint not null,
  live_micros bigint not null,
  play_micros bigint not null
) with (fillfactor = 50);
create index event_funding on event (shard, shard_seq) where kind in ('funds_added', 'funds_reversed', 'adjustment_made');

drop index hold_pending;
create index hold_pending on hold (placed_at, job_id) include (account_id, amount_micros) where state = 'pending';
create index hold_pending_account on hold (account_id, job_id collate "C") where state = 'pending';
`;

export class Migration0007SignedTree extends Migration {
  override up(): void {
    this.addSql(SIGNED_TREE);
    this.addSql(FUNDING);
  }
}
