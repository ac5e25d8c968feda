import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { CreateTopUpRequest, TopUp } from '@usvideo/contracts/ledger';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { topUpRequest, topUpsQuery } from './billing-requests';
import { topUpView } from './billing-views';
import { pageOf, parseQuery, renderList } from '../validation/query';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { readIdempotencyKey } from '../access/request-headers';
import { noQuery } from '../http/requests';
import { validate } from '../validation/schema';
import { Peers } from '../peers/peers.client';
import { known } from '../peers/peer-answers.client';
import { callerOf, isTest, liveCallerOf, sendJson, sendObject } from '../access/request-state.http';
import { Settings } from '../http/settings';

/** A payment page of a provider in another country may be slow; the customer waits for it here. */
const CHECKOUT_WITHIN_MS = 20_000;

/** Money on its way in. */
@Controller('v1/topups')
export class TopUpsController {
  constructor(private readonly peers: Peers, private readonly settings: Settings) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, keyId } = liveCallerOf(request);
    parseQuery(noQuery, request.query);
    const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key']);
    const { amount_usd: amountMicros, success_url: successUrl, cancel_url: cancelUrl } = validate(topUpRequest, request.body);
    const landing = `${this.settings.publicUrl}/docs`;
    const topUp = await this.open({
      accountId, amountMicros, idempotencyKey, successUrl: successUrl ?? landing, cancelUrl: cancelUrl ?? landing, provider: '', author: keyId,
    });
    reply.header('location', `${this.settings.publicUrl}/v1/topups/${topUp.topUpId}`);
    sendObject(reply, 201, topUpView(topUp));
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const page = pageOf(parseQuery(topUpsQuery, request.query));
    const { limit, offset } = page;
    const { topUps, hasMore } = isTest(caller) ? { topUps: [], hasMore: false } : await call(this.peers.ledger, 'listTopUps', { accountId: caller.accountId, limit, offset });
    sendJson(reply, 200, renderList(page, topUps.map((topUp) => JSON.stringify(topUpView(topUp))), hasMore, null, !isTest(caller)));
  }

  @Get(':id')
  async get(@Param('id') topUpId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    if (isTest(caller) || !/^[\w-]{1,100}$/.test(topUpId)) throw topUpNotFound();
    const { topUp } = await known(call(this.peers.ledger, 'getTopUp', { accountId: caller.accountId, topUpId }), topUpNotFound);
    sendObject(reply, 200, topUpView(present(topUp)));
  }

  private async open(request: CreateTopUpRequest): Promise<TopUp> {
    try {
      const { topUp } = await call(this.peers.ledger, 'createTopUp', request, { deadlineMs: CHECKOUT_WITHIN_MS });
      return present(topUp);
    } catch (error) {
      if (hasStatus(error, status.ALREADY_EXISTS)) throw new Refusal('idempotency_key_reused', 'This Idempotency-Key was used with a different top-up.');
      if (hasStatus(error, status.INVALID_ARGUMENT)) throw invalidRequest([{ field: 'amount_usd', message: 'is not an amount that can be paid here' }]);
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
