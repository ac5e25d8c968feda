import { Inject, Injectable } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import type { ActingOperator } from '../access/request-state.http';
import { Peers } from '../peers/peers.client';
import { invalidRequest } from '../refusals/refusal';

export interface Order {
  /** For example refund_ordered. */
  readonly action: string;
  /** Absent: it concerns no account. */
  readonly accountId?: string;
  readonly subject: string;
  /** What was ordered: never content, a secret or an address. */
  readonly order: object;
}

/** What an operator orders of a service that keeps no audit log is put on record first: an order that nobody could record is not carried out. */
@Injectable()
export class OperatorOrders {
  constructor(@Inject(Peers) private readonly peers: Pick<Peers, 'operators'>) {}

  async record(by: ActingOperator, { action, accountId = '', subject, order }: Order): Promise<void> {
    const text = JSON.stringify(order, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    await call(this.peers.operators, 'recordOrder', {
      accountId,
      action,
      subject,
      order: text,
      actor: by.actor,
    });
  }
}

/** Whose name the ledger keeps: that of the token, and of the shared one what its user says. @throws Refusal for somebody else's name */
export function authorOf({ name, bootstrap }: ActingOperator, given: string | undefined): string {
  if (!bootstrap && given !== undefined && given !== name)
    throw invalidRequest([{ field: 'author', message: `is you, ${name}: leave it out` }]);
  if (bootstrap && given === undefined)
    throw invalidRequest([
      { field: 'author', message: "is required with the token of the installation, which is nobody's own" },
    ]);
  return bootstrap ? given! : name;
}
