import { Migration } from '@mikro-orm/migrations';
import { fleetTables } from './schema';

/** What waiting times are estimated from, and shares that follow the limits. */
export class Fleet0002 extends Migration {
  override up(): void {
    this.addSql(fleetTables);
  }
}
