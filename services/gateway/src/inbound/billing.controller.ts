import { Controller, Get, Req, Res } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../domain/caller';
import { pageOf, parseQuery, renderList } from '../domain/query';
import { ledgerQuery, noQuery, usageQuery } from '../domain/requests';
import { usagePeriod } from '../domain/usage-period';
import { balanceView, entryView, sandboxBalanceView, usageRowView, usageTotalsView } from '../domain/views';
import { Peers } from '../outbound/peers';
import { callerOf, sendJson, sendObject } from './request-state';

/** Money. A test key is answered from the sandbox's virtual balance and never reaches the ledger. */
@Controller('v1')
export class BillingController {
  constructor(private readonly peers: Peers) {}

  @Get('balance')
  async balance(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    if (isTest(caller)) sendObject(reply, 200, sandboxBalanceView(await this.sandbox(caller), new Date()));
    else sendObject(reply, 200, balanceView(await call(this.peers.ledger, 'getBalance', { accountId: caller.accountId })));
  }

  @Get('usage')
  async usage(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const query = parseQuery(usageQuery, request.query);
    const page = pageOf(query);
    const { startDate, endDate } = usagePeriod(query.start_date, query.end_date, new Date());
    const usage = isTest(caller)
      ? await this.sandboxUsage(caller)
      : await call(this.peers.ledger, 'listUsage', { accountId: caller.accountId, startDate, endDate, limit: page.limit, offset: page.offset });
    sendObject(reply, 200, {
      object: 'list', data: usage.rows.map(usageRowView), has_more: usage.hasMore, next_cursor: null, limit: page.limit, offset: page.offset,
      start_date: startDate, end_date: endDate, totals: usageTotalsView(usage),
    });
  }

  @Get('ledger')
  async ledger(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    const query = parseQuery(ledgerQuery, request.query);
    const page = pageOf(query, /^\d{1,18}$/);
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

  private sandbox({ accountId }: Caller) {
    return call(this.peers.scheduler, 'getSandboxBalance', { accountId });
  }

  /** The sandbox keeps sums and no rows. */
  private async sandboxUsage(caller: Caller) {
    const balance = await this.sandbox(caller);
    return { rows: [], hasMore: false, totalJobs: balance.periodJobs, totalSeconds: 0n, totalMicros: balance.totalSpendMicros };
  }
}

function isTest(caller: Caller): boolean {
  return caller.environment === 'test';
}
