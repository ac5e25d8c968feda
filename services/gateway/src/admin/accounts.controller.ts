import { Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import type { Account, Actor } from '@usvideo/contracts/accounts';
import { call, parseUsd } from '@usvideo/runtime';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import { pageOf, renderList } from '../validation/query';
import { invalidRequest } from '../refusals/refusal';
import {
  adminAccountsQuery,
  adminCreateAccountSchema,
  adminCreditSchema,
  adminLimitsSchema,
  adminSuspendSchema,
} from '../http/requests';
import { adminAccountView } from '../http/views';
import { Peers } from '../peers/peers.client';
import { Registration } from '../accounts/registration.client';
import { known } from '../peers/peer-answers.client';
import { accountIdOf, accountNotFound, presentAccount } from './admin-accounts';
import { DualControl } from '../operators/dual-control.client';
import { type Valid, ValidBody, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

@Controller('admin/v1')
export class AdminController {
  constructor(
    private readonly peers: Peers,
    private readonly registration: Registration,
    private readonly control: DualControl,
  ) {}

  @Get('accounts')
  async list(@ValidQuery(adminAccountsQuery) query: Valid<typeof adminAccountsQuery>): Promise<Answer> {
    const page = pageOf(query, /^acc_[0-9A-Za-z]{1,60}$/);
    const { accounts, hasMore } = await call(this.peers.accounts, 'listAccounts', {
      limit: page.limit,
      afterAccountId: page.startingAfter,
    });
    const data = accounts.map((account) => JSON.stringify(adminAccountView(account)));
    return new Answer(renderList(page, data, hasMore, accounts.at(-1)?.accountId ?? null));
  }

  @Post('accounts')
  async create(
    @ValidBody(adminCreateAccountSchema)
    { email, account_name: accountName, plan }: Valid<typeof adminCreateAccountSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const opened = await this.registration.open({
      email,
      password: '',
      accountName,
      plan: plan ?? 'standard',
      ...authored(by),
      signIn: false,
      emailVerified: false,
    });
    return {
      ...adminAccountView(presentAccount(opened.account)),
      live_key: opened.liveKey,
      test_key: opened.testKey,
      webhook_secret: opened.webhookSecret ?? null,
    };
  }

  @Get('accounts/:id')
  async get(@Param('id') accountId: string): Promise<object> {
    return adminAccountView(await this.account(accountId));
  }

  @Put('accounts/:id/limits')
  async setLimits(
    @Param('id') accountId: string,
    @ValidBody(adminLimitsSchema)
    { environment, freeze, expires_at: end, reason, ...limits }: Valid<typeof adminLimitsSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const zeroes = (['concurrent_jobs', 'queued_jobs'] as const).filter(
      (name) => limits[name] === 0 && freeze !== true,
    );
    if (zeroes.length > 0)
      throw invalidRequest(
        zeroes.map((field) => ({ field, message: 'of 0 freezes the account: say "freeze": true if that is meant' })),
      );
    const { account } = await known(
      call(this.peers.accounts, 'setLimits', {
        accountId: accountIdOf(accountId),
        environment,
        ...authored(by),
        expiresAt: end === undefined ? undefined : new Date(end),
        reason,
        concurrentJobs: limits.concurrent_jobs,
        queuedJobs: limits.queued_jobs,
        createsPerMinute: limits.creates_per_minute,
        readsPerMinute: limits.reads_per_minute,
      }),
      accountNotFound,
    );
    return { ...adminAccountView(presentAccount(account)), in_use: await this.inUse(accountId, environment) };
  }

  /** What runs and waits beside the new limit; null while the scheduler is away, since the limit is set all the same. */
  private async inUse(accountId: string, environment: string): Promise<object | null> {
    const used = await call(this.peers.scheduler, 'getLimits', { accountId, environment }, { deadlineMs: 2_000 }).catch(
      () => undefined,
    );
    return used === undefined ? null : { environment, running_jobs: used.runningJobs, queued_jobs: used.queuedJobs };
  }

  @Post('accounts/:id/credit')
  @HttpCode(200)
  async credit(
    @Param('id') accountId: string,
    @ValidBody(adminCreditSchema) { amount_usd: amount, payment_ref: reference, note }: Valid<typeof adminCreditSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    const amountMicros = parseUsd(String(amount)) ?? 0n;
    if (amountMicros <= 0n)
      throw invalidRequest([
        { field: 'amount_usd', message: 'must be dollars with at most six decimals, more than 0' },
      ]);
    return this.control.move(
      by,
      { kind: 'credit', accountId: accountIdOf(accountId), reference, amountMicros, reason: note ?? '' },
      by.name,
    );
  }

  @Post('accounts/:id/suspend')
  @HttpCode(200)
  suspend(
    @Param('id') accountId: string,
    @ValidBody(adminSuspendSchema, {}) { reason }: Valid<typeof adminSuspendSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    return this.setSuspension(accountId, true, reason, by);
  }

  @Post('accounts/:id/resume')
  @HttpCode(200)
  resume(
    @Param('id') accountId: string,
    @ValidBody(adminSuspendSchema, {}) { reason }: Valid<typeof adminSuspendSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    return this.setSuspension(accountId, false, reason, by);
  }

  private async setSuspension(
    accountId: string,
    suspended: boolean,
    reason: string | undefined,
    by: ActingOperator,
  ): Promise<object> {
    const { account } = await known(
      call(this.peers.accounts, 'setSuspension', {
        accountId: accountIdOf(accountId),
        suspended,
        reason: reason ?? '',
        ...authored(by),
      }),
      accountNotFound,
    );
    if (suspended)
      await call(this.peers.ledger, 'stopAutoTopUp', { accountId, reason: 'account_suspended', author: by.name });
    return adminAccountView(presentAccount(account));
  }

  private async account(accountId: string): Promise<Account> {
    const { account } = await known(
      call(this.peers.accounts, 'getAccount', { accountId: accountIdOf(accountId) }),
      accountNotFound,
    );
    return presentAccount(account);
  }
}

function authored({ name, actor }: ActingOperator): { author: string; actor: Actor } {
  return { author: name, actor };
}
