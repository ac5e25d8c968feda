import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsServiceService, MembersServiceService } from '@usvideo/contracts/accounts';
import { EventLogServiceService } from '@usvideo/contracts/events';
import { isAnswering, isTransient, openDatabase, requireReadable, type Database } from '@usvideo/event-store';
import { eventLogController, type EventTransport, type Publisher } from '@usvideo/messaging';
import { Lifecycle, SecretBox, migrateDatabase, observeDatabase, startGrpcServer, startLoop, type Logger, type Service } from '@usvideo/runtime';
import type { AccountsConfig } from './config';
import { ACCOUNTS_MIGRATIONS } from './migrations/all';
import { AccountsController } from './inbound/accounts.grpc';
import { AuditLog } from './audit/audit-log.store';
import { AuditController } from './inbound/audit.grpc';
import { KeysController } from './inbound/keys.grpc';
import { AccountReader } from './accounts/account-reader.sql';
import { AccountStore } from './accounts/account.store';
import { KeyVerification } from './keys/key-verification.service';
import { SchedulerLimitsClient } from './accounts/scheduler-limits.client';
import { MembersController } from './inbound/members.grpc';
import { SignInController } from './inbound/sign-in.grpc';
import { LetterBox } from './mail/letter-box.store';
import { openMailer } from './mail/open-mailer.client';
import { MemberStore } from './people/member.store';
import { sweepTokens } from './sign-in/mail-token.sql';
import { Attempts } from './sign-in/attempts.store';
import { Credentials } from './sign-in/credentials.service';
import { Passwords } from './sign-in/passwords.service';
import { SessionStore } from './sign-in/session.store';
import { SignIn } from './sign-in/sign-in.service';
import { SecondFactor } from './sign-in/totp.service';

export { accountsProcessSchema, readAccountsConfig, type AccountsConfig } from './config';

export const ACCOUNTS_TOPIC = 'usvideo.accounts.v1';

export interface AccountsOptions {
  readonly config: AccountsConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
}

@Module({})
class AccountsModule {}

/** Starts the whole service or nothing of it. */
export async function startAccounts(options: AccountsOptions): Promise<Service> {
  const lifecycle = new Lifecycle(options.logger);
  try {
    const database = await assemble(options, lifecycle);
    return { ready: async () => ({ needs: { database: await isAnswering(database) } }), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function assemble({ config, transport, logger }: AccountsOptions, lifecycle: Lifecycle): Promise<Database> {
  await migrateDatabase({ url: config.DATABASE_URL, migrations: ACCOUNTS_MIGRATIONS, how: config.DATABASE_MIGRATIONS, logger });
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: config.DATABASE_POOL_SIZE, applicationName: 'accounts' }, (error) => {
    logger.warn({ err: error }, 'an idle database connection broke');
  });
  lifecycle.add('database', () => database.end());
  await requireReadable(database);
  const observing = observeDatabase('accounts', database, logger);
  lifecycle.add('database metrics', () => observing.stop());
  const publisher: Publisher = transport.publish({ topic: ACCOUNTS_TOPIC, database });
  lifecycle.add('publisher', () => publisher.stop());
  const limits = new SchedulerLimitsClient(config.SCHEDULER_GRPC_URL, config.SERVICE_TOKEN, logger);
  lifecycle.add('scheduler client', async () => limits.stop());
  const verification = new KeyVerification(database);
  lifecycle.add('last uses of keys', () => verification.writeUses());
  const uses = startLoop({ name: 'accounts_key_uses', everyMs: 5_000, work: () => verification.writeUses(), logger });
  lifecycle.add('key uses loop', () => uses.stop());
  const store = new AccountStore(database, () => publisher.nudge());
  const providers = [store, new AccountReader(database), new AuditLog(database), limits, verification, ...peopleParts(config, database, lifecycle, logger)];
  const server = await startGrpcServer({
    passes: isTransient,
    module: accountsModule(providers, eventLogController(database, ACCOUNTS_TOPIC)),
    listen: config.GRPC_LISTEN,
    admits: { callee: 'accounts', tokens: config.CALLER_TOKENS },
    services: {
      'usvideo.accounts.v1.AccountsService': AccountsServiceService, 'usvideo.accounts.v1.MembersService': MembersServiceService,
      'usvideo.events.v1.EventLogService': EventLogServiceService,
    },
    logger,
  });
  lifecycle.add('grpc', () => server.stop());
  return database;
}

const SWEEP_EVERY_MS = 60_000;
const LETTERS_EVERY_MS = 5_000;

/** Whatever people need to sign in. */
function peopleParts(config: AccountsConfig, database: Database, lifecycle: Lifecycle, logger: Logger): object[] {
  const box = config.SECRETS_KEY === undefined ? undefined : new SecretBox(Buffer.from(config.SECRETS_KEY, 'base64'));
  const mailer = config.MAIL_URL === undefined ? undefined : openMailer(config.MAIL_URL, config.MAIL_FROM);
  if (box === undefined || mailer === undefined) logger.warn('MAIL_URL or SECRETS_KEY is not set: nobody can confirm an address, reset a password or be invited');
  if (mailer !== undefined) lifecycle.add('mailer', () => mailer.stop());
  const links = { dashboardUrl: config.PUBLIC_URL.replace(/\/+$/, '') };
  const letters: LetterBox = new LetterBox(database, box, mailer, logger, () => carrying.nudge());
  const carrying = startLoop({ name: 'accounts_letters', everyMs: LETTERS_EVERY_MS, work: () => letters.deliver(), logger });
  lifecycle.add('letters loop', () => carrying.stop());
  const attempts = new Attempts(database);
  const sessions = new SessionStore(database, { idleSeconds: config.SESSION_IDLE_SECONDS, lifeSeconds: config.SESSION_LIFE_SECONDS });
  const passwords = new Passwords();
  const secondFactor = new SecondFactor(box);
  const sweeping = startLoop({
    name: 'accounts_sign_in_sweep', everyMs: SWEEP_EVERY_MS, logger,
    work: async () => {
      await Promise.all([attempts.sweep(), sessions.sweep(), sweepTokens(database)]);
    },
  });
  lifecycle.add('sign-in sweep', () => sweeping.stop());
  return [
    letters, attempts, sessions, passwords, new SignIn(database, sessions, passwords, attempts, secondFactor),
    new Credentials(database, passwords, attempts, secondFactor, letters, links), new MemberStore(database, letters, links),
  ];
}

function accountsModule(instances: readonly object[], eventLog: new (...args: never[]) => object): DynamicModule {
  return {
    module: AccountsModule,
    controllers: [AccountsController, AuditController, KeysController, MembersController, SignInController, eventLog],
    providers: instances.map((instance) => ({ provide: instance.constructor, useValue: instance })),
  };
}
