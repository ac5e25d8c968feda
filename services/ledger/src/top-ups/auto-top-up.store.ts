import { Inject, Injectable } from '@nestjs/common';
import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import { ulid } from 'ulid';
import type { AutoTopUpRow, AutoTopUpTerms } from './auto-top-up';
import { noteDeclined } from './declined-top-up.store';
import type { SavedMethod } from './payment-provider';

/** A charge whose order was committed; sent again under the same key it is the same charge. */
export interface Charge {
  readonly topUpId: string;
  readonly accountId: string;
  readonly amountMicros: bigint;
  readonly provider: string;
  readonly customerRef: string;
  readonly methodRef: string;
  readonly attempts: number;
  readonly ageSeconds: number;
}

/** Longer than a charge takes with all its retries, so that two processes do not send one at the same time. */
const CHARGE_LEASE = '90 seconds';

const MONTH_CHARGED = `
coalesce((select sum(t.amount_micros) from top_up t where t.account_id = a.account_id and t.automatic and t.status in ('pending', 'completed')
  and t.created_at >= date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'), 0)::bigint`;
const CHARGING = `exists (select from top_up t where t.account_id = a.account_id and t.automatic and t.status = 'pending')`;

const GET = `
select a.account_id as "accountId", a.enabled, a.threshold_micros as "thresholdMicros", a.amount_micros as "amountMicros", a.month_max_micros as "monthMaxMicros",
  a.provider, a.customer_ref as "customerRef", a.method_ref as "methodRef", a.method_label as "methodLabel", a.failure,
  ${MONTH_CHARGED} as "monthChargedMicros", ${CHARGING} as charging
from auto_top_up a where a.account_id = $1`;

/** What a failure was about may have been mended: turned on again it is tried again. */
const SET = `
insert into auto_top_up as a (account_id, enabled, threshold_micros, amount_micros, month_max_micros, author) values ($1, $2, $3, $4, $5, $6)
on conflict (account_id) do update set enabled = excluded.enabled, threshold_micros = excluded.threshold_micros, amount_micros = excluded.amount_micros,
  month_max_micros = excluded.month_max_micros, author = excluded.author, failure = case when excluded.enabled then '' else a.failure end, updated_at = clock_timestamp()`;
const TOUCH = 'insert into auto_top_up (account_id, author) values ($1, $2) on conflict (account_id) do nothing';
const SAVE_METHOD = `
update auto_top_up set provider = $2, customer_ref = $3, method_ref = $4, method_label = $5, failure = '', updated_at = clock_timestamp()
where account_id = $1`;
const REMOVE_METHOD = `
update auto_top_up set customer_ref = '', method_ref = '', method_label = '', author = $2, updated_at = clock_timestamp() where account_id = $1`;
const FAIL = `update auto_top_up set failure = $2, author = $3, updated_at = clock_timestamp() where account_id = $1`;

const READY = `a.enabled and a.method_ref <> '' and a.failure = ''`;
const LOW = `coalesce((select l.available_micros from ledger_account l where l.account_id = a.account_id), 0) < a.threshold_micros`;
const WANTS = `${READY} and ${LOW} and not ${CHARGING} and ${MONTH_CHARGED} + a.amount_micros <= a.month_max_micros`;
const LOCK_WANTING = `select a.account_id as "accountId" from auto_top_up a where ${WANTS} order by a.account_id limit $1 for update of a skip locked`;
/** On a fresh snapshot: whoever held the lock before has committed its order, and its money came before the end of that order. */
const ORDER = `
insert into top_up (top_up_id, account_id, amount_micros, provider, status, author, automatic, charge_customer_ref, charge_method_ref, charge_due_at)
select o.top_up_id, a.account_id, a.amount_micros, a.provider, 'pending', 'auto-top-up', true, a.customer_ref, a.method_ref, now()
from unnest($1::text[], $2::text[]) as o (account_id, top_up_id) join auto_top_up a using (account_id) where ${WANTS}`;

