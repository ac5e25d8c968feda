import { Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import type { AutoTopUp } from '@usvideo/contracts/ledger';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { Caller } from '../identity/caller';
import { LiveCaller } from '../access/parameters.http';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { notConfigured } from '../refusals/refusal';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { autoTopUpRequest, paymentMethodRequest } from './billing-requests';
import { autoTopUpView } from './billing-views';

const SETUP_WITHIN_MS = 20_000;

/** Money that comes by itself. */
@Controller('v1/auto-topup')
export class AutoTopUpController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  @Get()
  async get(@LiveCaller() { accountId }: Caller): Promise<object> {
    return view(await call(this.peers.ledger, 'getAutoTopUp', { accountId }));
  }

  @Put()
  async set(
    @LiveCaller() { accountId, keyId }: Caller,
    @ValidBody(autoTopUpRequest)
    {
      enabled,
      threshold_usd: thresholdMicros,
      amount_usd: amountMicros,
      monthly_max_usd: monthMaxMicros,
    }: Valid<typeof autoTopUpRequest>,
  ): Promise<object> {
    return view(
      await call(this.peers.ledger, 'setAutoTopUp', {
        accountId,
        enabled,
        thresholdMicros,
        amountMicros,
        monthMaxMicros,
        author: keyId,
      }),
    );
  }

  @Post('payment-method')
  @HttpCode(200)
  async setUp(
    @LiveCaller() { accountId, keyId }: Caller,
    @ValidBody(paymentMethodRequest, {})
    { success_url: successUrl, cancel_url: cancelUrl }: Valid<typeof paymentMethodRequest>,
  ): Promise<object> {
    const landing = `${this.settings.publicUrl}/dashboard/billing`;
    const order = { accountId, successUrl: successUrl ?? landing, cancelUrl: cancelUrl ?? landing, author: keyId };
    const { checkoutUrl } = await call(this.peers.ledger, 'setUpPaymentMethod', order, {
      deadlineMs: SETUP_WITHIN_MS,
    }).catch(refuse);
    return { object: 'payment_method_setup', checkout_url: checkoutUrl };
  }

  @Delete('payment-method')
  async remove(@LiveCaller() { accountId, keyId }: Caller): Promise<object> {
    return view(await call(this.peers.ledger, 'removePaymentMethod', { accountId, author: keyId }));
  }
}

function view({ autoTopUp }: { autoTopUp: AutoTopUp | undefined }): object {
  if (!autoTopUp) throw new Error('the ledger answered no terms');
  return autoTopUpView(autoTopUp);
}

function refuse(error: unknown): never {
  throw hasStatus(error, status.FAILED_PRECONDITION)
    ? notConfigured('No payment method can be saved', 'PAYMENT_PROVIDER=stripe')
    : error;
}
