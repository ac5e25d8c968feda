import { Module, type DynamicModule } from '@nestjs/common';
import { EventLogServiceService, ParkedEventsServiceService } from '@usvideo/contracts/events';
import { SchedulerServiceService } from '@usvideo/contracts/scheduler';
import { isAnswering, isTransient, openDatabase, requireReadable, type Database } from '@usvideo/event-store';
import { type Consuming, eventLogController, type EventTransport, parkedEventsController, startDeliveryAudit } from '@usvideo/messaging';
import { jobsEnded, Lifecycle, migrateDatabase, observeDatabase, startGrpcServer, type Logger, type Running, type Service } from '@usvideo/runtime';
import type { SchedulerConfig } from './config';
import { ReconciliationLoop } from './reconciliation/reconciliation.loop';
import { ReconciliationController } from './inbound/reconciliation.grpc';
import { accountEvents } from './inbound/accounts.consumer';
import { CatalogueController } from './inbound/catalogue.grpc';
import { SubmissionSaga } from './submission/submission.saga';
import { CustomerOrders } from './orders/customer-orders.service';
import { Dispatch } from './dispatch/dispatch.service';
import { ExchangeController } from './inbound/exchange.grpc';
import { FleetEstimate } from './capacity/fleet-estimate.loop';
import { JobRenderer } from './views/job-renderer.service';
import { JobWatches } from './views/job-watches.stream';
import { JobsController } from './inbound/jobs.grpc';
import { LimitsController } from './inbound/limits.grpc';
import { Settlement } from './settlement/settlement.loop';
import { startSubmissions } from './submission/submissions.service';
import { DATABASE, LOGGER, MODELS } from './inbound/tokens';
import { WorkController } from './inbound/work.grpc';
import { AccountUsage } from './views/account-usage.sql';
import { ChangePoll } from './views/change-poll.loop';
import { JobChanges } from './views/job-changes';
import { JobOrders } from './orders/job-orders.sql';
import { JobViews } from './views/job-views.sql';
import { LedgerClient, type LedgerPort } from './settlement/ledger.client';
import { MIGRATIONS } from './migrations/all';
import { RateLimiter } from './limits/rate-limiter.sql';
import { UnsettledJobs } from './settlement/unsettled-jobs.sql';

export { reconcile } from './reconciliation/reconciler.client';
export { readSchedulerConfig, schedulerProcessSchema, type SchedulerConfig } from './config';

export const TOPIC = 'usvideo.jobs.v1';

export interface SchedulerOptions {
  readonly config: SchedulerConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
  /** Instead of the ledger that the configuration names. */
  readonly ledger?: LedgerPort;
}

@Module({})
class SchedulerModule {}

