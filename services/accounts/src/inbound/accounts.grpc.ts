import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  Account,
  CloseAccountRequest,
  CloseAccountResponse,
  EraseAccountRequest,
  EraseAccountResponse,
  GetAccountRequest,
  GetAccountResponse,
  ListAccountsRequest,
  ListAccountsResponse,
  RegisterRequest,
  RegisterResponse,
  SetLimitsRequest,
  SetLimitsResponse,
  SetSuspensionRequest,
  SetSuspensionResponse,
} from '@usvideo/contracts/accounts';
import { newId } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import type { AccountState } from '../accounts/account';
import { FIRST_KEY_SCOPES } from '../keys/api-key';
import { ENVIRONMENTS, type Environment, type Plan } from '../accounts/plan';
import { LetterBox } from '../mail/letter-box.store';
import { mintToken } from '../people/secret-token.store';
import { Credentials } from '../sign-in/credentials.service';
import { Passwords } from '../factors/passwords.service';
import { SessionStore } from '../sign-in/session.store';
import { actorOf } from './actor';
import { environmentFaults, limitsEndFaults, registrationFaults } from './request-faults';
import { AccountReader } from '../accounts/account-reader.sql';
import { AccountErasure } from '../accounts/account-erasure.store';
import { AccountStore, type AccountExecuted } from '../accounts/account.store';
import { mintKey } from '../keys/key-minting.store';
import { SchedulerLimitsClient } from '../accounts/scheduler-limits.client';
import { refusalError, refuseFaults } from './refusal-status.grpc';

const PAGE_MAX = 100;

@Controller()
export class AccountsController {
  constructor(
    private readonly store: AccountStore,
    private readonly reader: AccountReader,
    private readonly limits: SchedulerLimitsClient,
    private readonly passwords: Passwords,
    private readonly sessions: SessionStore,
    private readonly credentials: Credentials,
    private readonly letters: LetterBox,
    private readonly erasure: AccountErasure,
  ) {}

  @GrpcMethod('AccountsService', 'register')
  async register(request: RegisterRequest): Promise<RegisterResponse> {
    const { password, author } = request;
    const given = { ...request, email: request.email.trim(), plan: request.plan || 'standard' };
    refuseFaults(registrationFaults(given));
    const accountId = newId('acc');
    const plan = given.plan as Plan;
    const keys = ENVIRONMENTS.map((environment) => ({
      keyId: newId('key'),
      environment,
      name: `First ${environment} key`,
      scopes: FIRST_KEY_SCOPES,
      minted: mintKey(environment),
    }));
    if (password !== '' && this.passwords.isEasilyGuessed(password, [given.email, given.accountName]))
      refuseFaults(['password is easily guessed: it is among those that are tried first']);
    const owner = {
      memberId: newId('mem'),
      personId: newId('usr'),
      email: given.email,
      emailVerified: request.emailVerified ?? false,
      passwordHash: password === '' ? undefined : await this.passwords.hash(password),
    };
    const session = mintToken();
    const executed = await this.store.execute(
      accountId,
      actorOf(request),
      () => ({ type: 'Register', accountId, name: given.accountName.trim(), plan, keys, author }),
      {
        owner,
        secrets: new Map(keys.map((key) => [key.keyId, key.minted])),
        besides: async (tx, now) => {
          if (request.signIn) await this.sessions.open(tx, now, session, owner.personId, accountId);
          if (!owner.emailVerified && password !== '')
            await this.credentials.askForProof(tx, now, owner, given.accountName);
        },
      },
    );
    this.letters.posted();
    const state = acceptedState(executed);
    if (plan !== 'standard') await this.limits.push(accountId, state, ENVIRONMENTS);
    return {
      account: await this.account(accountId),
      liveKey: keys[0]!.minted.secret,
      testKey: keys[1]!.minted.secret,
      sessionToken: request.signIn ? session.token : '',
    };
  }

  @GrpcMethod('AccountsService', 'getAccount')
  async getAccount({ accountId }: GetAccountRequest): Promise<GetAccountResponse> {
    return { account: await this.account(accountId) };
  }

  @GrpcMethod('AccountsService', 'listAccounts')
  async listAccounts({ afterAccountId, limit }: ListAccountsRequest): Promise<ListAccountsResponse> {
    if (limit < 1 || limit > PAGE_MAX) throw grpcError(status.INVALID_ARGUMENT, `limit must be 1 to ${PAGE_MAX}`);
    const accounts = await this.reader.listAccounts(afterAccountId, limit);
    return { accounts: accounts.slice(0, limit), hasMore: accounts.length > limit };
  }

  /** Answered after the scheduler heard of it, so that the next request meets the new limits. */
  @GrpcMethod('AccountsService', 'setLimits')
  async setLimits({
    accountId,
    author,
    environment: name,
    actor,
    expiresAt,
    reason,
    ...changes
  }: SetLimitsRequest): Promise<SetLimitsResponse> {
    refuseFaults([...environmentFaults(name), ...limitsEndFaults(expiresAt, new Date())]);
    const environment = name as Environment;
    const state = acceptedState(
      await this.store.execute(accountId, actorOf({ author, actor }), () => ({
        type: 'SetLimits',
        accountId,
        environment,
        changes,
        expiresAt,
        reason,
        author,
      })),
    );
    await this.limits.push(accountId, state, [environment]);
    return { account: await this.account(accountId) };
  }

  @GrpcMethod('AccountsService', 'setSuspension')
  async setSuspension({
    accountId,
    author,
    actor,
    reason,
    suspended,
  }: SetSuspensionRequest): Promise<SetSuspensionResponse> {
    const state = acceptedState(
      await this.store.execute(accountId, actorOf({ author, actor }), () =>
        suspended ? { type: 'Suspend', accountId, reason, author } : { type: 'Resume', accountId, author },
      ),
    );
    await this.limits.push(accountId, state, ENVIRONMENTS);
    return { account: await this.account(accountId) };
  }

  @GrpcMethod('AccountsService', 'closeAccount')
  async closeAccount({ accountId, actor: message, reason }: CloseAccountRequest): Promise<CloseAccountResponse> {
    const actor = actorOf({ actor: message });
    const state = acceptedState(
      await this.store.execute(accountId, actor, () => ({ type: 'Close', accountId, reason, author: actor.author })),
    );
    await this.limits.push(accountId, state, ENVIRONMENTS);
    return { account: await this.account(accountId) };
  }

  @GrpcMethod('AccountsService', 'eraseAccount')
  async eraseAccount({ accountId, actor }: EraseAccountRequest): Promise<EraseAccountResponse> {
    const erased = await this.erasure.erase(accountId, actorOf({ actor }));
    if (erased === undefined) throw refusalError('account_not_found');
    if (erased === 'account_not_closed') throw grpcError(status.FAILED_PRECONDITION, erased);
    return { account: await this.account(accountId) };
  }

  private async account(accountId: string): Promise<Account> {
    const account = await this.reader.getAccount(accountId);
    if (account === undefined) throw refusalError('account_not_found');
    return account;
  }
}

function acceptedState(executed: AccountExecuted): AccountState {
  if (executed.refusal !== undefined) throw refusalError(executed.refusal);
  return executed.state;
}
