import { Migration } from '@mikro-orm/migrations';
import { schemaLevelSchema } from '@usvideo/event-store';

export class Migration0003SchemaLevel extends Migration {
  override up(): void {
    this.addSql(schemaLevelSchema);
  }
}
