import { Inject, Injectable } from '@nestjs/common';
import type { Account } from '@usvideo/contracts/accounts';
import { call } from '@usvideo/runtime';
import { adminAccountView, apiKeyView, time } from '../http/views';
import { Peers } from '../peers/peers.client';
import { endpointView } from '../webhooks/webhook-views';
import { auditView } from '../operators/audit-view';

const ENVIRONMENTS = ['live', 'test'] as const;
const JOBS_PER_PAGE = 100;
const AUDIT_PER_PAGE = 1_000;

/** What is kept of an account, a line of JSON each: `{"type":"job","data":{…}}`. Read page by page, however much it is. */
@Injectable()
export class AccountData {
  constructor(@Inject(Peers) private readonly peers: Pick<Peers, 'accounts' | 'members' | 'scheduler' | 'webhooks'>) {}

  async *lines(account: Account): AsyncGenerator<string> {
    const { accountId } = account;
    yield line('account', JSON.stringify(adminAccountView(account)));
    const { members } = await call(this.peers.members, 'listMembers', { accountId });
    for (const { memberId, email, name, role, status, createdAt } of members)
      yield line('member', JSON.stringify({ id: memberId, email, name, role, status, created_at: time(createdAt) }));
    const { keys } = await call(this.peers.accounts, 'listKeys', { accountId });
    for (const key of keys) yield line('api_key', JSON.stringify(apiKeyView(key)));
    for (const environment of ENVIRONMENTS) {
      const { endpoints } = await call(this.peers.webhooks, 'listEndpoints', {
        accountId,
        environment,
        endpointId: '',
      });
      for (const endpoint of endpoints)
        yield line('webhook_endpoint', JSON.stringify(endpointView(endpoint, environment)));
      yield* this.jobs(accountId, environment);
    }
    yield* this.audit(accountId);
  }

  private async *jobs(accountId: string, environment: string): AsyncGenerator<string> {
    for (let startingAfter = '', more = true; more;) {
      const page = await call(this.peers.scheduler, 'listJobs', {
        accountId,
        environment,
        limit: JOBS_PER_PAGE,
        offset: 0,
        startingAfter,
        statuses: [],
        createdAfter: undefined,
        createdBefore: undefined,
        endUser: '',
      });
      for (const json of page.jobJson) yield line('job', json);
      [startingAfter, more] = [page.nextCursor, page.hasMore];
    }
  }

  private async *audit(accountId: string): AsyncGenerator<string> {
    for (let beforeSeq = 0n, more = true; more;) {
      const page = await call(this.peers.accounts, 'listAudit', { accountId, limit: AUDIT_PER_PAGE, beforeSeq });
      for (const entry of page.entries) yield line('audit_entry', JSON.stringify(auditView(entry)));
      [beforeSeq, more] = [page.entries.at(-1)?.seq ?? 0n, page.hasMore];
    }
  }
}

function line(type: string, json: string): string {
  return `{"type":"${type}","data":${json}}\n`;
}
