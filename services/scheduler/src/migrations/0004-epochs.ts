import { Migration } from '@mikro-orm/migrations';
import { epochSchema } from '@usvideo/event-store';

export class Epochs0004 extends Migration {
  override up(): void {
    this.addSql(epochSchema);
  }
}
