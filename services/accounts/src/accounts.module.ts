import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsServiceService } from '@usvideo/contracts/accounts';
import { EventLogServiceService } from '@usvideo/contracts/events';
import { isAnswering, isTransient, openDatabase, requireReadable, type Database } from '@usvideo/event-store';
import { eventLogController, type EventTransport, type Publisher } from '@usvideo/messaging';
import { Lifecycle, migrateDatabase, observeDatabase, startGrpcServer, startLoop, type Logger, type Service } from '@usvideo/runtime';
import type { AccountsConfig } from './config';
import { ACCOUNTS_MIGRATIONS } from './migrations/all';
import { AccountsController } from './inbound/accounts.grpc';
import { KeysController } from './inbound/keys.grpc';
import { AccountReader } from './accounts/account-reader.sql';
import { AccountStore } from './accounts/account.store';
import { KeyVerification } from './keys/key-verification.service';
import { SchedulerLimitsClient } from './accounts/scheduler-limits.client';

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
  const reader = new AccountReader(database);
  const server = await startGrpcServer({
    passes: isTransient,
    module: accountsModule(store, reader, limits, verification, eventLogController(database, ACCOUNTS_TOPIC)),
    listen: config.GRPC_LISTEN,
    admits: { callee: 'accounts', tokens: config.CALLER_TOKENS },
    services: { 'usvideo.accounts.v1.AccountsService': AccountsServiceService, 'usvideo.events.v1.EventLogService': EventLogServiceService },
    logger,
  });
  lifecycle.add('grpc', () => server.stop());
  return database;
}

function accountsModule(
  store: AccountStore, reader: AccountReader, limits: SchedulerLimitsClient, verification: KeyVerification, eventLog: new (...args: never[]) => object,
): DynamicModule {
  return {
    module: AccountsModule,
    controllers: [AccountsController, KeysController, eventLog],
    providers: [
      { provide: AccountStore, useValue: store },
      { provide: AccountReader, useValue: reader },
      { provide: SchedulerLimitsClient, useValue: limits },
      { provide: KeyVerification, useValue: verification },
    ],
  };
}
