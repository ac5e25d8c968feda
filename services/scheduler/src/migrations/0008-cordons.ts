import { Migration } from '@mikro-orm/migrations';

/** Which workers and nodes take no more work, and since when whose word it is. */
export class Cordons0008 extends Migration {
  override up(): void {
    this.addSql(`
create table worker_cordon (
  kind text not null check (kind in ('worker', 'node')),
  name text not null,
  state text not null check (state in ('cordoned', 'draining')),
  -- Null: what runs is finished, however long it takes.
  hand_back_at timestamptz,
  author text not null,
  set_at timestamptz not null,
  primary key (kind, name)
);
alter table worker_presence add column engine text not null default '', add column node text not null default '', add column takes_work boolean not null default true`);
  }
}
