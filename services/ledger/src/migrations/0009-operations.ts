import { Migration } from '@mikro-orm/migrations';

/** What operators look at, and of what owners are told. Charges are appended by day: an index of ranges finds those of all accounts. */
const OPERATIONS = /* sql */ `
create table verification_run (
  run_id bigint generated always as identity primary key,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  events_checked bigint not null,
  postings_sum_micros bigint not null,
  roots_checked bigint not null,
  last_root_at timestamptz,
  differences text[] not null
);

create index usage_by_day on usage using brin (day) with (autosummarize = on);

-- A row goes when the owners of the account were told.
create table declined_top_up (
  top_up_id text primary key,
  account_id text not null,
  failure text not null,
  due_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp()
);
create index declined_top_up_due on declined_top_up (due_at);
`;

export class Migration0009Operations extends Migration {
  override up(): void {
    this.addSql(OPERATIONS);
  }
}
