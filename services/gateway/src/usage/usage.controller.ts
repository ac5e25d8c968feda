import { Controller, Get, Req, Res } from '@nestjs/common';
import type { ListUsageResponse, UsageGroup } from '@usvideo/contracts/ledger';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { usageQuery } from '../money/billing-requests';
import { usageGroupView, usageRowView, usageTotalsView } from '../money/billing-views';
import type { Caller } from '../identity/caller';
import { csvLine, prefersCsv } from './csv';
import { type Page, pageOf } from '../validation/query';
import { GROUP_COLUMNS, USAGE_COLUMNS, groupCsvLine, usageCsvLine } from './usage-csv';
import { usagePeriod } from './usage-period';
import { Peers } from '../peers/peers.client';
import { type GroupPage, type UsageRange, UsageReports } from './usage-reports.client';
import { type OpenStream, OpenStreams } from '../streams/open-streams.http';
import { bookOfCaller, isTest, sendObject } from '../access/request-state.http';
import { openStream, sendText } from '../streams/response-stream.http';
import { Settings } from '../http/settings';
import { KeyCaller } from '../access/parameters.http';
import { type Valid, ValidQuery } from '../validation/valid.pipe';

type Grouping = z.output<typeof usageQuery>['group_by'];

interface Report {
  readonly caller: Caller;
  readonly range: UsageRange;
  readonly grouping: Grouping;
}

interface UsagePage {
  readonly data: object[];
  readonly hasMore: boolean;
  readonly totals: Parameters<typeof usageTotalsView>[0];
}

/** What was charged. */
@Controller('v1/usage')
export class UsageController {
  constructor(
    private readonly peers: Peers,
    private readonly reports: UsageReports,
    private readonly streams: OpenStreams,
    private readonly settings: Settings,
  ) {}

  @Get()
  async usage(
    @KeyCaller() caller: Caller,
    @ValidQuery(usageQuery) query: Valid<typeof usageQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = pageOf(query);
    const period = usagePeriod(query.start_date, query.end_date, new Date());
    const report = {
      caller,
      range: { accountId: bookOfCaller(caller), ...period, apiKeyId: query.api_key_id ?? '' },
      grouping: query.group_by,
    };
    if (prefersCsv(request.headers.accept)) return this.sendCsv(report, reply);
    const { data, hasMore, totals } = await this.page(report, page, reply);
    sendObject(reply, 200, {
      object: 'list',
      livemode: !isTest(caller),
      data,
      has_more: hasMore,
      next_cursor: null,
      limit: page.limit,
      offset: page.offset,
      group_by: query.group_by ?? null,
      start_date: period.startDate,
      end_date: period.endDate,
      totals: usageTotalsView(totals),
    });
  }

  private async page(report: Report, page: Page, reply: FastifyReply): Promise<UsagePage> {
    if (report.grouping === undefined) {
      const { rows, hasMore, ...totals } = await this.jobs(report.range, page);
      return { data: rows.map(usageRowView), hasMore, totals };
    }
    const [{ groups, hasMore }, totals] = await Promise.all([
      this.groups(report, page, reply),
      this.jobs(report.range, { limit: 1, offset: 0 }),
    ]);
    return { data: groups.map(usageGroupView), hasMore, totals };
  }

  private jobs(range: UsageRange, { limit, offset }: Pick<Page, 'limit' | 'offset'>): Promise<ListUsageResponse> {
    return call(this.peers.ledger, 'listUsage', { ...range, limit, offset });
  }

  private async groups(
    { caller, range, grouping }: Report,
    { limit, offset }: Page,
    reply: FastifyReply,
  ): Promise<GroupPage> {
    if (grouping !== undefined && grouping !== 'end_user') return this.reports.groups(range, grouping, limit, offset);
    const groups = await this.byEndUser(caller, range, reply);
    return { groups: groups.slice(offset, offset + limit), hasMore: groups.length > offset + limit };
  }

  /** Reads the whole range, and so counts as a stream. */
  private async byEndUser(caller: Caller, range: UsageRange, reply: FastifyReply): Promise<UsageGroup[]> {
    const stream = this.open(caller, reply);
    try {
      return await this.reports.byEndUser(caller, range, stream.signal);
    } finally {
      stream.close();
    }
  }

  private open({ accountId }: Caller, reply: FastifyReply): OpenStream {
    return openStream(this.streams, { accountId }, reply, this.settings.supportUrl);
  }

  private async sendCsv(report: Report, reply: FastifyReply): Promise<void> {
    const stream = this.open(report.caller, reply);
    const { startDate, endDate } = report.range;
    await sendText(
      reply,
      {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="usage-${startDate}-${endDate}.csv"`,
      },
      this.csv(report, stream.signal),
      stream,
    );
  }

  private async *csv({ caller, range, grouping }: Report, signal: AbortSignal): AsyncGenerator<string> {
    const header = csvLine(grouping === undefined ? USAGE_COLUMNS : [grouping, ...GROUP_COLUMNS]);
    let pages: AsyncIterable<string>;
    if (grouping === undefined) pages = joined(this.reports.rows(range, signal), usageCsvLine);
    else if (grouping === 'end_user')
      pages = joined([await this.reports.byEndUser(caller, range, signal)], groupCsvLine);
    else pages = joined(this.reports.allGroups(range, grouping), groupCsvLine);
    let before = header;
    for await (const page of pages) {
      yield before + page;
      before = '';
    }
    if (before !== '') yield before;
  }
}

async function* joined<Item>(
  pages: AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>,
  line: (item: Item) => string,
): AsyncGenerator<string> {
  for await (const page of pages) yield page.map(line).join('');
}
