import { Migration } from '@mikro-orm/migrations';

/** Refunds as they are heard from the ledger, each once. */
export class RefundEvents0007 extends Migration {
  override up(): void {
    this.addSql(`
create table refund (
  job_id text not null,
  refund_key text not null,
  amount_micros bigint not null check (amount_micros > 0),
  primary key (job_id, refund_key)
)`);
  }
}