const CLAIM_CHARGES = `
update top_up t set charge_attempts = t.charge_attempts + 1, charge_due_at = now() + interval '${CHARGE_LEASE}'
where t.top_up_id = any(array(select top_up_id from top_up where charge_due_at <= now() order by charge_due_at limit $1 for update skip locked))
returning t.top_up_id as "topUpId", t.account_id as "accountId", t.amount_micros as "amountMicros", t.provider, t.charge_customer_ref as "customerRef",
  t.charge_method_ref as "methodRef", t.charge_attempts as attempts, extract(epoch from now() - t.created_at)::float8 as "ageSeconds"`;
const NOT_AGAIN = 'update top_up set charge_due_at = null where top_up_id = $1';

/** What customers want topped up by itself, and the orders made for it. */
@Injectable()
export class AutoTopUpStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async get(accountId: string): Promise<AutoTopUpRow | undefined> {
    return (await this.database.query<AutoTopUpRow>({ name: 'auto_top_up_get', text: GET, values: [accountId] }))
      .rows[0];
  }

  async set(
    accountId: string,
    { enabled, thresholdMicros, amountMicros, monthMaxMicros }: AutoTopUpTerms,
    author: string,
  ): Promise<void> {
    await this.database.query({
      name: 'auto_top_up_set',
      text: SET,
      values: [accountId, enabled, thresholdMicros, amountMicros, monthMaxMicros, author],
    });
  }

  /** That news of a saved method find the account. */
  async expectMethod(accountId: string, author: string): Promise<void> {
    await this.database.query({ name: 'auto_top_up_touch', text: TOUCH, values: [accountId, author] });
  }

  /** False: nobody of that account asked for it here. */
  async saveMethod(
    accountId: string,
    provider: string,
    { customerRef, methodRef, label }: SavedMethod,
  ): Promise<boolean> {
    const { rowCount } = await this.database.query({
      name: 'auto_top_up_method',
      text: SAVE_METHOD,
      values: [accountId, provider, customerRef, methodRef, label],
    });
    return rowCount === 1;
  }

  async removeMethod(accountId: string, author: string): Promise<void> {
    await this.database.query({ name: 'auto_top_up_no_method', text: REMOVE_METHOD, values: [accountId, author] });
  }

  async fail(accountId: string, failure: string, author: string): Promise<void> {
    await this.database.query({ name: 'auto_top_up_fail', text: FAIL, values: [accountId, failure, author] });
  }

  /** The failure, and that the owners are to be told of it. */
  async decline(
    { topUpId, accountId, provider }: Pick<Charge, 'topUpId' | 'accountId' | 'provider'>,
    failure: string,
  ): Promise<void> {
    await inTransaction(this.database, async (tx) => {
      await tx.query({ name: 'auto_top_up_fail', text: FAIL, values: [accountId, failure, provider] });
      await noteDeclined(tx, { topUpId, accountId, failure });
    });
  }

  /** Orders a top-up for accounts that fell below their threshold: the order is committed before anybody is charged. */
  async order(max: number): Promise<number> {
    return inTransaction(this.database, async (tx: Transaction) => {
      const { rows } = await tx.query<{ accountId: string }>({
        name: 'auto_top_up_lock',
        text: LOCK_WANTING,
        values: [max],
      });
      if (rows.length === 0) return 0;
      const ids = rows.map(({ accountId }) => accountId);
      const { rowCount } = await tx.query({
        name: 'auto_top_up_order',
        text: ORDER,
        values: [ids, ids.map(() => `top_${ulid()}`)],
      });
      return rowCount ?? 0;
    });
  }

  /** Charges that are due, for one lease. */
  async claimCharges(max: number): Promise<Charge[]> {
    return (await this.database.query<Charge>({ name: 'charges_claim', text: CLAIM_CHARGES, values: [max] })).rows;
  }

  async chargeNoMore(topUpId: string): Promise<void> {
    await this.database.query({ name: 'charge_no_more', text: NOT_AGAIN, values: [topUpId] });
  }
}
