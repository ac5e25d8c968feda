import { Migration } from '@mikro-orm/migrations';

/**
 * What operators look at. The last failure of a worker may be lost in a crash. Jobs end nearly in the order of their rows, so that an
 * index of ranges finds those of a day, and does not stand in the way of updates that stay on their page.
 */
const OPERATIONS = /* sql */ `
create unlogged table worker_failure (
  worker_id text primary key,
  job_id text not null,
  error_code text not null,
  error_message text not null,
  failed_at timestamptz not null
) with (fillfactor = 50);

create table reconciliation_run (
  run_id bigint generated always as identity primary key,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  grace_seconds integer not null,
  jobs_checked bigint not null,
  holds_checked bigint not null,
  under_way bigint not null,
  differences text[] not null
);

create index job_ended on job using brin (ended_at) with (autosummarize = on);
`;

export class Operations0015 extends Migration {
  override up(): void {
    this.addSql(OPERATIONS);
  }
}
