import { Migration } from '@mikro-orm/migrations';

/** A manual top-up is paid by one payment and a payment pays for one top-up; one key's usage is found as fast as all; what is signed or priced is not truncated. */
const CLAIMS = /* sql */ `
alter table top_up add column claimed_ref text;
update top_up set claimed_ref = payment_ref where provider = 'manual';
create unique index top_up_claim on top_up (provider, claimed_ref) where claimed_ref is not null;

create index usage_key_day on usage (account_id, api_key_id, day desc, charged_at desc, job_id desc);

create trigger prices_are_never_truncated before truncate on price for each statement execute function refuse_change();
create trigger signed_roots_are_never_truncated before truncate on signed_root for each statement execute function refuse_change();
create trigger signed_heads_are_never_truncated before truncate on signed_head for each statement execute function refuse_change();
`;

export class Migration0003Claims extends Migration {
  override up(): void {
    this.addSql(CLAIMS);
  }
}
