import { Migration } from '@mikro-orm/migrations';

/** Whose servers have something due, one step of the index for each account. */
const TURNS = /* sql */ `
create index destination_turn on destination (account_id, next_due_at) where next_due_at is not null;
drop index destination_due`;

export class Migration0006Turns extends Migration {
  override up(): void {
    this.addSql(TURNS);
  }
}
