import { Controller, Get, HttpCode, Post, Put, Req } from '@nestjs/common';
import { call, formatUsd, hasStatus, status } from '@usvideo/runtime';
import type { FastifyRequest } from 'fastify';
import { spendCapRequest, thresholdRequest } from './billing-requests';
import { balanceView, entryView, quoteView, spendCapView } from './billing-views';
import { parseQuote } from '../videos/create-video';
import { pageOf, renderList } from '../validation/query';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { ledgerQuery } from '../http/requests';
import { sequenceCursor } from '../validation/fields';
import { Peers } from '../peers/peers.client';
import type { Caller } from '../identity/caller';
import { known, moved } from '../peers/peer-answers.client';
import { bookOfCaller, isTest } from '../access/request-state.http';
import { KeyCaller } from '../access/parameters.http';
import { type Valid, ValidBody, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

/** Money. A test key is answered from its account's play money, which goes the same ways. */
@Controller('v1')
export class BillingController {
  constructor(private readonly peers: Peers) {}

  /** The scheduler says which model it would be, the ledger what that costs. */
  @Post('quotes')
  @HttpCode(200)
  async quote(@KeyCaller() caller: Caller, @Req() request: FastifyRequest): Promise<object> {
    const terms = parseQuote(request.body);
    const { modelId } = await known(call(this.peers.scheduler, 'chooseModel', { terms }), noSuchModel);
    const { resolution, durationSeconds } = terms;
    const { quote } = await this.priced(
      call(this.peers.ledger, 'createQuote', {
        accountId: bookOfCaller(caller),
        model: modelId,
        resolution,
        durationSeconds,
      }),
    );
    if (!quote) throw new Error('the ledger answered no quote');
    return quoteView(quote, !isTest(caller));
  }

  @Get('balance')
  async balance(@KeyCaller() caller: Caller): Promise<object> {
    return await this.balanceOf(caller);
  }

  @Post('sandbox/reset')
  @HttpCode(200)
  async resetSandbox(@KeyCaller() caller: Caller): Promise<object> {
    if (!isTest(caller)) throw new Refusal('forbidden', 'Only play money can be reset. Use a test key.');
    await call(this.peers.ledger, 'resetSandbox', { accountId: bookOfCaller(caller), author: caller.keyId });
    return await this.balanceOf(caller);
  }

  @Put('balance/threshold')
  async setThreshold(
    @KeyCaller() caller: Caller,
    @ValidBody(thresholdRequest) { threshold_usd: threshold }: Valid<typeof thresholdRequest>,
  ): Promise<object> {
    const { thresholdMicros } = await this.inRange(
      'threshold_usd',
      call(this.peers.ledger, 'setLowBalanceThreshold', {
        accountId: bookOfCaller(caller),
        thresholdMicros: threshold,
        author: caller.keyId,
      }),
    );
    return {
      object: 'low_balance_threshold',
      livemode: !isTest(caller),
      threshold: formatUsd(thresholdMicros),
      threshold_micros: Number(thresholdMicros),
    };
  }

  @Put('spend-caps')
  async setSpendCap(
    @KeyCaller() caller: Caller,
    @ValidBody(spendCapRequest) { api_key_id: apiKeyId, limit_usd: limit }: Valid<typeof spendCapRequest>,
  ): Promise<object> {
    if (apiKeyId !== undefined) await this.demandKey(caller, apiKeyId);
    const { cap } = await this.inRange(
      'limit_usd',
      call(this.peers.ledger, 'setSpendCap', {
        accountId: bookOfCaller(caller),
        apiKeyId: apiKeyId ?? '',
        limitMicros: limit ?? undefined,
        author: caller.keyId,
      }),
    );
    if (!cap) throw new Error('the ledger answered no cap');
    return spendCapView(cap, !isTest(caller));
  }

  @Get('ledger')
  async ledger(
    @KeyCaller() caller: Caller,
    @ValidQuery(ledgerQuery) query: Valid<typeof ledgerQuery>,
  ): Promise<Answer> {
    const page = pageOf(query, sequenceCursor);
    const found = await call(this.peers.ledger, 'listEntries', {
      accountId: bookOfCaller(caller),
      limit: page.limit,
      offset: page.offset,
      beforeVersion: BigInt(page.startingAfter),
      jobId: query.job_id ?? '',
    });
    const next = found.entries.at(-1)?.version.toString() ?? null;
    const livemode = !isTest(caller);
    return new Answer(
      renderList(
        page,
        found.entries.map((entry) => JSON.stringify(entryView(entry, livemode))),
        found.hasMore,
        next,
        livemode,
      ),
    );
  }

  private async balanceOf(caller: Caller): Promise<object> {
    const accountId = bookOfCaller(caller);
    const [balance, { caps }] = await Promise.all([
      call(this.peers.ledger, 'getBalance', { accountId }),
      call(this.peers.ledger, 'getSpendCaps', { accountId }),
    ]);
    return balanceView(balance, caps, !isTest(caller));
  }

  /** The ledger would cap a key that never spends; a mistyped id is refused here. */
  private async demandKey({ accountId, environment }: Caller, apiKeyId: string): Promise<void> {
    const { keys } = await call(this.peers.accounts, 'listKeys', { accountId });
    if (!keys.some((key) => key.keyId === apiKeyId && key.environment === environment))
      throw new Refusal('not_found', 'There is no API key with this id.');
  }

  private async priced<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (hasStatus(error, status.FAILED_PRECONDITION))
        throw new Refusal('price_unavailable', 'There is no price for this request at the moment.');
      throw error;
    }
  }

  private async inRange<T>(field: string, answer: Promise<T>): Promise<T> {
    try {
      return await moved(answer);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'invalid_request')
        throw invalidRequest([{ field, message: 'is out of range' }]);
      throw error;
    }
  }
}

function noSuchModel(): Refusal {
  return invalidRequest([
    { field: 'model', message: 'is not a known model, or cannot do this; GET /v1/models lists them' },
  ]);
}
