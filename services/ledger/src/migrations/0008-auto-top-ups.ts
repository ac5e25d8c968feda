import { Migration } from '@mikro-orm/migrations';

/** The index is the guard: an account never has two automatic top-ups under way. */
const AUTO_TOP_UPS = /* sql */ `
create table auto_top_up (
  account_id text primary key,
  enabled boolean not null default false,
  threshold_micros bigint not null default 0 check (threshold_micros >= 0),
  amount_micros bigint not null default 0 check (amount_micros >= 0),
  month_max_micros bigint not null default 0 check (month_max_micros >= 0),
  provider text not null default '',
  -- The provider's names of the customer and of what they pay with; no number of a card is ever kept.
  customer_ref text not null default '',
  method_ref text not null default '',
  method_label text not null default '',
  failure text not null default '',
  author text not null default '',
  updated_at timestamptz not null default clock_timestamp(),
  check (not enabled or (threshold_micros > 0 and amount_micros > 0 and month_max_micros >= amount_micros)),
  check ((method_ref = '') = (customer_ref = ''))
);
create index auto_top_up_ready on auto_top_up (account_id) where enabled and method_ref <> '' and failure = '';

alter table top_up
  add column automatic boolean not null default false,
  -- What is charged, as it was when it was ordered: a repetition must be the same charge.
  add column charge_customer_ref text not null default '',
  add column charge_method_ref text not null default '',
  add column charge_attempts integer not null default 0,
  -- When the charge is sent again under the same key; null: it is not.
  add column charge_due_at timestamptz;
create unique index top_up_automatic_pending on top_up (account_id) where automatic and status = 'pending';
create index top_up_automatic_month on top_up (account_id, created_at) where automatic;
create index top_up_charge_due on top_up (charge_due_at) where charge_due_at is not null;
`;

export class Migration0008AutoTopUps extends Migration {
  override up(): void {
    this.addSql(AUTO_TOP_UPS);
  }
}
