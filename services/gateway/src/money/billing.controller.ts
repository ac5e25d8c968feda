import { Controller, Get, Post, Put, Req, Res } from '@nestjs/common';
import { call, formatUsd, hasStatus, status } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { spendCapRequest, thresholdRequest } from './billing-requests';
import { balanceView, entryView, quoteView, sandboxBalanceView, spendCapView } from './billing-views';
import { parseQuote } from '../videos/create-video';
import { pageOf, parseQuery, renderList } from '../validation/query';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { ledgerQuery, noQuery } from '../http/requests';
import { validate } from '../validation/schema';
import { sequenceCursor } from '../validation/fields';
import { Peers } from '../peers/peers.client';
import { known, moved } from '../peers/peer-answers.client';
import { callerOf, isTest, liveCallerOf, sendJson, sendObject } from '../access/request-state.http';

/** Money. A test key is answered from the sandbox's virtual balance: it reads prices, and no money of the ledger. */
@Controller('v1')
export class BillingController {
  constructor(private readonly peers: Peers) {}

  /** The scheduler says which model it would be, the ledger what that costs. */
  @Post('quotes')
  async quote(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const terms = parseQuote(request.body);
    const { modelId } = await known(call(this.peers.scheduler, 'chooseModel', { terms }), noSuchModel);
    const { resolution, durationSeconds } = terms;
    const { quote } = await this.priced(call(this.peers.ledger, 'createQuote', { accountId: caller.accountId, model: modelId, resolution, durationSeconds }));
    if (!quote) throw new Error('the ledger answered no quote');
    sendObject(reply, 200, quoteView(quote, !isTest(caller)));
  }

  @Get('balance')
  async balance(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const { accountId } = caller;
    if (isTest(caller)) {
      sendObject(reply, 200, sandboxBalanceView(await call(this.peers.scheduler, 'getSandboxBalance', { accountId }), new Date()));
      return;
    }
    const [balance, { caps }] = await Promise.all([call(this.peers.ledger, 'getBalance', { accountId }), call(this.peers.ledger, 'getSpendCaps', { accountId })]);
    sendObject(reply, 200, balanceView(balance, caps));
  }

  @Put('balance/threshold')
  async setThreshold(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, keyId } = liveCallerOf(request);
    parseQuery(noQuery, request.query);
    const { threshold_usd: threshold } = validate(thresholdRequest, request.body);
    const { thresholdMicros } = await this.inRange('threshold_usd', call(this.peers.ledger, 'setLowBalanceThreshold', { accountId, thresholdMicros: threshold, author: keyId }));
    sendObject(reply, 200, { object: 'low_balance_threshold', threshold: formatUsd(thresholdMicros), threshold_micros: Number(thresholdMicros) });
  }

  @Put('spend-caps')
  async setSpendCap(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { accountId, keyId } = liveCallerOf(request);
    parseQuery(noQuery, request.query);
    const { api_key_id: apiKeyId, limit_usd: limit } = validate(spendCapRequest, request.body);
    if (apiKeyId !== undefined) await this.demandLiveKey(accountId, apiKeyId);
    const { cap } = await this.inRange('limit_usd', call(this.peers.ledger, 'setSpendCap', { accountId, apiKeyId: apiKeyId ?? '', limitMicros: limit ?? undefined, author: keyId }));
    if (!cap) throw new Error('the ledger answered no cap');
    sendObject(reply, 200, spendCapView(cap));
  }

  @Get('ledger')
  async ledger(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const query = parseQuery(ledgerQuery, request.query);
    const page = pageOf(query, sequenceCursor);
    if (isTest(caller)) {
      sendJson(reply, 200, renderList(page, [], false, null));
      return;
    }
    const found = await call(this.peers.ledger, 'listEntries', {
      accountId: caller.accountId, limit: page.limit, offset: page.offset, beforeVersion: BigInt(page.startingAfter), jobId: query.job_id ?? '',
    });
    const next = found.entries.at(-1)?.version.toString() ?? null;
    sendJson(reply, 200, renderList(page, found.entries.map((entry) => JSON.stringify(entryView(entry))), found.hasMore, next));
  }

  /** The ledger would cap a key that never spends; a mistyped id is refused here. */
  private async demandLiveKey(accountId: string, apiKeyId: string): Promise<void> {
    const { keys } = await call(this.peers.accounts, 'listKeys', { accountId });
    if (!keys.some((key) => key.keyId === apiKeyId && key.environment === 'live')) throw new Refusal('not_found', 'There is no API key with this id.');
  }

  private async priced<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (hasStatus(error, status.FAILED_PRECONDITION)) throw new Refusal('price_unavailable', 'There is no price for this request at the moment.');
      throw error;
    }
  }

  private async inRange<T>(field: string, answer: Promise<T>): Promise<T> {
    try {
      return await moved(answer);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'invalid_request') throw invalidRequest([{ field, message: 'is out of range' }]);
      throw error;
    }
  }
}

function noSuchModel(): Refusal {
  return invalidRequest([{ field: 'model', message: 'is not a known model, or cannot do this; GET /v1/models lists them' }]);
}
