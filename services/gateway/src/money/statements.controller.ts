import { Controller, Get, Param } from '@nestjs/common';
import type { Statement } from '@usvideo/contracts/ledger';
import { call } from '@usvideo/runtime';
import { statementQuery, statementsQuery } from './billing-requests';
import { entryView, statementView } from './billing-views';
import { type Page, pageOf, renderList } from '../validation/query';
import { Refusal } from '../refusals/refusal';
import { sequenceCursor } from '../validation/fields';
import { Peers } from '../peers/peers.client';
import { known } from '../peers/peer-answers.client';
import type { Caller } from '../identity/caller';
import { bookOfCaller, isTest } from '../access/request-state.http';
import { KeyCaller } from '../access/parameters.http';
import { type Valid, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

/** The months of an account, each with what made its closing balance of its opening one. */
@Controller('v1/statements')
export class StatementsController {
  constructor(private readonly peers: Peers) {}

  @Get()
  async list(
    @KeyCaller() caller: Caller,
    @ValidQuery(statementsQuery) query: Valid<typeof statementsQuery>,
  ): Promise<Answer> {
    const page = pageOf(query);
    const { limit, offset } = page;
    const livemode = !isTest(caller);
    const { statements, hasMore } = await call(this.peers.ledger, 'listStatements', {
      accountId: bookOfCaller(caller),
      limit,
      offset,
    });
    return new Answer(
      renderList(
        page,
        statements.map((statement) => JSON.stringify(statementView(statement, livemode))),
        hasMore,
        null,
        livemode,
      ),
    );
  }

  @Get(':period')
  async get(
    @Param('period') period: string,
    @KeyCaller() caller: Caller,
    @ValidQuery(statementQuery) query: Valid<typeof statementQuery>,
  ): Promise<object> {
    const page = pageOf(query, sequenceCursor);
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(period)) throw noSuchMonth();
    const { statement } = await known(
      call(this.peers.ledger, 'getStatement', { accountId: bookOfCaller(caller), period }),
      noSuchMonth,
    );
    if (!statement) throw new Error('the ledger answered no statement');
    return { ...statementView(statement, !isTest(caller)), lines: await this.lines(caller, statement, page) };
  }

  /** A month is defined by its versions, so its entries are those between the first and the last. */
  private async lines(caller: Caller, { firstVersion, lastVersion }: Statement, page: Page): Promise<object> {
    const asked = page.startingAfter === '' ? lastVersion + 1n : BigInt(page.startingAfter);
    const beforeVersion = asked > lastVersion ? lastVersion + 1n : asked;
    const isEmpty = lastVersion === 0n || beforeVersion <= firstVersion;
    const found = isEmpty
      ? { entries: [], hasMore: false }
      : await call(this.peers.ledger, 'listEntries', {
          accountId: bookOfCaller(caller),
          limit: page.limit,
          offset: 0,
          beforeVersion,
          jobId: '',
        });
    const entries = found.entries.filter(({ version }) => version >= firstVersion);
    const hasMore = found.hasMore && entries.length === found.entries.length;
    const nextCursor = hasMore ? entries.at(-1)!.version.toString() : null;
    const livemode = !isTest(caller);
    return {
      object: 'list',
      livemode,
      data: entries.map((entry) => entryView(entry, livemode)),
      has_more: hasMore,
      next_cursor: nextCursor,
      limit: page.limit,
      offset: 0,
    };
  }
}

function noSuchMonth(): Refusal {
  return new Refusal('not_found', 'There is no statement of this month.');
}
