import { Migration } from '@mikro-orm/migrations';
import { epochSchema } from '@usvideo/event-store';

/** Where the event of an intent is in the log of its publisher, for the day on which that log is restored. */
const PLACES = /* sql */ `
alter table feed_intent add column shard smallint, add column shard_seq bigint`;

export class Migration0002Epochs extends Migration {
  override up(): void {
    this.addSql(epochSchema);
    this.addSql(PLACES);
  }
}
