import { Migration } from '@mikro-orm/migrations';
import { schemaLevelSchema } from '@usvideo/event-store';

export class Migration0005SchemaLevel extends Migration {
  override up(): void {
    this.addSql(schemaLevelSchema);
  }
}
