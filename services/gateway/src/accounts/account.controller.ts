import { Controller, Get, Req, Res } from '@nestjs/common';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseQuery, renderList } from '../validation/query';
import { noQuery } from '../http/requests';
import { accountView, limitsView, modelView } from '../http/views';
import { Peers } from '../peers/peers.client';
import { OpenStreams, STREAMS_PER_ACCOUNT_MAX } from '../http/open-streams.http';
import { callerOf, sendJson, sendObject } from '../access/request-state.http';

const MODELS_MAX = 100;

/** What an account may look up about itself. */
@Controller('v1')
export class AccountController {
  constructor(private readonly peers: Peers, private readonly streams: OpenStreams) {}

  @Get('account')
  async account(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, environment } = callerOf(request);
    parseQuery(noQuery, request.query);
    const { account } = await call(this.peers.accounts, 'getAccount', { accountId });
    if (!account) throw new Error('accounts answered no account');
    sendObject(reply, 200, accountView(account, environment));
  }

  @Get('limits')
  async limits(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, environment } = callerOf(request);
    parseQuery(noQuery, request.query);
    const limits = await call(this.peers.scheduler, 'getLimits', { accountId, environment });
    const streams = { allowed: STREAMS_PER_ACCOUNT_MAX, inUse: this.streams.inUse(accountId) };
    sendObject(reply, 200, limitsView(limits, environment, streams));
  }

  @Get('models')
  async models(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    callerOf(request);
    parseQuery(noQuery, request.query);
    const [{ models }, prices] = await Promise.all([call(this.peers.scheduler, 'listModels', {}), this.prices()]);
    const now = new Date();
    const page = { limit: MODELS_MAX, offset: 0, startingAfter: '' };
    sendJson(reply, 200, renderList(page, models.map((model) => JSON.stringify(modelView(model, prices, now))), false, null));
  }

  /** Models are shown without prices while the ledger is away. */
  private async prices() {
    try {
      return (await call(this.peers.ledger, 'listPrices', {}, { deadlineMs: 2_000 })).prices;
    } catch (error) {
      if (hasStatus(error, status.UNAVAILABLE) || hasStatus(error, status.DEADLINE_EXCEEDED)) return [];
      throw error;
    }
  }
}
