import { Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { SignedRoot, VerifyResponse } from '@usvideo/contracts/ledger';
import type { ReconcileResponse } from '@usvideo/contracts/scheduler';
import { call, hasStatus, status, traceMetadata } from '@usvideo/runtime';
import type { FastifyReply } from 'fastify';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import { adminRunsQuery } from '../http/requests';
import { adminReconcileQuery, adminRootsQuery, adminVerifyQuery } from '../money/billing-requests';
import { pageOf, renderList } from '../validation/query';
import { Refusal } from '../refusals/refusal';
import { Peers } from '../peers/peers.client';
import { messagesOf } from '../peers/server-stream.client';
import { OpenStreams } from '../streams/open-streams.http';
import { known } from '../peers/peer-answers.client';
import { openStream, sendText } from '../streams/response-stream.http';
import { OperatorOrders } from '../operators/operator-orders.client';
import { Settings } from '../http/settings';
import { time } from '../http/views';
import { type Valid, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

const PROVEN_WITHIN_MS = 10 * 60_000;

/** What shows that the money is right. */
@Controller('admin/v1')
export class AdminProofController {
  constructor(
    private readonly peers: Peers,
    private readonly streams: OpenStreams,
    private readonly settings: Settings,
    private readonly orders: OperatorOrders,
  ) {}

  @Get('ledger/verify')
  async verify(
    @ValidQuery(adminVerifyQuery) { known_root: knownRoot }: Valid<typeof adminVerifyQuery>,
  ): Promise<object> {
    const found = await call(this.peers.ledger, 'verify', { knownRoot }, { deadlineMs: PROVEN_WITHIN_MS });
    return verificationView(found);
  }

  @Get('ledger/verifications')
  async verifications(@ValidQuery(adminRunsQuery) { limit }: Valid<typeof adminRunsQuery>): Promise<object> {
    const { runs } = await call(this.peers.ledger, 'listVerifications', { limit });
    return runList(
      limit,
      runs.map(({ startedAt, endedAt, found }) => ({
        object: 'verification',
        started_at: time(startedAt),
        ended_at: time(endedAt),
        ...verificationView(found!),
      })),
    );
  }

  @Get('reconciliations')
  async reconciliations(@ValidQuery(adminRunsQuery) { limit }: Valid<typeof adminRunsQuery>): Promise<object> {
    const { runs } = await call(this.peers.scheduler, 'listReconciliations', { limit });
    return runList(
      limit,
      runs.map(({ startedAt, endedAt, graceSeconds, found }) => ({
        object: 'reconciliation',
        started_at: time(startedAt),
        ended_at: time(endedAt),
        grace_seconds: graceSeconds,
        ...reconciliationView(found!),
      })),
    );
  }

  @Get('reconcile')
  async reconcile(
    @ValidQuery(adminReconcileQuery) { grace_seconds: graceSeconds }: Valid<typeof adminReconcileQuery>,
  ): Promise<object> {
    const found = await call(this.peers.scheduler, 'reconcile', { graceSeconds }, { deadlineMs: PROVEN_WITHIN_MS });
    return reconciliationView(found);
  }

  @Get('ledger/roots')
  async roots(@ValidQuery(adminRootsQuery) query: Valid<typeof adminRootsQuery>): Promise<Answer> {
    const page = pageOf(query);
    const { limit, offset } = page;
    const { roots, hasMore } = await this.signed(call(this.peers.ledger, 'listSignedRoots', { limit, offset }));
    return new Answer(
      renderList(
        page,
        roots.map((root) => JSON.stringify(rootView(root))),
        hasMore,
        null,
      ),
    );
  }

  @Post('ledger/roots')
  async sign(@ByOperator() by: ActingOperator): Promise<object> {
    await this.orders.record(by, { action: 'root_ordered', subject: 'ledger', order: {} });
    const { root } = await this.signed(call(this.peers.ledger, 'signRoot', {}, { deadlineMs: PROVEN_WITHIN_MS }));
    if (!root) throw new Error('the ledger answered no root');
    return rootView(root);
  }

  @Get('accounts/:id/export')
  async export(@Param('id') accountId: string, @Res() reply: FastifyReply): Promise<void> {
    await known(
      call(this.peers.accounts, 'getAccount', { accountId }),
      () => new Refusal('not_found', 'There is no account with this id.'),
    );
    const stream = openStream(this.streams, { accountId: 'operators' }, reply, this.settings.supportUrl);
    const headers = {
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="${accountId}.ndjson"`,
    };
    await sendText(reply, headers, this.lines(accountId, stream.signal), stream);
  }

  private async *lines(accountId: string, signal: AbortSignal): AsyncGenerator<string> {
    for await (const { lines } of messagesOf(
      () => this.peers.ledger.exportAccount({ accountId }, traceMetadata()),
      signal,
    ))
      yield `${lines.join('\n')}\n`;
  }

  private async signed<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (hasStatus(error, status.FAILED_PRECONDITION))
        throw new Refusal('not_found', 'This ledger has no signing key (LEDGER_SIGNING_KEY), so it signs no roots.');
      throw error;
    }
  }
}

function rootView({ sequence, signedAt, accounts, root, previousRoot, signature, publicKey }: SignedRoot) {
  return {
    object: 'signed_root',
    sequence: Number(sequence),
    signed_at: signedAt?.toISOString() ?? null,
    accounts: Number(accounts),
    root: hex(root),
    previous_root: hex(previousRoot),
    signature: Buffer.from(signature).toString('base64'),
    public_key: Buffer.from(publicKey).toString('base64'),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function verificationView(found: VerifyResponse): object {
  return {
    ok: found.differences.length === 0 && found.postingsSumMicros === 0n,
    events_checked: Number(found.eventsChecked),
    postings_sum_micros: Number(found.postingsSumMicros),
    roots_checked: Number(found.rootsChecked ?? 0n),
    last_root_at: time(found.lastRootAt),
    differences: found.differences,
  };
}

function reconciliationView(found: ReconcileResponse): object {
  return {
    ok: found.differences.length === 0,
    jobs_checked: Number(found.jobsChecked),
    holds_checked: Number(found.holdsChecked),
    under_way: Number(found.underWay),
    differences: found.differences,
  };
}

/** The newest runs on one page: no more than a hundred are kept. */
function runList(limit: number, data: readonly object[]): object {
  return { object: 'list', data, has_more: false, next_cursor: null, limit, offset: 0 };
}
