import { Controller, Get } from '@nestjs/common';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { Caller } from '../identity/caller';
import { KeyCaller } from '../access/parameters.http';
import { renderList } from '../validation/query';
import { Answer } from '../http/answer';
import { accountView, limitsView, modelView } from '../http/views';
import { Peers } from '../peers/peers.client';
import { OpenStreams, STREAMS_PER_ACCOUNT_MAX } from '../streams/open-streams.http';

const MODELS_MAX = 100;

/** What an account may look up about itself. */
@Controller('v1')
export class AccountController {
  constructor(
    private readonly peers: Peers,
    private readonly streams: OpenStreams,
  ) {}

  @Get('account')
  async account(@KeyCaller() { accountId, environment }: Caller): Promise<object> {
    const { account } = await call(this.peers.accounts, 'getAccount', { accountId });
    if (!account) throw new Error('accounts answered no account');
    return accountView(account, environment);
  }

  @Get('limits')
  async limits(@KeyCaller() { accountId, environment }: Caller): Promise<object> {
    const limits = await call(this.peers.scheduler, 'getLimits', { accountId, environment });
    const streams = { allowed: STREAMS_PER_ACCOUNT_MAX, inUse: this.streams.inUse(accountId) };
    return limitsView(limits, environment, streams);
  }

  @Get('models')
  async models(): Promise<Answer> {
    const [{ models }, prices] = await Promise.all([call(this.peers.scheduler, 'listModels', {}), this.prices()]);
    const now = new Date();
    const page = { limit: MODELS_MAX, offset: 0, startingAfter: '' };
    return new Answer(
      renderList(
        page,
        models.map((model) => JSON.stringify(modelView(model, prices, now))),
        false,
        null,
      ),
    );
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
