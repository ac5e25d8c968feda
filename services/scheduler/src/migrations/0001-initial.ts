import { eventStoreSchema } from '@usvideo/event-store';
import { Migration } from '@mikro-orm/migrations';
import { dispatchTables, jobTables, submissionTables } from './schema';

/** Everything the scheduler owns, from an empty database. */
export class Initial0001 extends Migration {
  override up(): void {
    this.addSql(eventStoreSchema);
    this.addSql(submissionTables);
    this.addSql(jobTables);
    this.addSql(dispatchTables);
  }
}
