import { Module, type DynamicModule } from '@nestjs/common';
import { ParkedEventsServiceService } from '@usvideo/contracts/events';
import { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { WebhooksServiceService } from '@usvideo/contracts/webhooks';
import { isAnswering, isTransient, openDatabase, requireReadable, type Database } from '@usvideo/event-store';
import { type Consuming, type EventTransport, parkedEventsController, startDeliveryAudit } from '@usvideo/messaging';
import { SecretBox, dial, GuardedHttpClient, Lifecycle, migrateDatabase, observeDatabase, startGrpcServer, startLoop, type Logger, type Service } from '@usvideo/runtime';
import type { WebhooksConfig } from './config';
import { WEBHOOKS_MIGRATIONS } from './migrations/all';
import { jobsSubscription } from './inbound/jobs.consumer';
import { WebhooksController } from './inbound/webhooks.grpc';
import { observeOldestDue } from './delivery/delivery-age.sql';
import { DeliveryLog } from './delivery/delivery-log.sql';
import { DeliveryWorker } from './delivery/delivery-worker.loop';
import type { Clock } from './delivery/delivery.store';
import { FeedRenderer } from './feed/feed-renderer.loop';
import { SecretStore } from './secrets/secret.store';

export { concernsCustomers } from './inbound/jobs.consumer';
export { readWebhooksConfig, webhooksProcessSchema, type WebhooksConfig } from './config';

export interface WebhooksOptions {
  readonly config: WebhooksConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
  /** The clock that attempts are scheduled by: the database's, unless a test shifts it. */
  readonly clock?: Clock;
}

@Module({})
class WebhooksModule {}

/** Starts the whole service or nothing of it. */
export async function startWebhooks(options: WebhooksOptions): Promise<Service> {
  const lifecycle = new Lifecycle(options.logger);
  try {
    const database = await openMigrated(options, lifecycle);
    const secrets = new SecretStore(database, new SecretBox(Buffer.from(options.config.SECRETS_KEY, 'base64')));
    await secrets.check();
    const consuming = startWork(options, lifecycle, database, secrets);
    await serve(options, lifecycle, { database, secrets, consuming });
    return { ready: async () => ({ needs: { database: await isAnswering(database) } }), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function openMigrated({ config, logger }: WebhooksOptions, lifecycle: Lifecycle): Promise<Database> {
  await migrateDatabase({ url: config.DATABASE_URL, migrations: WEBHOOKS_MIGRATIONS, how: config.DATABASE_MIGRATIONS, logger });
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: config.DATABASE_POOL_SIZE, applicationName: 'webhooks' }, (error) => {
    logger.warn({ err: error }, 'an idle database connection broke');
  });
  lifecycle.add('database', () => database.end());
  await requireReadable(database);
  const observing = observeDatabase('webhooks', database, logger);
  lifecycle.add('database metrics', () => observing.stop());
  return database;
}

/** Events make rows, rows make bodies and deliveries, deliveries make attempts; each step wakes the next. */
function startWork(options: WebhooksOptions, lifecycle: Lifecycle, database: Database, secrets: SecretStore): Consuming {
  const { config, logger, transport, clock = (databaseNow) => databaseNow } = options;
  const http = new GuardedHttpClient({ allowCidrs: config.OUTBOUND_ALLOW_CIDRS, ...(config.OUTBOUND_PROXY === undefined ? {} : { proxy: config.OUTBOUND_PROXY }) });
  lifecycle.add('http client', () => http.stop());
  const scheduler = dial(SchedulerServiceClient, config.SCHEDULER_GRPC_URL, config.SERVICE_TOKEN);
  lifecycle.add('scheduler client', async () => scheduler.close());

  const worker = new DeliveryWorker({
    database, http, secrets, clock, logger, timeoutMs: config.WEBHOOK_TIMEOUT_MS, slots: config.WEBHOOK_SLOTS,
    limits: {
      leaseMs: config.WEBHOOK_LEASE_MS,
      inFlightPerDestination: config.WEBHOOK_IN_FLIGHT_PER_DESTINATION,
      inFlightPerAccount: config.WEBHOOK_IN_FLIGHT_PER_ACCOUNT,
    },
    onSlotFreed: () => deliveries.nudge(),
  });
  lifecycle.add('attempts under way', () => worker.stop());
  const deliveries = startLoop({ name: 'webhook_deliveries', everyMs: 250, work: () => worker.run(), logger });
  lifecycle.add('delivery loop', () => deliveries.stop());

  const renderAgain = (afterMs: number) => { setTimeout(() => rendering.nudge(), afterMs).unref(); };
  const renderer = new FeedRenderer(database, scheduler, clock, () => deliveries.nudge(), renderAgain, logger);
  const rendering = startLoop({ name: 'webhook_rendering', everyMs: 250, work: () => renderer.run(), logger, backOffMaxMs: 2_000 });
  lifecycle.add('rendering loop', () => rendering.stop());

  const age = startLoop({ name: 'webhook_age', everyMs: 5_000, work: () => observeOldestDue(database), logger });
  lifecycle.add('age loop', () => age.stop());
  const consuming = transport.subscribe(jobsSubscription(database, () => rendering.nudge()));
  lifecycle.add('jobs consumer', () => consuming.stop());
  const audit = startDeliveryAudit(consuming, logger, config.DELIVERY_AUDIT_EVERY_MS);
  lifecycle.add('delivery audit', () => audit.stop());
  return consuming;
}

interface Parts {
  readonly database: Database;
  readonly secrets: SecretStore;
  readonly consuming: Consuming;
}

async function serve({ config, logger }: WebhooksOptions, lifecycle: Lifecycle, parts: Parts): Promise<void> {
  const server = await startGrpcServer({
    passes: isTransient,
    module: webhooksModule(parts),
    listen: config.GRPC_LISTEN,
    admits: { callee: 'webhooks', tokens: config.CALLER_TOKENS },
    services: { 'usvideo.webhooks.v1.WebhooksService': WebhooksServiceService, 'usvideo.events.v1.ParkedEventsService': ParkedEventsServiceService },
    logger,
  });
  lifecycle.add('grpc', () => server.stop());
}

function webhooksModule({ database, secrets, consuming }: Parts): DynamicModule {
  return {
    module: WebhooksModule,
    controllers: [WebhooksController, parkedEventsController(consuming)],
    providers: [{ provide: SecretStore, useValue: secrets }, { provide: DeliveryLog, useValue: new DeliveryLog(database) }],
  };
}
