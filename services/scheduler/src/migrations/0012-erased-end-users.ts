import { Migration } from '@mikro-orm/migrations';

/** What an erasure leaves of an end user: a name by which the spend of one adds up, and from which nobody comes back to them without the key. */
export class ErasedEndUsers0012 extends Migration {
  override up(): void {
    this.addSql(`
create table end_user_key (account_id text primary key, key bytea not null);
create table erased_end_user (job_id text primary key, account_id text not null, environment text not null, pseudonym text not null)`);
  }
}
