import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { call, formatUsd } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { adminAdjustmentRequest, adminConfirmTopUpRequest, adminPriceRequest, adminRefundRequest, adminReversalRequest } from '../money/billing-requests';
import { priceView, topUpView } from '../money/billing-views';
import { parseQuery, renderList } from '../validation/query';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { noQuery } from '../http/requests';
import { validate } from '../validation/schema';
import { Peers } from '../peers/peers.client';
import { known, moved } from '../peers/peer-answers.client';
import { sendJson, sendObject } from '../access/request-state.http';
import { topUpNotFound } from '../money/top-ups.controller';

/** What operators do to money. Each call names who did it and why, and may be sent again under its own reference. */
@Controller('admin/v1')
export class AdminMoneyController {
  constructor(private readonly peers: Peers) {}

  @Post('accounts/:id/refunds')
  async refund(@Param('id') accountId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { job_id: jobId, refund_key: refundKey, amount_usd: amountMicros, reason, author } = validate(adminRefundRequest, request.body);
    const { refundedMicros, ...done } = await moved(call(this.peers.ledger, 'refundCapture', { accountId, jobId, refundKey, amountMicros, reason, author }));
    sendObject(reply, 200, {
      account_id: accountId, job_id: jobId, refund_key: refundKey, ...amounts({ amount: amountMicros, refunded: refundedMicros, available: done.availableMicros }), replayed: done.replayed,
    });
  }

  @Post('accounts/:id/reversals')
  async reverse(@Param('id') accountId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { payment_ref: paymentRef, reversal_ref: reversalRef, amount_usd: amountMicros, reason, author } = validate(adminReversalRequest, request.body);
    const done = await moved(call(this.peers.ledger, 'reverseFunds', { accountId, paymentRef, reversalRef, amountMicros, reason, author }));
    sendObject(reply, 200, {
      account_id: accountId, payment_ref: paymentRef, reversal_ref: reversalRef,
      ...amounts({ amount: amountMicros, available: done.availableMicros, owed: done.receivableMicros }), replayed: done.replayed,
    });
  }

  @Post('accounts/:id/adjustments')
  async adjust(@Param('id') accountId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { adjustment_ref: adjustmentRef, amount_usd: amountMicros, reason, author } = validate(adminAdjustmentRequest, request.body);
    await this.demandAccount(accountId);
    const done = await moved(call(this.peers.ledger, 'adjust', { accountId, adjustmentRef, amountMicros, reason, author }));
    sendObject(reply, 200, {
      account_id: accountId, adjustment_ref: adjustmentRef, ...amounts({ amount: amountMicros, available: done.availableMicros, owed: done.receivableMicros }), replayed: done.replayed,
    });
  }

  @Post('topups/:id/confirm')
  async confirmTopUp(@Param('id') topUpId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { payment_ref: paymentRef, author } = validate(adminConfirmTopUpRequest, request.body);
    const { topUp } = await known(moved(call(this.peers.ledger, 'confirmTopUp', { topUpId, paymentRef, author })), topUpNotFound);
    if (!topUp) throw new Error('the ledger answered no top-up');
    sendObject(reply, 200, { ...topUpView(topUp), account_id: topUp.accountId });
  }

  @Get('prices')
  async prices(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { prices } = await call(this.peers.ledger, 'listPrices', {});
    sendJson(reply, 200, renderList({ limit: prices.length, offset: 0, startingAfter: '' }, prices.map((price) => JSON.stringify(priceView(price))), false, null));
  }

  @Post('prices')
  async setPrice(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { model, resolution, per_second_usd: perSecondMicros, effective_from: from, author } = validate(adminPriceRequest, request.body);
    const effectiveFrom = from === undefined ? undefined : new Date(from);
    if (effectiveFrom && effectiveFrom.getTime() < Date.now()) throw invalidRequest([{ field: 'effective_from', message: 'must not be in the past' }]);
    const { price } = await moved(call(this.peers.ledger, 'setPrice', { model, resolution, perSecondMicros, effectiveFrom, author }));
    if (!price) throw new Error('the ledger answered no price');
    sendObject(reply, 201, priceView(price));
  }

  /** The ledger opens an account's stream at its first entry, so a mistyped id is refused here. */
  private async demandAccount(accountId: string): Promise<void> {
    await known(call(this.peers.accounts, 'getAccount', { accountId }), () => new Refusal('not_found', 'There is no account with this id.'));
  }
}

/** Each amount under both of its names. */
function amounts(micros: Readonly<Record<string, bigint>>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(micros).flatMap(([name, value]) => [[name, formatUsd(value)], [`${name}_micros`, Number(value)]]));
}
