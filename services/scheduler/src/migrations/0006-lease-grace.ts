import { Migration } from '@mikro-orm/migrations';

/** No lease lapses before this moment, whichever replica looks: workers come back after the database was away. */
export class LeaseGrace0006 extends Migration {
  override up(): void {
    this.addSql(`
create table lease_grace (only_row boolean primary key default true check (only_row), until timestamptz not null);
insert into lease_grace (until) values ('-infinity')`);
  }
}
