import { Inject, Injectable } from '@nestjs/common';
import type { DeclinedTopUp } from '@usvideo/contracts/ledger';
import type { Database, Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

const NOTE = `
insert into declined_top_up (top_up_id, account_id, failure, amount_micros, payment_method)
select t.top_up_id, t.account_id, $3, t.amount_micros, coalesce(a.method_label, '')
from top_up t left join auto_top_up a using (account_id) where t.top_up_id = $1 and t.account_id = $2 on conflict do nothing`;
const GIVE_UP = `delete from declined_top_up where created_at < now() - interval '3 days'`;
const CLAIM = `
update declined_top_up d set due_at = now() + interval '1 minute'
where d.top_up_id = any(array(select top_up_id from declined_top_up where due_at <= now() order by due_at limit $1 for update skip locked))
returning d.top_up_id as "topUpId", d.account_id as "accountId", d.failure, d.amount_micros as "amountMicros", d.payment_method as "paymentMethod"`;
const TOLD = 'delete from declined_top_up where top_up_id = any($1::text[])';

/** Automatic top-ups whose card was declined, until the owners of the account were told. */
@Injectable()
export class DeclinedTopUps {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** For a minute: whoever does not say by then that it was done is taken not to have done it. */
  async claim(limit: number): Promise<DeclinedTopUp[]> {
    await this.database.query({ name: 'declined_give_up', text: GIVE_UP });
    return (await this.database.query<DeclinedTopUp>({ name: 'declined_claim', text: CLAIM, values: [limit] })).rows;
  }

  async told(topUpIds: readonly string[]): Promise<void> {
    await this.database.query({ name: 'declined_told', text: TOLD, values: [topUpIds] });
  }
}

/** Belongs into the transaction that notes the failure. */
export async function noteDeclined(
  tx: Transaction,
  declined: { readonly topUpId: string; readonly accountId: string; readonly failure: string },
): Promise<void> {
  const { topUpId, accountId, failure } = declined;
  await tx.query({ name: 'declined_note', text: NOTE, values: [topUpId, accountId, failure] });
}
