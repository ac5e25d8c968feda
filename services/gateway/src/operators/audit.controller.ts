import { Controller, Get, Req, Res } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendJson } from '../access/request-state.http';
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
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { entries, hasMore } = await call(this.peers.accounts, 'listAudit', {
      accountId: accountId ?? '',
      limit,
      beforeSeq: BigInt(after ?? 0),
    });
    const lines = entries.map((entry) => JSON.stringify(auditView(entry)));
    if (request.headers.accept?.includes('application/x-ndjson')) {
      void reply
        .code(200)
        .header('content-type', 'application/x-ndjson')
        .send(lines.map((line) => `${line}\n`).join(''));
      return;
    }
    sendJson(
      reply,
      200,
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
