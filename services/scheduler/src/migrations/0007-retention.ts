import { Migration } from '@mikro-orm/migrations';

/** Rows come in the order of their time, which an index of ranges knows at next to no cost. */
export class Retention0007 extends Migration {
  override up(): void {
    this.addSql(`
create index job_content_age on job_content using brin (created_at) with (pages_per_range = 32);
create index job_content_account on job_content (account_id);
create table content_erasure (account_id text primary key, asked_at timestamptz not null)`);
  }
}
