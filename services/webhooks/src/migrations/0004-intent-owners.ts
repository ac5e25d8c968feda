import { Migration } from '@mikro-orm/migrations';

/** Whose event an intent is, so that accounts share a batch. Empty where the version before wrote it. */
const OWNERS = /* sql */ `
alter table feed_intent add column account_id text not null default '', add column environment text not null default '';
update feed_intent i set account_id = e.account_id, environment = e.environment from feed_event e where e.event_id = i.event_id;
create index feed_intent_owner on feed_intent (account_id, environment, check_at)`;

export class Migration0004IntentOwners extends Migration {
  override up(): void {
    this.addSql(OWNERS);
  }
}
