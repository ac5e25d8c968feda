import { Migration } from '@mikro-orm/migrations';
import { epochSchema } from '@usvideo/event-store';

export class Migration0004Epochs extends Migration {
  override up(): void {
    this.addSql(epochSchema);
  }
}
