import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import type { ApplyPaymentEventRequest } from '@usvideo/contracts/ledger';
import { call, hasStatus, status } from '@usvideo/runtime';
import { Refusal, invalidRequest, serviceUnavailable } from '../refusals/refusal';
import { Peers } from '../peers/peers.client';

const APPLIED_WITHIN_MS = 10_000;

/** Where payment providers report. No key: the signature over the body is the permission, and the ledger knows its secret. */
@Controller('v1/payments')
export class PaymentsController {
  constructor(private readonly peers: Peers) {}

  @Post('stripe/events')
  @HttpCode(200)
  async stripe(
    @Headers('stripe-signature') signature: string | undefined,
    @Body() body: Buffer | undefined,
  ): Promise<object> {
    if (typeof signature !== 'string' || !body || body.length === 0) throw notSigned();
    await this.apply({ provider: 'stripe', body, signature });
    return { received: true };
  }

  /** Whatever is not answered 2xx is sent again by the provider, for three days. */
  private async apply(event: ApplyPaymentEventRequest): Promise<void> {
    try {
      await call(this.peers.ledger, 'applyPaymentEvent', event, { deadlineMs: APPLIED_WITHIN_MS });
    } catch (error) {
      if (hasStatus(error, status.UNAUTHENTICATED)) throw notSigned();
      if (hasStatus(error, status.FAILED_PRECONDITION)) throw serviceUnavailable();
      if (hasStatus(error, status.NOT_FOUND) || hasStatus(error, status.INVALID_ARGUMENT))
        throw new Refusal('not_found', 'There is nothing at this path.');
      throw error;
    }
  }
}

function notSigned(): Refusal {
  return invalidRequest([
    { field: 'Stripe-Signature', message: 'does not sign this body, or did so more than 300 seconds ago' },
  ]);
}
