import { Migration } from '@mikro-orm/migrations';
import { schemaLevelSchema } from '@usvideo/event-store';

export class SchemaLevel0005 extends Migration {
  override up(): void {
    this.addSql(schemaLevelSchema);
  }
}
