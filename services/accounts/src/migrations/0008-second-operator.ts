import { Migration } from '@mikro-orm/migrations';

export class Migration0008SecondOperator extends Migration {
  override up(): void {
    this.addSql(pendingOrders);
  }
}

/** Orders of one operator that another has to approve. Nobody approves their own, whatever asks for it. */
const pendingOrders = /* sql */ `
create table pending_order (
  order_id text primary key,
  kind text not null check (kind in ('credit', 'adjustment')),
  account_id text not null references account,
  reference text not null,
  amount_micros bigint not null check (amount_micros <> 0),
  reason text not null,
  author text not null,
  state text not null default 'pending' check (state in ('pending', 'approved', 'declined')),
  decided_by text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  check ((state = 'pending') = (decided_by is null)),
  check (state <> 'approved' or decided_by <> author)
);
create unique index pending_order_reference on pending_order (account_id, kind, reference) where state <> 'declined';
`;