/** Starts the whole service or nothing of it. */
export async function startScheduler(options: SchedulerOptions): Promise<Service & { readonly address: string }> {
  const lifecycle = new Lifecycle(options.logger);
  try {
    const { address, database } = await assemble(options, lifecycle);
    return { address, ready: async () => ({ needs: { database: await isAnswering(database) } }), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function assemble(options: SchedulerOptions, lifecycle: Lifecycle): Promise<{ address: string; database: Database }> {
  const { config, transport, logger } = options;
  const keep = <Part extends Running>(name: string, part: Part): Part => {
    lifecycle.add(name, () => part.stop());
    return part;
  };
  const database = await openMigrated(config, lifecycle, logger);
  const publisher = keep('publisher', transport.publish({ topic: TOPIC, database }));
  const onCommitted = () => publisher.nudge();
  const ledger = options.ledger ?? keep('ledger client', new LedgerClient(config.LEDGER_GRPC_URL, config.SERVICE_TOKEN, logger));

  countFromZero(config.MODELS);
  const changes = new JobChanges();
  const estimate = new FleetEstimate({
    database, logger, maxWaitMs: config.ADMISSION_MAX_WAIT_SECONDS * 1_000, declaredSlots: config.FLEET_MAX_SLOTS, coldStartMs: config.FLEET_COLD_START_SECONDS * 1_000,
  });
  const views = new JobViews(database, changes, estimate);
  const renderer = new JobRenderer({ secret: config.LINK_SECRET, publicUrl: config.PUBLIC_URL });
  const settlement = keep('settlement', new Settlement({ jobs: new UnsettledJobs(database), ledger, changes, logger }).start());
  const settings = { leaseMs: config.LEASE_MS, renderTimeoutMs: config.RENDER_TIMEOUT_MS };
  const dispatch = keep('dispatch', new Dispatch({
    database, databaseUrl: config.DATABASE_URL, settings, changes, logger, onCommitted,
    onEnded: (job) => { estimate.ended(job); void settlement.ended(job); },
  }).start());
  keep('fleet estimate', estimate.start(dispatch.workers));
  const accountEventsHeard = keep('account events', transport.subscribe(accountEvents(database, () => dispatch.nudge())));
  keep('delivery audit', startDeliveryAudit(accountEventsHeard, logger, config.DELIVERY_AUDIT_EVERY_MS));
  keep('watched jobs', new ChangePoll(database, changes).start(logger));

  const orders = new JobOrders({ database, settings, onCommitted });
  lifecycle.add('orders', () => orders.settled());
  const limiter = new RateLimiter(database);
  lifecycle.add('rate limiter', () => limiter.settled());
  const { creation } = keep('submissions', startSubmissions({ config, database, ledger, views, renderer, estimate, wake: dispatch.wake, onCommitted, logger }));

  const reconciliation = keep('accounting', new ReconciliationLoop({ database, ledger, logger }).start());

  const server = keep('grpc', await startGrpcServer({
    listen: config.GRPC_LISTEN, logger, passes: isTransient,
    admits: { callee: 'scheduler', tokens: config.CALLER_TOKENS },
    services: {
      'usvideo.scheduler.v1.SchedulerService': SchedulerServiceService, 'usvideo.events.v1.EventLogService': EventLogServiceService,
      'usvideo.events.v1.ParkedEventsService': ParkedEventsServiceService,
    },
    module: schedulerModule(database, accountEventsHeard, [
      { provide: LOGGER, useValue: logger },
      { provide: DATABASE, useValue: database },
      { provide: ReconciliationLoop, useValue: reconciliation },
      { provide: MODELS, useValue: config.MODELS },
      { provide: JobViews, useValue: views },
      { provide: JobRenderer, useValue: renderer },
      { provide: SubmissionSaga, useValue: creation },
      { provide: RateLimiter, useValue: limiter },
      { provide: Dispatch, useValue: dispatch },
      { provide: AccountUsage, useValue: new AccountUsage(database) },
      { provide: JobWatches, useValue: new JobWatches({ views, changes, renderer }) },
      { provide: CustomerOrders, useValue: new CustomerOrders({ orders, holders: dispatch, changes, settle: (job) => settlement.ended(job), logger }) },
    ]),
  }));
  return { address: server.address, database };
}

/** Before the first job has ended: a service level needs both what went well and what failed. */
function countFromZero(models: SchedulerConfig['MODELS']): void {
  for (const { id: model } of models) {
    for (const environment of ['live', 'test']) for (const status of ['completed', 'failed', 'cancelled']) jobsEnded.inc({ status, model, environment }, 0);
  }
}

async function openMigrated(config: SchedulerConfig, lifecycle: Lifecycle, logger: Logger): Promise<Database> {
  await migrateDatabase({ url: config.DATABASE_URL, migrations: MIGRATIONS, how: config.DATABASE_MIGRATIONS, logger });
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: config.DATABASE_POOL_SIZE, applicationName: 'scheduler' }, (error) => {
    logger.warn({ err: error }, 'an idle database connection broke');
  });
  lifecycle.add('database', () => database.end());
  await requireReadable(database);
  const observing = observeDatabase('scheduler', database, logger);
  lifecycle.add('database metrics', () => observing.stop());
  return database;
}

function schedulerModule(database: Database, consuming: Consuming, providers: NonNullable<DynamicModule['providers']>): DynamicModule {
  return {
    module: SchedulerModule,
    controllers: [
      ExchangeController, JobsController, CatalogueController, WorkController, LimitsController, ReconciliationController,
      eventLogController(database, TOPIC), parkedEventsController(consuming),
    ],
    providers,
  };
}
