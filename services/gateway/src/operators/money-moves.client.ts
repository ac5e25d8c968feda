import { Inject, Injectable } from '@nestjs/common';
import { call, formatUsd, hasStatus, status } from '@usvideo/runtime';
import { topUpView } from '../money/billing-views';
import { topUpNotFound } from '../money/top-ups.controller';
import { known, moved } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest } from '../refusals/refusal';

export interface MoneyMove {
  readonly kind: 'credit' | 'adjustment' | 'top_up';
  readonly accountId: string;
  /** Moved once under it, however often it is sent. Of a top-up: its id. */
  readonly reference: string;
  readonly amountMicros: bigint;
  /** Of a top-up: the payment that it was paid by. */
  readonly reason: string;
}

/** What operators give and take, carried out. */
@Injectable()
export class MoneyMoves {
  constructor(@Inject(Peers) private readonly peers: Pick<Peers, 'ledger' | 'accounts'>) {}

  async carryOut(move: MoneyMove, author: string): Promise<object> {
    switch (move.kind) {
      case 'credit':
        return this.credit(move, author);
      case 'adjustment':
        return this.adjust(move, author);
      case 'top_up':
        return this.confirm(move, author);
    }
  }

  /** The ledger opens an account's stream at its first entry, so a mistyped id is refused here. */
  async demandAccount(accountId: string): Promise<void> {
    await known(
      call(this.peers.accounts, 'getAccount', { accountId }),
      () => new Refusal('not_found', 'There is no account with this id.'),
    );
  }

  private async confirm({ reference: topUpId, reason: paymentRef }: MoneyMove, author: string): Promise<object> {
    const { topUp } = await known(
      moved(call(this.peers.ledger, 'confirmTopUp', { topUpId, paymentRef, author })),
      topUpNotFound,
    );
    if (!topUp) throw new Error('the ledger answered no top-up');
    return { ...topUpView(topUp), account_id: topUp.accountId };
  }

  private async credit({ accountId, reference, amountMicros, reason }: MoneyMove, author: string): Promise<object> {
    const added = await call(this.peers.ledger, 'addFunds', {
      accountId,
      amountMicros,
      source: 'manual',
      paymentRef: reference,
      author,
      note: reason,
    }).catch(refuseReference);
    return {
      account_id: accountId,
      payment_ref: reference,
      ...amounts({ amount: amountMicros, available: added.availableMicros }),
      replayed: added.replayed,
    };
  }

  private async adjust({ accountId, reference, amountMicros, reason }: MoneyMove, author: string): Promise<object> {
    const done = await moved(
      call(this.peers.ledger, 'adjust', { accountId, adjustmentRef: reference, amountMicros, reason, author }),
    );
    return {
      account_id: accountId,
      adjustment_ref: reference,
      ...amounts({ amount: amountMicros, available: done.availableMicros, owed: done.receivableMicros }),
      replayed: done.replayed,
    };
  }
}

/** Each amount under both of its names. */
export function amounts(micros: Readonly<Record<string, bigint>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(micros).flatMap(([name, value]) => [
      [name, formatUsd(value)],
      [`${name}_micros`, Number(value)],
    ]),
  );
}

function refuseReference(error: unknown): never {
  const isUsed = hasStatus(error, status.ALREADY_EXISTS) || hasStatus(error, status.FAILED_PRECONDITION);
  throw isUsed ? invalidRequest([{ field: 'payment_ref', message: 'was used with another amount' }]) : error;
}
