import { Migration } from '@mikro-orm/migrations';

export class Migration0009FederatedOperators extends Migration {
  override up(): void {
    this.addSql(federatedOperators);
  }
}

/** Operators known by an identity provider, and the confirmation of a top-up as an order that takes two. */
const federatedOperators = /* sql */ `
alter table operator add column issuer text, add column subject text, add check ((issuer is null) = (subject is null));
create unique index operator_identity on operator (issuer, subject) where subject is not null;
alter table sign_in_flow drop constraint sign_in_flow_kind_check,
  add constraint sign_in_flow_kind_check check (kind in ('oidc', 'operator_oidc', 'passkey', 'passkey_sign_in'));
alter table pending_order drop constraint pending_order_kind_check,
  add constraint pending_order_kind_check check (kind in ('credit', 'adjustment', 'top_up'));
`;
