import { Controller, Get, Req, Res } from '@nestjs/common';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendObject } from '../access/request-state.http';
import { adminUsageQuery } from '../money/billing-requests';
import { plainUsd } from '../money/billing-views';
import { Settings } from '../http/settings';
import { money } from '../http/views';
import { Peers } from '../peers/peers.client';
import { invalidRequest } from '../refusals/refusal';
import { csvLine, prefersCsv } from '../usage/csv';
import { usagePeriod } from '../usage/usage-period';
import { pageOf } from '../validation/query';
import { type Valid, ValidQuery } from '../validation/valid.pipe';
import { businessRows, type BusinessRow, costMicrosOf, marginMicrosOf, totalOf } from './business-report';

const ADDED_UP_WITHIN_MS = 60_000;
const COLUMNS = [
  'date',
  'account_id',
  'model',
  'completed_jobs',
  'other_jobs',
  'attempts',
  'video_seconds',
  'charged_usd',
  'refunded_usd',
  'slot_seconds',
  'productive_slot_seconds',
  'slot_cost_usd',
  'margin_usd',
] as const;

/** What the installation earns: revenue of the ledger beside the time that the scheduler's slots were taken. */
@Controller('admin/v1/usage')
export class AdminBusinessController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  @Get()
  async usage(
    @ValidQuery(adminUsageQuery) query: Valid<typeof adminUsageQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = pageOf(query);
    const period = usagePeriod(query.start_date, query.end_date, new Date());
    const groupBy = query.group_by ?? ['day'];
    const rows = await this.rows(period, groupBy);
    if (prefersCsv(request.headers.accept)) {
      const name = `usage-${period.startDate}-${period.endDate}.csv`;
      const text = csvLine(COLUMNS) + rows.map((row) => csvLine(this.cells(row))).join('');
      void reply
        .code(200)
        .header('content-type', 'text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(text);
      return;
    }
    sendObject(reply, 200, {
      object: 'list',
      data: rows.slice(page.offset, page.offset + page.limit).map((row) => this.view(row)),
      has_more: rows.length > page.offset + page.limit,
      next_cursor: null,
      limit: page.limit,
      offset: page.offset,
      group_by: groupBy,
      start_date: period.startDate,
      end_date: period.endDate,
      slot_second:
        this.settings.slotSecondMicros === undefined ? null : money('price', this.settings.slotSecondMicros).price,
      totals: this.view(totalOf(rows)),
    });
  }

  private async rows(
    period: { startDate: string; endDate: string },
    groupBy: readonly string[],
  ): Promise<BusinessRow[]> {
    const order = {
      ...period,
      byDay: groupBy.includes('day'),
      byAccount: groupBy.includes('account'),
      byModel: groupBy.includes('model'),
    };
    const [{ revenues }, { times }] = await Promise.all([
      call(this.peers.ledger, 'listRevenue', order, { deadlineMs: ADDED_UP_WITHIN_MS }),
      call(this.peers.scheduler, 'listRenderTimes', order, { deadlineMs: ADDED_UP_WITHIN_MS }),
    ]).catch((error: unknown) => {
      if (!hasStatus(error, status.OUT_OF_RANGE)) throw error;
      throw invalidRequest([
        { field: 'start_date', message: 'begins too long a range: at most a year, and at most 20,000 rows' },
      ]);
    });
    return businessRows(revenues, times);
  }

  private view(row: BusinessRow): object {
    const price = this.settings.slotSecondMicros;
    const [cost, margin] = [costMicrosOf(row, price), marginMicrosOf(row, price)];
    return {
      object: 'usage_row',
      date: row.day || null,
      account_id: row.accountId || null,
      model: row.model || null,
      completed_jobs: Number(row.completedJobs),
      other_jobs: Number(row.otherJobs),
      attempts: Number(row.attempts),
      video_seconds: Number(row.videoSeconds),
      ...money('charged', row.chargedMicros),
      ...money('refunded', row.refundedMicros),
      slot_seconds: Number(row.slotMs) / 1_000,
      productive_slot_seconds: Number(row.productiveMs) / 1_000,
      ...(cost === undefined ? { slot_cost: null, slot_cost_micros: null } : money('slot_cost', cost)),
      ...(margin === undefined ? { margin: null, margin_micros: null } : money('margin', margin)),
    };
  }

  /** A margin may be negative: it is a number, and no text that a spreadsheet could run. */
  private cells(row: BusinessRow): (string | number | bigint)[] {
    const price = this.settings.slotSecondMicros;
    const [cost, margin] = [costMicrosOf(row, price), marginMicrosOf(row, price)];
    return [
      row.day,
      row.accountId,
      row.model,
      row.completedJobs,
      row.otherJobs,
      row.attempts,
      row.videoSeconds,
      plainUsd(row.chargedMicros),
      plainUsd(row.refundedMicros),
      Number(row.slotMs) / 1_000,
      Number(row.productiveMs) / 1_000,
      cost === undefined ? '' : plainUsd(cost),
      margin === undefined ? '' : Number(margin) / 1_000_000,
    ];
  }
}
