import { Controller, Get, Param, Post } from '@nestjs/common';
import type { CreateTopUpRequest, TopUp } from '@usvideo/contracts/ledger';
import { call, hasStatus, status } from '@usvideo/runtime';
import { topUpRequest, topUpsQuery } from './billing-requests';
import { topUpView } from './billing-views';
import { pageOf, renderList } from '../validation/query';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { Peers } from '../peers/peers.client';
import { known } from '../peers/peer-answers.client';
import { isTest } from '../access/request-state.http';
import { Settings } from '../http/settings';
import { IdempotencyKey, KeyCaller, LiveCaller } from '../access/parameters.http';
import { type Valid, ValidBody, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';
import type { Caller } from '../identity/caller';

/** A payment page of a provider in another country may be slow; the customer waits for it here. */
const CHECKOUT_WITHIN_MS = 20_000;

/** Money on its way in. */
@Controller('v1/topups')
export class TopUpsController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  @Post()
  async create(
    @LiveCaller() { accountId, keyId }: Caller,
    @ValidBody(topUpRequest)
    { amount_usd: amountMicros, success_url: successUrl, cancel_url: cancelUrl }: Valid<typeof topUpRequest>,
    @IdempotencyKey() idempotencyKey: string,
  ): Promise<Answer> {
    const landing = `${this.settings.publicUrl}/docs`;
    const topUp = await this.open({
      accountId,
      amountMicros,
      idempotencyKey,
      successUrl: successUrl ?? landing,
      cancelUrl: cancelUrl ?? landing,
      provider: '',
      author: keyId,
    });
    return new Answer(topUpView(topUp), { location: `${this.settings.publicUrl}/v1/topups/${topUp.topUpId}` });
  }

  @Get()
  async list(@KeyCaller() caller: Caller, @ValidQuery(topUpsQuery) query: Valid<typeof topUpsQuery>): Promise<Answer> {
    const page = pageOf(query);
    const { limit, offset } = page;
    const { topUps, hasMore } = isTest(caller)
      ? { topUps: [], hasMore: false }
      : await call(this.peers.ledger, 'listTopUps', { accountId: caller.accountId, limit, offset });
    return new Answer(
      renderList(
        page,
        topUps.map((topUp) => JSON.stringify(topUpView(topUp))),
        hasMore,
        null,
        !isTest(caller),
      ),
    );
  }

  @Get(':id')
  async get(@Param('id') topUpId: string, @KeyCaller() caller: Caller): Promise<object> {
    if (isTest(caller) || !/^[\w-]{1,100}$/.test(topUpId)) throw topUpNotFound();
    const { topUp } = await known(
      call(this.peers.ledger, 'getTopUp', { accountId: caller.accountId, topUpId }),
      topUpNotFound,
    );
    return topUpView(present(topUp));
  }

  private async open(request: CreateTopUpRequest): Promise<TopUp> {
    try {
      const { topUp } = await call(this.peers.ledger, 'createTopUp', request, { deadlineMs: CHECKOUT_WITHIN_MS });
      return present(topUp);
    } catch (error) {
      if (hasStatus(error, status.ALREADY_EXISTS))
        throw new Refusal('idempotency_key_reused', 'This Idempotency-Key was used with a different top-up.');
      if (hasStatus(error, status.INVALID_ARGUMENT))
        throw invalidRequest([{ field: 'amount_usd', message: 'is not an amount that can be paid here' }]);
      throw error;
    }
  }
}

export function topUpNotFound(): Refusal {
  return new Refusal('not_found', 'There is no top-up with this id.');
}

function present(topUp: TopUp | undefined): TopUp {
  if (!topUp) throw new Error('the ledger answered no top-up');
  return topUp;
}
