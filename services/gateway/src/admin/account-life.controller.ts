import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { refusalIn } from '@usvideo/contracts/names';
import { JobRefusal } from '@usvideo/contracts/scheduler';
import { call, hasStatus, status } from '@usvideo/runtime';
import type { FastifyReply } from 'fastify';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import { OpenStreams } from '../streams/open-streams.http';
import { adminCloseSchema, adminEraseSchema, adminTakeDownSchema } from '../http/requests';
import { openStream, sendText } from '../streams/response-stream.http';
import { Settings } from '../http/settings';
import { adminAccountView } from '../http/views';
import { known } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest, jobNotFound } from '../refusals/refusal';
import { AccountData } from './account-data.client';
import { accountIdOf, accountNotFound, presentAccount } from './admin-accounts';
import { OperatorOrders } from '../operators/operator-orders.client';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { ArtifactDeletions } from '../files/artifact-deletions.loop';
import { Answer } from '../http/answer';

const ENVIRONMENTS = ['live', 'test'] as const;

/** The end of an account, and of one video. */
@Controller('admin/v1/accounts/:id')
export class AdminAccountLifeController {
  constructor(
    private readonly peers: Peers,
    private readonly orders: OperatorOrders,
    private readonly data: AccountData,
    private readonly streams: OpenStreams,
    private readonly settings: Settings,
    private readonly deletions: ArtifactDeletions,
  ) {}

  /** No key opens it again; what runs finishes, what waits is released at its deadline, money and proof stay. */
  @Post('close')
  @HttpCode(200)
  async close(
    @Param('id') accountId: string,
    @ValidBody(adminCloseSchema) { reason }: Valid<typeof adminCloseSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const { account } = await known(
      call(this.peers.accounts, 'closeAccount', {
        accountId: accountIdOf(accountId),
        reason,
        actor: by.actor,
      }),
      accountNotFound,
    );
    const { name: author } = by;
    await call(this.peers.ledger, 'stopAutoTopUp', { accountId, reason: 'account_closed', author });
    await call(this.peers.ledger, 'removePaymentMethod', { accountId, author });
    await call(this.peers.scheduler, 'expireUploads', { accountId });
    return adminAccountView(presentAccount(account));
  }

  /** People first, since without them nobody asks again; each step may be repeated, so an erasure that stopped half way is sent again. */
  @Post('erase')
  @HttpCode(200)
  async erase(
    @Param('id') accountId: string,
    @ValidBody(adminEraseSchema) { confirm }: Valid<typeof adminEraseSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    if (confirm !== accountId)
      throw invalidRequest([
        { field: 'confirm', message: 'must be the id of the account: what is erased does not come back' },
      ]);
    const { account } = await known(this.erased(accountIdOf(accountId), by), accountNotFound);
    await call(this.peers.scheduler, 'eraseAccountContent', { accountId });
    await call(this.peers.scheduler, 'expireUploads', { accountId });
    await call(this.peers.webhooks, 'eraseAccount', { accountId });
    return adminAccountView(presentAccount(account));
  }

  /** Everything that is kept of the account, as lines of JSON; its ledger has an export of its own, with its proof. */
  @Get('data')
  async export(
    @Param('id') accountId: string,
    @ByOperator() by: ActingOperator,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { account } = await known(
      call(this.peers.accounts, 'getAccount', { accountId: accountIdOf(accountId) }),
      accountNotFound,
    );
    await this.orders.record(by, { action: 'data_export_ordered', accountId, subject: accountId, order: {} });
    const stream = openStream(this.streams, { accountId: 'operators' }, reply, this.settings.supportUrl);
    const headers = {
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="${accountId}-data.ndjson"`,
    };
    await sendText(reply, headers, this.data.lines(presentAccount(account)), stream);
  }

  /** The file goes, and with it whatever link there is; what was written of it goes as its customer would erase it. */
  @Post('videos/:job/take-down')
  @HttpCode(200)
  async takeDown(
    @Param('id') accountId: string,
    @Param('job') jobId: string,
    @ValidBody(adminTakeDownSchema) { reason }: Valid<typeof adminTakeDownSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<Answer> {
    if (!/^job_[0-9A-Za-z]{1,64}$/.test(jobId)) throw jobNotFound();
    const environment = await this.environmentOf(accountIdOf(accountId), jobId);
    await this.orders.record(by, { action: 'take_down_ordered', accountId, subject: jobId, order: { reason } });
    await call(this.peers.scheduler, 'cancelJob', { accountId, environment, jobId, apiKeyId: '' });
    const answer = await call(this.peers.scheduler, 'eraseContent', { accountId, environment, jobId });
    if (refusalIn(JobRefusal, answer) !== undefined)
      throw new Refusal('job_not_ended', 'It is being rendered: take it down again when it has ended.', {
        status: answer.status,
      });
    await this.deletions.discard(answer.artifactKeys);
    return new Answer(answer.jobJson);
  }

  private async environmentOf(accountId: string, jobId: string): Promise<string> {
    for (const environment of ENVIRONMENTS) {
      const found = await call(this.peers.scheduler, 'getJob', { accountId, environment, jobId }).catch(
        (error: unknown) => {
          if (hasStatus(error, status.NOT_FOUND)) return undefined;
          throw error;
        },
      );
      if (found) return environment;
    }
    throw jobNotFound();
  }

  private async erased(accountId: string, by: ActingOperator) {
    try {
      return await call(this.peers.accounts, 'eraseAccount', { accountId, actor: by.actor });
    } catch (error) {
      if (hasStatus(error, status.FAILED_PRECONDITION))
        throw invalidRequest([{ field: 'confirm', message: 'is of an account that is not closed: close it first' }]);
      throw error;
    }
  }
}
