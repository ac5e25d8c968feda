import { Migration } from '@mikro-orm/migrations';

/** What was given back of a charge is the ledger's to decide and the job's to show. */
export class Refunds0003 extends Migration {
  override up(): void {
    this.addSql('alter table job add column refunded_micros bigint not null default 0');
  }
}
