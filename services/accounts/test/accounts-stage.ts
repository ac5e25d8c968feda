import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  AccountEvent,
  AccountsServiceClient,
  MembersServiceClient,
  OperatorsServiceClient,
  type Account,
  type RegisterRequest,
  type VerifyKeyResponse,
} from '@usvideo/contracts/accounts';
import { SchedulerServiceService, type SyncLimitsRequest } from '@usvideo/contracts/scheduler';
import { openDatabase, type Database } from '@usvideo/event-store';
import { LocalTransport } from '@usvideo/messaging';
import { call, createLogger, dial, type Running } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { readAccountsConfig, startAccounts } from '../src/accounts.module';

const SECRETS_KEY = randomBytes(32).toString('base64');

export interface Registered {
  readonly account: Account;
  readonly accountId: string;
  readonly liveKey: string;
  readonly testKey: string;
}

/** The whole service on a real database, next to a scheduler that notes what it is told. */
export class AccountsStage {
  /** What the scheduler was told, in order. */
  pushed: SyncLimitsRequest[] = [];
  database!: Database;
  client!: AccountsServiceClient;
  people!: MembersServiceClient;
  operators!: OperatorsServiceClient;

  private readonly logger = createLogger('accounts', 'silent');
  private readonly directory = mkdtempSync(join(tmpdir(), 'usv-'));
  readonly address = `unix:${join(this.directory, 'accounts.sock')}`;
  private readonly schedulerAddress = `unix:${join(this.directory, 'scheduler.sock')}`;
  private scheduler!: Server;
  private accounts!: Running;
  private url = '';
  private registered = 0;

  async open(): Promise<void> {
    this.url = await (await postgres()).createDatabase('accounts');
    await this.startScheduler();
    await this.startAccounts();
    this.dial();
    this.database = openDatabase({ url: this.url, poolSize: 4, applicationName: 'spec' }, () => undefined);
  }

  async close(): Promise<void> {
    this.hangUp();
    await this.accounts.stop();
    await this.database.end();
    this.stopScheduler();
    rmSync(this.directory, { recursive: true });
  }

  /** @param changes undefined is a setting that is not set */
  async restart(changes: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    await this.accounts.stop();
    await this.startAccounts(changes);
    // A connection that found nobody waits before it tries again.
    this.hangUp();
    this.dial();
  }

  private dial(): void {
    this.client = dial(AccountsServiceClient, this.address);
    this.people = dial(MembersServiceClient, this.address);
    this.operators = dial(OperatorsServiceClient, this.address);
  }

  private hangUp(): void {
    for (const client of [this.client, this.people, this.operators]) client.close();
  }

  /** With the one method of the scheduler that accounts calls. */
  async startScheduler(): Promise<void> {
    this.scheduler = new Server();
    this.scheduler.addService(SchedulerServiceService, {
      syncLimits: (incoming: { request: SyncLimitsRequest }, answer: (error: null, response: object) => void) => {
        this.pushed.push(incoming.request);
        answer(null, {});
      },
    });
    await new Promise<void>((resolve, reject) => {
      this.scheduler.bindAsync(this.schedulerAddress, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  stopScheduler(): void {
    this.scheduler.forceShutdown();
  }

  /** An account with an address of its own unless one is given. */
  async register(changes: Partial<RegisterRequest> = {}): Promise<Registered> {
    this.registered += 1;
    const request = {
      email: `owner${this.registered}@example.com`,
      password: '',
      accountName: 'Acme',
      plan: '',
      author: 'self',
      ...changes,
    };
    const { account, liveKey, testKey } = await call(this.client, 'register', request);
    return { account: account!, accountId: account!.accountId, liveKey, testKey };
  }

  verify(secret: string): Promise<VerifyKeyResponse> {
    return call(this.client, 'verifyKey', { secretSha256: createHash('sha256').update(secret).digest() });
  }

  async eventsOf(accountId: string): Promise<NonNullable<AccountEvent['event']>[]> {
    const { rows } = await this.database.query<{ payload: Buffer }>(
      'select payload from event where stream_id = $1 order by version',
      [accountId],
    );
    return rows.map(({ payload }) => AccountEvent.decode(payload).event!);
  }

  /** The token in the newest letter to an address whose subject begins so. */
  async tokenFor(email: string, subject: string): Promise<string> {
    return eventually(
      () => {
        const letters = this.lettersTo(email).filter((letter) => letter.includes(`Subject: ${subject}`));
        return /token=([\w-]{43})/.exec(letters.at(-1) ?? '')?.[1];
      },
      { what: `a letter "${subject}" to ${email}` },
    ) as Promise<string>;
  }

  lettersTo(email: string): string[] {
    const folder = join(this.directory, 'mail');
    const files = existsSync(folder)
      ? readdirSync(folder)
          .filter((file) => file.endsWith('.eml'))
          .sort()
      : [];
    return files
      .map((file) =>
        readFileSync(join(folder, file), 'utf8')
          .replace(/=\r?\n/g, '')
          .replace(/=3D/g, '='),
      )
      .filter((letter) => letter.includes(`To: ${email}`));
  }

  private async startAccounts(changes: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    const config = readAccountsConfig({
      GRPC_LISTEN: this.address,
      DATABASE_URL: this.url,
      SCHEDULER_GRPC_URL: this.schedulerAddress,
      SECRETS_KEY,
      MAIL_URL: `file:${join(this.directory, 'mail')}`,
      PUBLIC_URL: 'https://video.example.com/',
      ...changes,
    });
    this.accounts = await startAccounts({
      config,
      transport: new LocalTransport({ logger: this.logger }),
      logger: this.logger,
    });
  }
}

/** How a call was refused. */
export async function refusalOf(promise: Promise<unknown>): Promise<{ code: number; details: string }> {
  return promise.then(
    () => {
      throw new Error('it was not refused');
    },
    ({ code, details }: { code: number; details: string }) => ({ code, details }),
  );
}
