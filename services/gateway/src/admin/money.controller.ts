import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import {
  adminAdjustmentRequest,
  adminConfirmTopUpRequest,
  adminPriceRequest,
  adminRefundRequest,
  adminReversalRequest,
} from '../money/billing-requests';
import { priceView } from '../money/billing-views';
import { renderList } from '../validation/query';
import { invalidRequest } from '../refusals/refusal';
import { Peers } from '../peers/peers.client';
import { known, moved } from '../peers/peer-answers.client';
import { DualControl } from '../operators/dual-control.client';
import { amounts } from '../operators/money-moves.client';
import { authorOf, OperatorOrders } from '../operators/operator-orders.client';
import { topUpNotFound } from '../money/top-ups.controller';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

/** What operators do to money. Each call names who did it and why, and may be sent again under its own reference. */
@Controller('admin/v1')
export class AdminMoneyController {
  constructor(
    private readonly peers: Peers,
    private readonly orders: OperatorOrders,
    private readonly control: DualControl,
  ) {}

  @Post('accounts/:id/refunds')
  @HttpCode(200)
  async refund(
    @Param('id') accountId: string,
    @ValidBody(adminRefundRequest)
    {
      job_id: jobId,
      refund_key: refundKey,
      amount_usd: amountMicros,
      reason,
      author: given,
    }: Valid<typeof adminRefundRequest>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const author = authorOf(by, given);
    await this.orders.record(by, {
      action: 'refund_ordered',
      accountId,
      subject: jobId,
      order: { refundKey, amountMicros, reason },
    });
    const { refundedMicros, ...done } = await moved(
      call(this.peers.ledger, 'refundCapture', { accountId, jobId, refundKey, amountMicros, reason, author }),
    );
    return {
      account_id: accountId,
      job_id: jobId,
      refund_key: refundKey,
      ...amounts({ amount: amountMicros, refunded: refundedMicros, available: done.availableMicros }),
      replayed: done.replayed,
    };
  }

  @Post('accounts/:id/reversals')
  @HttpCode(200)
  async reverse(
    @Param('id') accountId: string,
    @ValidBody(adminReversalRequest)
    {
      payment_ref: paymentRef,
      reversal_ref: reversalRef,
      amount_usd: amountMicros,
      reason,
      author: given,
    }: Valid<typeof adminReversalRequest>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const author = authorOf(by, given);
    await this.orders.record(by, {
      action: 'reversal_ordered',
      accountId,
      subject: paymentRef,
      order: { reversalRef, amountMicros, reason },
    });
    const done = await moved(
      call(this.peers.ledger, 'reverseFunds', { accountId, paymentRef, reversalRef, amountMicros, reason, author }),
    );
    return {
      account_id: accountId,
      payment_ref: paymentRef,
      reversal_ref: reversalRef,
      ...amounts({ amount: amountMicros, available: done.availableMicros, owed: done.receivableMicros }),
      replayed: done.replayed,
    };
  }

  @Post('accounts/:id/adjustments')
  @HttpCode(200)
  async adjust(
    @Param('id') accountId: string,
    @ValidBody(adminAdjustmentRequest)
    {
      adjustment_ref: adjustmentRef,
      amount_usd: amountMicros,
      reason,
      author: given,
    }: Valid<typeof adminAdjustmentRequest>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const author = authorOf(by, given);
    return this.control.move(
      by,
      { kind: 'adjustment', accountId, reference: adjustmentRef, amountMicros, reason },
      author,
    );
  }

  @Post('topups/:id/confirm')
  @HttpCode(200)
  async confirmTopUp(
    @Param('id') topUpId: string,
    @ValidBody(adminConfirmTopUpRequest)
    { payment_ref: paymentRef, author: given }: Valid<typeof adminConfirmTopUpRequest>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const author = authorOf(by, given);
    const { topUp } = await known(call(this.peers.ledger, 'findTopUp', { topUpId }), topUpNotFound);
    if (!topUp) throw new Error('the ledger answered no top-up');
    const { accountId, amountMicros } = topUp;
    const move = { kind: 'top_up', accountId, reference: topUpId, amountMicros, reason: paymentRef } as const;
    return this.control.move(by, move, author);
  }

  @Get('prices')
  async prices(): Promise<Answer> {
    const { prices } = await call(this.peers.ledger, 'listPrices', {});
    return new Answer(
      renderList(
        { limit: prices.length, offset: 0, startingAfter: '' },
        prices.map((price) => JSON.stringify(priceView(price))),
        false,
        null,
      ),
    );
  }

  @Post('prices')
  async setPrice(
    @ValidBody(adminPriceRequest)
    {
      model,
      resolution,
      per_second_usd: perSecondMicros,
      effective_from: from,
      author: given,
    }: Valid<typeof adminPriceRequest>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const effectiveFrom = from === undefined ? undefined : new Date(from);
    if (effectiveFrom && effectiveFrom < new Date())
      throw invalidRequest([{ field: 'effective_from', message: 'must not be in the past' }]);
    const author = authorOf(by, given);
    await this.orders.record(by, {
      action: 'price_ordered',
      subject: `${model} ${resolution}`,
      order: { perSecondMicros, effectiveFrom },
    });
    const { price } = await moved(
      call(this.peers.ledger, 'setPrice', { model, resolution, perSecondMicros, effectiveFrom, author }),
    );
    if (!price) throw new Error('the ledger answered no price');
    return priceView(price);
  }
}
