import { Migration } from '@mikro-orm/migrations';

/** The oldest content is found without a look at the rest: an index of ranges is passed over when the plan cannot know the age. */
export class OldestFirst0010 extends Migration {
  override up(): void {
    this.addSql(`
drop index job_content_age;
create index job_content_age on job_content (created_at);
create index account_slot_unusual on account_slot (account_id) where environment = 'live' and weight <> 1`);
  }
}
