import { Migration } from '@mikro-orm/migrations';

/** What hosted engines were given each day (UTC), and what workers say of themselves. */
export class RemoteEngines0014 extends Migration {
  override up(): void {
    this.addSql(`
create table remote_day (
  day date primary key,
  -- Of attempts that were given out, without those taken back before they began to render.
  spent_micros bigint not null default 0 check (spent_micros >= 0),
  attempts bigint not null default 0,
  -- What customers were charged for the videos of that day's attempts.
  charged_micros bigint not null default 0,
  videos bigint not null default 0
);
alter table worker_presence add column remote boolean not null default false, add column capabilities jsonb not null default '{}'`);
  }
}
