import { type Actor, OperatorOrderRefusal, type PendingOrder } from '@usvideo/contracts/accounts';
import { refusalIn } from '@usvideo/contracts/names';
import { call } from '@usvideo/runtime';
import type { ActingOperator } from '../access/request-state.http';
import { Answer } from '../http/answer';
import { money, orNull, time } from '../http/views';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { MoneyMoves, type MoneyMove } from './money-moves.client';
import { OperatorOrders } from './operator-orders.client';

const ACTIONS = {
  credit: 'credit_ordered',
  adjustment: 'adjustment_ordered',
  top_up: 'top_up_confirmation_ordered',
} as const satisfies Record<MoneyMove['kind'], string>;

/** The field of a request that names what is moved once. */
const REFERENCES = {
  credit: 'payment_ref',
  adjustment: 'adjustment_ref',
  top_up: 'payment_ref',
} as const satisfies Record<MoneyMove['kind'], string>;

/** Money of operators: carried out at once up to the limit of one, and above it when a second has approved. */
export class DualControl {
  /** @param limitMicros undefined: one operator is enough for any amount */
  constructor(
    private readonly peers: Pick<Peers, 'operators'>,
    private readonly moves: MoneyMoves,
    private readonly orders: OperatorOrders,
    private readonly limitMicros: bigint | undefined,
  ) {}

  /** Answers what was moved, or 202 with the order that waits. */
  async move(by: ActingOperator, move: MoneyMove, author: string): Promise<object> {
    await this.moves.demandAccount(move.accountId);
    const { kind, accountId, reference, amountMicros, reason } = move;
    if (this.limitMicros !== undefined && (amountMicros < 0n ? -amountMicros : amountMicros) > this.limitMicros)
      return new Answer(await this.propose(by, move), {}, 202);
    await this.orders.record(by, {
      action: ACTIONS[kind],
      accountId,
      subject: reference,
      order: { amountMicros, ...(reason !== '' && { [kind === 'top_up' ? 'paymentRef' : 'reason']: reason }) },
    });
    return this.moves.carryOut(move, author);
  }

  /** The money moves under the order's own reference, so that an approval whose answer was lost is sent again. */
  async approve(by: ActingOperator, orderId: string): Promise<object> {
    const order = await this.decide(by, orderId, true);
    const moved = await this.moves.carryOut(
      { ...order, kind: order.kind as MoneyMove['kind'] },
      `${order.author}, approved by ${order.decidedBy}`,
    );
    return { ...orderView(order), moved };
  }

  async decline(by: ActingOperator, orderId: string): Promise<object> {
    return orderView(await this.decide(by, orderId, false));
  }

  private async propose(by: ActingOperator, move: MoneyMove): Promise<object> {
    if (move.reason === '')
      throw invalidRequest([{ field: 'note', message: 'is required where a second operator has to approve' }]);
    const answer = await call(this.peers.operators, 'proposeOrder', { ...move, actor: ofAPerson(by) });
    if (refusalIn(OperatorOrderRefusal, answer) !== undefined || !answer.order)
      throw invalidRequest([
        {
          field: REFERENCES[move.kind],
          message: move.kind === 'top_up' ? 'is another than was ordered first' : 'was used with another amount',
        },
      ]);
    return orderView(answer.order);
  }

  private async decide(by: ActingOperator, orderId: string, approved: boolean): Promise<PendingOrder> {
    const answer = await call(this.peers.operators, 'decideOrder', {
      orderId,
      approved,
      actor: ofAPerson(by),
    });
    switch (refusalIn(OperatorOrderRefusal, answer)) {
      case undefined:
        return answer.order!;
      case 'own_order':
        throw new Refusal('forbidden', 'You proposed this order yourself: it takes another operator.');
      case 'order_expired':
        throw new Refusal(
          'invalid_request',
          'The order waited too long and has expired. Propose it again under a new reference.',
        );
      default:
        throw new Refusal('invalid_request', `The order was ${answer.order?.state ?? 'decided'} already.`);
    }
  }
}

/** @throws Refusal: whoever knows the token of the installation could be two people, or one */
function ofAPerson({ bootstrap, actor }: ActingOperator): Actor {
  if (bootstrap)
    throw new Refusal(
      'forbidden',
      "This takes two operators, each with a token of their own: the token of the installation is nobody's.",
    );
  return actor;
}

export function orderView(order: PendingOrder): object {
  return {
    id: order.orderId,
    object: 'operator_order',
    kind: order.kind,
    status: order.state,
    account_id: order.accountId,
    reference: order.reference,
    ...money('amount', order.amountMicros),
    reason: order.reason,
    author: order.author,
    decided_by: orNull(order.decidedBy),
    created_at: time(order.createdAt),
    expires_at: time(order.expiresAt),
    decided_at: time(order.decidedAt),
  };
}
