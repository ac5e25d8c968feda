import { Inject, Injectable } from '@nestjs/common';
import type { PendingOrder } from '@usvideo/contracts/accounts';
import { inTransaction, newId, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';

export interface NewOrder {
  readonly kind: string;
  readonly accountId: string;
  readonly reference: string;
  readonly amountMicros: bigint;
  readonly reason: string;
}

export type Decision = {
  readonly refusal: 'own_order' | 'order_expired' | 'order_decided' | undefined;
  readonly order: PendingOrder;
};

interface OrderRow {
  order_id: string;
  kind: string;
  account_id: string;
  reference: string;
  amount_micros: bigint;
  reason: string;
  author: string;
  state: string;
  decided_by: string | null;
  created_at: Date;
  expires_at: Date;
  decided_at: Date | null;
}

const LIFE_DAYS = 7;

const COLUMNS = `order_id, kind, account_id, reference, amount_micros, reason, author, case when state = 'pending' and expires_at <= now() then 'expired' else state end as state,
  decided_by, created_at, expires_at, decided_at`;
const INSERT = `
insert into pending_order (order_id, kind, account_id, reference, amount_micros, reason, author, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $8::timestamptz + make_interval(days => ${LIFE_DAYS})) on conflict do nothing returning ${COLUMNS}`;
const SAME = `select ${COLUMNS} from pending_order where account_id = $1 and kind = $2 and reference = $3 and state <> 'declined'`;
const LIST = `select ${COLUMNS} from pending_order where ($2 = '' or order_id < $2) order by order_id desc limit $1`;
const LOCK = `select ${COLUMNS} from pending_order where order_id = $1 for update`;
const DECIDE = `update pending_order set state = $2, decided_by = $3, decided_at = $4 where order_id = $1 returning ${COLUMNS}`;

/** What one operator ordered and another has to approve. Each step is audited in the transaction that takes it. */
@Injectable()
export class PendingOrders {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined: the reference stands for another order. */
  propose(order: NewOrder, actor: Actor): Promise<PendingOrder | undefined> {
    const { kind, accountId, reference, amountMicros, reason } = order;
    return inTransaction(this.database, async (tx, now) => {
      const orderId = newId('ord', now.getTime());
      const {
        rows: [row],
      } = await tx.query<OrderRow>({
        name: 'order_insert',
        text: INSERT,
        values: [orderId, kind, accountId, reference, amountMicros, reason, actor.author, now],
      });
      if (row === undefined) return this.same(tx, order);
      await audit(tx, now, actor, 'order_proposed', row);
      return readOrder(row);
    });
  }

  /** A page and one more, by which the next is seen. */
  async list(limit: number, afterOrderId: string): Promise<PendingOrder[]> {
    const { rows } = await this.database.query<OrderRow>({
      name: 'order_list',
      text: LIST,
      values: [limit, afterOrderId],
    });
    return rows.map(readOrder);
  }

  /** Undefined: there is no such order. */
  decide(orderId: string, approved: boolean, actor: Actor): Promise<Decision | undefined> {
    return inTransaction(this.database, async (tx, now) => {
      const {
        rows: [row],
      } = await tx.query<OrderRow>({ name: 'order_lock', text: LOCK, values: [orderId] });
      if (row === undefined) return undefined;
      // Approved before, and the answer was lost.
      if (approved && row.state === 'approved') return { refusal: undefined, order: readOrder(row) };
      const refusal = refusalOf(row, approved, actor.author);
      if (refusal !== undefined) return { refusal, order: readOrder(row) };
      const {
        rows: [decided],
      } = await tx.query<OrderRow>({
        name: 'order_decide',
        text: DECIDE,
        values: [orderId, approved ? 'approved' : 'declined', actor.author, now],
      });
      await audit(tx, now, actor, approved ? 'order_approved' : 'order_declined', decided!);
      return { refusal: undefined, order: readOrder(decided!) };
    });
  }

  private async same(
    tx: Transaction,
    { accountId, kind, reference, amountMicros, reason }: NewOrder,
  ): Promise<PendingOrder | undefined> {
    const {
      rows: [row],
    } = await tx.query<OrderRow>({ name: 'order_same', text: SAME, values: [accountId, kind, reference] });
    // The reason of a top-up is the payment: another one is another order.
    const isSame = row?.amount_micros === amountMicros && (kind !== 'top_up' || row.reason === reason);
    return isSame ? readOrder(row) : undefined;
  }
}

/** Undefined: it is to be decided. Whoever proposed an order may withdraw it, and nothing more. */
function refusalOf({ state, author }: OrderRow, approved: boolean, by: string): Decision['refusal'] {
  if (state === 'expired') return 'order_expired';
  if (state !== 'pending') return 'order_decided';
  return approved && author === by ? 'own_order' : undefined;
}

function audit(tx: Transaction, now: Date, actor: Actor, action: string, row: OrderRow): Promise<void> {
  const after = {
    kind: row.kind,
    reference: row.reference,
    amount_micros: String(row.amount_micros),
    author: row.author,
  };
  return appendAudit(tx, now, {
    accountId: row.account_id,
    actor,
    actions: [{ action, subject: row.order_id, after }],
  });
}

function readOrder(row: OrderRow): PendingOrder {
  return {
    orderId: row.order_id,
    kind: row.kind,
    accountId: row.account_id,
    reference: row.reference,
    amountMicros: row.amount_micros,
    reason: row.reason,
    author: row.author,
    state: row.state,
    decidedBy: row.decided_by ?? '',
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at ?? undefined,
  };
}
