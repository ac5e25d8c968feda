import { Migration } from '@mikro-orm/migrations';

/** What is to be gone from the artifact store, and from when on: files of orders that became no job, and of erased ones. */
export class ArtifactDeletions0011 extends Migration {
  override up(): void {
    this.addSql(`
create table artifact_deletion (artifact_key text primary key, due_at timestamptz not null);
create index artifact_deletion_due on artifact_deletion (due_at)`);
  }
}
