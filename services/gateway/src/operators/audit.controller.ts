import { Controller, Get, Headers } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import { Answer } from '../http/answer';
import { adminAuditQuery } from '../http/requests';
import { Peers } from '../peers/peers.client';
import { renderList } from '../validation/query';
import { auditView } from './audit-view';
import { type Valid, ValidQuery } from '../validation/valid.pipe';

const VERIFY_WITHIN_MS = 60_000;

/** What was done to accounts, by whom and from where. */
@Controller('admin/v1/audit')
export class AdminAuditController {
  constructor(private readonly peers: Peers) {}

  /** As lines of JSON with their hashes where those are preferred, for whoever keeps the log elsewhere. */
  @Get()
  async list(
    @ValidQuery(adminAuditQuery) { account_id: accountId, limit, starting_after: after }: Valid<typeof adminAuditQuery>,
    @Headers('accept') accept: string | undefined,
  ): Promise<Answer> {
    const { entries, hasMore } = await call(this.peers.accounts, 'listAudit', {
      accountId: accountId ?? '',
      limit,
      beforeSeq: BigInt(after ?? 0),
    });
    const lines = entries.map((entry) => JSON.stringify(auditView(entry)));
    if (accept?.includes('application/x-ndjson'))
      return new Answer(lines.map((line) => `${line}\n`).join(''), { 'content-type': 'application/x-ndjson' });
    return new Answer(
      renderList(
        { limit, offset: 0, startingAfter: after ?? '' },
        lines,
        hasMore,
        entries.at(-1)?.seq.toString() ?? null,
      ),
    );
  }

  @Get('verify')
  async verify(): Promise<object> {
    const { checked, brokenSeq } = await call(this.peers.accounts, 'verifyAudit', {}, { deadlineMs: VERIFY_WITHIN_MS });
    return {
      ok: brokenSeq === undefined,
      checked: Number(checked),
      broken_at: brokenSeq === undefined ? null : Number(brokenSeq),
    };
  }
}
