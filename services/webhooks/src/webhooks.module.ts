import { Module, type DynamicModule } from '@nestjs/common';
import { ParkedEventsServiceService } from '@usvideo/contracts/events';
import { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { WebhooksServiceService } from '@usvideo/contracts/webhooks';
import { isAnswering, isTransient, openDatabase, requireReadable, type Database } from '@usvideo/event-store';
import { type Consuming, type EventTransport, parkedEventsController, startDeliveryAudit } from '@usvideo/messaging';
import { SecretBox, dial, GuardedHttpClient, Lifecycle, migrateDatabase, observeDatabase, startGrpcServer, startLoop, type Logger, type Service } from '@usvideo/runtime';
import type { WebhooksConfig } from './config';
import { WEBHOOKS_MIGRATIONS } from './migrations/all';
import { EndpointsController } from './inbound/endpoints.grpc';
import { FeedController } from './inbound/feed.grpc';
import { jobsSubscription } from './inbound/jobs.consumer';
import { WebhooksController } from './inbound/webhooks.grpc';
import { observeOldestDue } from './delivery/delivery-age.sql';
import { DeliveryLog } from './delivery/delivery-log.sql';
import { DeliveryWorker } from './delivery/delivery-worker.loop';
import type { Clock } from './delivery/delivery.store';
import { startParkedLoop } from './delivery/parked.loop';
import { Redeliveries } from './delivery/redelivery.sql';
import { EndpointNotices } from './endpoints/endpoint-notices.store';
import { EndpointStore } from './endpoints/endpoint.store';
import { FeedHints } from './feed/feed-hints.client';
import { FeedReader } from './feed/feed-reader.sql';
import { FeedRenderer } from './feed/feed-renderer.loop';
import { startRetention } from './retention/retention.loop';
import { SecretStore } from './secrets/secret.store';
import { SigningSecretStore } from './secrets/signing-secret.store';

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
    const box = new SecretBox(Buffer.from(options.config.SECRETS_KEY, 'base64'));
    const secrets = new SecretStore(database, box);
    await secrets.check();
    const signing = new SigningSecretStore(database, box, secrets);
    const stores = { database, secrets, signing, endpoints: new EndpointStore(database, box) };
    const work = startWork(options, lifecycle, stores);
    await serve(options, lifecycle, { ...stores, ...work });
    return { ready: async () => ({ needs: { database: await isAnswering(database) } }), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

interface Stores {
  readonly database: Database;
  readonly secrets: SecretStore;
  readonly signing: SigningSecretStore;
  readonly endpoints: EndpointStore;
}

interface Work {
  readonly http: GuardedHttpClient;
  readonly notices: EndpointNotices;
  readonly redeliveries: Redeliveries;
  readonly hints: FeedHints;
  readonly consuming: Consuming;
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
function startWork(options: WebhooksOptions, lifecycle: Lifecycle, stores: Stores): Work {
  const { config, logger, transport, clock = (databaseNow) => databaseNow } = options;
  const { database } = stores;
  const http = new GuardedHttpClient({ allowCidrs: config.OUTBOUND_ALLOW_CIDRS, forbiddenPorts: config.OUTBOUND_FORBIDDEN_PORTS, ...(config.OUTBOUND_PROXY === undefined ? {} : { proxy: config.OUTBOUND_PROXY }) });
  lifecycle.add('http client', () => http.stop());
  const scheduler = dial(SchedulerServiceClient, config.SCHEDULER_GRPC_URL, config.SERVICE_TOKEN);
  lifecycle.add('scheduler client', async () => scheduler.close());
  const onDeliveries = () => deliveries.nudge();
  const notices = new EndpointNotices(database, clock, onDeliveries);
  const worker = new DeliveryWorker({
    ...stores, secrets: stores.signing, http, notices, clock, logger, timeoutMs: config.WEBHOOK_TIMEOUT_MS, slots: config.WEBHOOK_SLOTS, onSlotFreed: onDeliveries,
    limits: {
      leaseMs: config.WEBHOOK_LEASE_MS,
      inFlightPerDestination: config.WEBHOOK_IN_FLIGHT_PER_DESTINATION,
      inFlightPerAccount: config.WEBHOOK_IN_FLIGHT_PER_ACCOUNT,
    },
  });
  lifecycle.add('attempts under way', () => worker.stop());
  const deliveries = startLoop({ name: 'webhook_deliveries', everyMs: 250, work: () => worker.run(), logger });
  lifecycle.add('delivery loop', () => deliveries.stop());

  const renderAgain = (afterMs: number) => { setTimeout(() => rendering.nudge(), afterMs).unref(); };
  const renderer = new FeedRenderer(database, scheduler, clock, onDeliveries, renderAgain, logger);
  const rendering = startLoop({ name: 'webhook_rendering', everyMs: 250, work: () => renderer.run(), logger, backOffMaxMs: 2_000 });
  lifecycle.add('rendering loop', () => rendering.stop());
  startUpkeep(options, lifecycle, database, notices);
  const hints = new FeedHints(config.DATABASE_URL, logger);
  lifecycle.add('feed hints', () => hints.stop());
  const consuming = transport.subscribe(jobsSubscription(database, () => rendering.nudge()));
  lifecycle.add('jobs consumer', () => consuming.stop());
  const audit = startDeliveryAudit(consuming, logger, config.DELIVERY_AUDIT_EVERY_MS);
  lifecycle.add('delivery audit', () => audit.stop());
  return { http, notices, redeliveries: new Redeliveries(database, clock, onDeliveries), hints, consuming };
}

/** What is looked at now and then: ages, what waits for servers in trouble, what was kept long enough. */
function startUpkeep({ clock = (now) => now, config, logger }: WebhooksOptions, lifecycle: Lifecycle, database: Database, notices: EndpointNotices): void {
  const { FEED_RETENTION_DAYS: feedDays, WEBHOOK_RETENTION_DAYS: deliveryDays } = config;
  const parts = {
    'age loop': startLoop({ name: 'webhook_age', everyMs: 5_000, work: () => observeOldestDue(database), logger }),
    'parked loop': startParkedLoop(database, clock, notices, logger),
    'retention': startRetention(database, { feedDays, deliveryDays }, logger),
  };
  for (const [name, part] of Object.entries(parts)) lifecycle.add(name, () => part.stop());
}

async function serve({ config, logger }: WebhooksOptions, lifecycle: Lifecycle, parts: Stores & Work): Promise<void> {
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

function webhooksModule(parts: Stores & Work): DynamicModule {
  const { consuming, database, endpoints, hints, http, notices, redeliveries, secrets, signing } = parts;
  const provided = [secrets, signing, endpoints, http, notices, redeliveries, hints, new DeliveryLog(database), new FeedReader(database)];
  return {
    module: WebhooksModule,
    controllers: [WebhooksController, EndpointsController, FeedController, parkedEventsController(consuming)],
    providers: provided.map((instance) => ({ provide: instance.constructor, useValue: instance })),
  };
}
