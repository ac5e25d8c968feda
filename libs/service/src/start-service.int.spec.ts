import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { EventLogServiceClient } from '@usvideo/contracts/events';
import { eventStoreSchema, openDatabase, schemaLevelSchema, type Database } from '@usvideo/event-store';
import { Migration } from '@mikro-orm/migrations';
import { LocalTransport, type Publisher } from '@usvideo/messaging';
import { call, createLogger, dial, Lifecycle, type Service } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { startService, type ServiceDescription } from './start-service';
import { CONFIG, DATABASE, PUBLISHER } from './tokens';

const logger = createLogger('service-spec', 'silent');
const GREETING = Symbol('greeting');
const TOPIC = 'usvideo.spec.v1';

class Tables extends Migration {
  override up(): void {
    this.addSql(eventStoreSchema);
    this.addSql(schemaLevelSchema);
  }
}

let stopped: string[] = [];

@Injectable()
class Store {
  constructor(
    @Inject(DATABASE) readonly database: Database,
    @Inject(PUBLISHER) readonly publisher: Publisher,
    lifecycle: Lifecycle,
  ) {
    lifecycle.add('store', async () => {
      stopped.push(`store, database ${(await database.query('select 1')).rowCount}`);
    });
  }
}

@Module({ providers: [Store], exports: [Store] })
class StoreModule implements OnModuleInit {
  constructor(
    private readonly lifecycle: Lifecycle,
    @Inject(GREETING) private readonly greeting: string,
    @Inject(CONFIG) private readonly config: { fails?: boolean },
  ) {}

  onModuleInit(): void {
    if (this.config.fails === true) throw new Error('cannot begin');
    this.lifecycle.add('loop', async () => {
      stopped.push(`loop of ${this.greeting}`);
    });
  }
}

@Controller()
class PlainController {
  constructor(readonly store: Store) {}

  @GrpcMethod('NobodyService', 'nothing')
  nothing(): object {
    return {};
  }
}

@Module({ imports: [StoreModule], controllers: [PlainController] })
class InboundModule {}

const folder = mkdtempSync(join(tmpdir(), 'usv-'));
let url: string;
let running: Service | undefined;
beforeAll(async () => {
  url = await (await postgres()).createDatabase('service');
});
beforeEach(() => {
  stopped = [];
});
afterEach(() => running?.stop());
afterAll(() => rmSync(folder, { recursive: true }));

const description: ServiceDescription = {
  name: 'ledger',
  migrations: [Tables],
  publishes: TOPIC,
  grpc: {},
  modules: [InboundModule],
};

async function start(changes: { readonly fails?: boolean } = {}) {
  const config = {
    DATABASE_URL: url,
    DATABASE_MIGRATIONS: 'apply' as const,
    DATABASE_POOL_SIZE: 2,
    GRPC_LISTEN: `unix:${join(folder, 'service.sock')}`,
    CALLER_TOKENS: undefined,
    ...changes,
  };
  return (running = await startService(description, {
    config,
    transport: new LocalTransport({ logger }),
    logger,
    provided: [{ provide: GREETING, useValue: 'hello' }],
  }));
}

test('a service is migrated, publishes its log, and is ready while its database answers', async () => {
  const service = await start();
  const client = dial(EventLogServiceClient, `unix:${join(folder, 'service.sock')}`);
  await expect(call(client, 'readEvents', { topic: TOPIC, shard: 0, afterSeq: 0n, limit: 1 })).resolves.toMatchObject({
    events: [],
    more: false,
  });
  client.close();
  await expect(service.ready()).resolves.toEqual({ needs: { database: true } });
});

test('what a module started stops before what it was given, and both before the database', async () => {
  const service = await start();
  await service.stop();
  expect(stopped).toEqual(['loop of hello', 'store, database 1']);
  await expect(service.ready()).resolves.toEqual({ needs: { database: false } });
});

test('a start that fails half way leaves nothing running', async () => {
  await expect(start({ fails: true })).rejects.toThrow('cannot begin');
  expect(stopped).toEqual(['store, database 1']);
  const looking = openDatabase({ url, poolSize: 1, applicationName: 'spec' }, () => undefined);
  const sessions = async () =>
    (
      await looking.query<{ count: number }>(
        `select count(*)::int from pg_stat_activity where datname = current_database() and application_name = 'ledger'`,
      )
    ).rows[0]?.count;
  await eventually(async () => (await sessions()) === 0, { what: 'no session of the service is left' });
  await looking.end();
});
