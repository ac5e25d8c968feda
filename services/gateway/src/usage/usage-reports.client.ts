import { Inject, Injectable } from '@nestjs/common';
import type { UsageGroup, UsageRow } from '@usvideo/contracts/ledger';
import { call, traceMetadata } from '@usvideo/runtime';
import type { Caller } from '../identity/caller';
import { END_USERS_MAX, EndUserUsage } from './end-user-usage';
import { invalidRequest } from '../refusals/refusal';
import { Peers } from '../peers/peers.client';
import { messagesOf } from '../peers/server-stream.client';

export interface UsageRange {
  readonly accountId: string;
  readonly startDate: string;
  readonly endDate: string;
  /** Empty: all keys. */
  readonly apiKeyId: string;
}

export interface GroupPage {
  readonly groups: UsageGroup[];
  readonly hasMore: boolean;
}

/** What the ledger can group by: it never hears of end users. */
export type LedgerGrouping = 'day' | 'api_key' | 'resolution';

const GROUPS_PAGE = 1_000;
const JOBS_PAGE = 1_000;

/** Reports over a whole range, of which never more than a page is in memory. */
@Injectable()
export class UsageReports {
  constructor(@Inject(Peers) private readonly peers: Pick<Peers, 'ledger' | 'scheduler'>) {}

  /** Every charged job of the range, oldest first. */
  async *rows(range: UsageRange, signal: AbortSignal): AsyncGenerator<UsageRow[]> {
    for await (const { rows } of messagesOf(() => this.peers.ledger.exportUsage(range, traceMetadata()), signal))
      yield rows;
  }

  groups(range: UsageRange, groupBy: LedgerGrouping, limit: number, offset: number): Promise<GroupPage> {
    return call(this.peers.ledger, 'listUsageGroups', { ...range, groupBy, limit, offset });
  }

  async *allGroups(range: UsageRange, groupBy: LedgerGrouping): AsyncGenerator<UsageGroup[]> {
    for (let offset = 0; ; offset += GROUPS_PAGE) {
      const page = await this.groups(range, groupBy, GROUPS_PAGE, offset);
      yield page.groups;
      if (!page.hasMore) return;
    }
  }

  /** Joins the ledger's jobs with the end users that only the scheduler knows. @throws Refusal invalid_request: too many of them. */
  async byEndUser({ accountId, environment }: Caller, range: UsageRange, signal: AbortSignal): Promise<UsageGroup[]> {
    const usage = new EndUserUsage();
    for await (const rows of this.rows(range, signal)) {
      for (let start = 0; start < rows.length; start += JOBS_PAGE) {
        const some = rows.slice(start, start + JOBS_PAGE);
        const { jobs } = await call(this.peers.scheduler, 'listEndUsers', {
          accountId,
          environment,
          jobIds: some.map(({ jobId }) => jobId),
        });
        if (!usage.add(some, new Map(jobs.map(({ jobId, endUser }) => [jobId, endUser])))) {
          throw invalidRequest([
            { field: 'group_by', message: `the range has more than ${END_USERS_MAX} end users; choose a shorter one` },
          ]);
        }
      }
    }
    return usage.sorted();
  }
}
