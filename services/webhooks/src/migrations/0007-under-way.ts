import { Migration } from '@mikro-orm/migrations';

/** What is under way, by account and by server: counted without a look at what waits there. */
const UNDER_WAY = /* sql */ `
create index delivery_under_way on delivery (account_id, isolation_key) where status = 'pending' and lease_until is not null;
drop index delivery_leased`;

export class Migration0007UnderWay extends Migration {
  override up(): void {
    this.addSql(UNDER_WAY);
  }
}
