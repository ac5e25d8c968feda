import { Migration } from '@mikro-orm/migrations';
import { epochSchema } from '@usvideo/event-store';

export class Migration0002Epochs extends Migration {
  override up(): void {
    this.addSql(epochSchema);
  }
}
