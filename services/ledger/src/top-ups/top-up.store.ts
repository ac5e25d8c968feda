import { Inject, Injectable } from '@nestjs/common';
import type { TopUp } from '@usvideo/contracts/ledger';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';

export interface NewTopUp {
  readonly topUpId: string;
  readonly accountId: string;
  readonly amountMicros: bigint;
  readonly provider: string;
  /** Undefined: never the same as another. */
  readonly idempotencyKey: string | undefined;
  readonly author: string;
}

const COLUMNS = `
t.top_up_id as "topUpId", t.account_id as "accountId", t.amount_micros as "amountMicros", t.provider, t.status, t.checkout_url as "checkoutUrl",
coalesce(t.payment_ref, '') as "paymentRef", t.created_at as "createdAt", t.ended_at as "endedAt", coalesce(p.reversed_micros, 0)::bigint as "reversedMicros", t.automatic
from top_up t left join payment p on p.account_id = t.account_id and p.payment_ref = t.payment_ref`;

const INSERT = `
insert into top_up (top_up_id, account_id, amount_micros, provider, status, idempotency_key, author)
values ($1, $2, $3, $4, 'pending', $5, $6) on conflict (account_id, idempotency_key) do nothing`;

const SET_CHECKOUT = `update top_up set provider_ref = $2, checkout_url = $3 where top_up_id = $1 and checkout_url = ''`;

const CLAIM = `update top_up set claimed_ref = $2 where top_up_id = $1 and (claimed_ref is null or claimed_ref = $2)`;

const DISCLAIM = `update top_up set claimed_ref = null where top_up_id = $1 and status = 'pending'`;

const UNIQUE_VIOLATION = '23505';

/** A payment that arrives after the session was given up counts all the same. */
const COMPLETE = `
update top_up set status = 'completed', payment_ref = $2, ended_at = clock_timestamp(), charge_due_at = null where top_up_id = $1 and status <> 'completed'`;

const END = `update top_up set status = $2, ended_at = clock_timestamp(), charge_due_at = null where top_up_id = $1 and status = 'pending'`;

const REMEMBER_EVENT = `insert into payment_event (provider, event_id, outcome) values ($1, $2, $3) on conflict do nothing`;

/** The orders that customers placed with payment providers. Not money: money is what the ledger's events say. */
@Injectable()
export class TopUpStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The new order, or the one that was placed under the same key before. */
  async create(order: NewTopUp): Promise<TopUp> {
    const { topUpId, accountId, amountMicros, provider, idempotencyKey, author } = order;
    await this.database.query({
      name: 'top_up_insert',
      text: INSERT,
      values: [topUpId, accountId, amountMicros, provider, idempotencyKey ?? null, author],
    });
    const placed = await this.one('where t.top_up_id = $1 or (t.account_id = $2 and t.idempotency_key = $3)', [
      topUpId,
      accountId,
      idempotencyKey ?? null,
    ]);
    if (placed === undefined) throw new Error(`the top-up ${topUpId} was not kept`);
    return placed;
  }

  async setCheckout(topUpId: string, providerRef: string | undefined, url: string): Promise<void> {
    await this.database.query({
      name: 'top_up_checkout',
      text: SET_CHECKOUT,
      values: [topUpId, providerRef ?? null, url],
    });
  }

  /** Binds a top-up to the one payment that may pay for it. False: it has another one, or the payment has another top-up. */
  async claim(topUpId: string, paymentRef: string): Promise<boolean> {
    try {
      return (
        (await this.database.query({ name: 'top_up_claim', text: CLAIM, values: [topUpId, paymentRef] })).rowCount === 1
      );
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  /** After the ledger refused the payment: the top-up may be paid by another. */
  async disclaim(topUpId: string): Promise<void> {
    await this.database.query({ name: 'top_up_disclaim', text: DISCLAIM, values: [topUpId] });
  }

  async complete(topUpId: string, paymentRef: string): Promise<void> {
    await this.database.query({ name: 'top_up_complete', text: COMPLETE, values: [topUpId, paymentRef] });
  }

  async end(topUpId: string, status: 'failed' | 'expired'): Promise<void> {
    await this.database.query({ name: 'top_up_end', text: END, values: [topUpId, status] });
  }

  get(topUpId: string): Promise<TopUp | undefined> {
    return this.one('where t.top_up_id = $1', [topUpId]);
  }

  byPayment(provider: string, paymentRef: string): Promise<TopUp | undefined> {
    return this.one('where t.provider = $1 and t.payment_ref = $2', [provider, paymentRef]);
  }

  /** Newest first. */
  async list(accountId: string, limit: number, offset: number): Promise<TopUp[]> {
    const text = `select ${COLUMNS} where t.account_id = $1 order by t.created_at desc, t.top_up_id desc limit $2 offset $3`;
    return (
      await this.database.query<TopUp>({ name: 'top_up_list', text, values: [accountId, limit, offset] })
    ).rows.map(shown);
  }

  async isApplied(provider: string, eventId: string): Promise<boolean> {
    const text = 'select 1 from payment_event where provider = $1 and event_id = $2';
    return (
      (await this.database.query({ name: 'payment_event_read', text, values: [provider, eventId] })).rowCount === 1
    );
  }

  async rememberEvent(provider: string, eventId: string, outcome: string): Promise<void> {
    await this.database.query({
      name: 'payment_event_remember',
      text: REMEMBER_EVENT,
      values: [provider, eventId, outcome],
    });
  }

  private async one(where: string, values: unknown[]): Promise<TopUp | undefined> {
    const row = (await this.database.query<TopUp>(`select ${COLUMNS} ${where}`, values)).rows[0];
    return row && shown(row);
  }
}

function shown(row: TopUp): TopUp {
  return { ...row, endedAt: row.endedAt ?? undefined };
}
