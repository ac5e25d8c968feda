import { Migration } from '@mikro-orm/migrations';

/** Files that an account uploaded ahead of its jobs go with it. */
export class Uploads0013 extends Migration {
  override up(): void {
    this.addSql(`
alter table artifact_deletion add column account_id text;
create index artifact_deletion_account on artifact_deletion (account_id) where account_id is not null`);
  }
}
