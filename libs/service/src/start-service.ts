import type { ServiceDefinition } from '@grpc/grpc-js';
import {
  type DynamicModule,
  type FactoryProvider,
  type InjectionToken,
  type Provider,
  type Type,
} from '@nestjs/common';
import type { Callee } from '@usvideo/contracts/callers';
import { EventLogServiceService, ParkedEventsServiceService } from '@usvideo/contracts/events';
import { isAnswering, isTransient, openDatabase, requireReadable, type Database } from '@usvideo/event-store';
import {
  CONSUMING,
  EventLogController,
  type EventTransport,
  ParkedEventsController,
  PUBLISHED_LOG,
  startDeliveryAudit,
  type Subscription,
} from '@usvideo/messaging';
import {
  Lifecycle,
  migrateDatabase,
  observeDatabase,
  startGrpcServer,
  type CallerToken,
  type Logger,
  type MigrateOptions,
  type Service,
} from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER, PUBLISHER } from './tokens';

/** The settings of every service that has a database, events and a gRPC port. */
export interface ServiceConfig {
  readonly DATABASE_URL: string;
  readonly DATABASE_URL_FILE?: string | undefined;
  readonly DATABASE_MIGRATIONS: 'apply' | 'await';
  readonly DATABASE_POOL_SIZE: number;
  readonly GRPC_LISTEN: string;
  readonly CALLER_TOKENS: readonly CallerToken[] | undefined;
  /** Of services that hear events. */
  readonly DELIVERY_AUDIT_EVERY_MS?: number;
}

/** What makes one service another than the next. */
export interface ServiceDescription {
  readonly name: Callee;
  readonly migrations: MigrateOptions['migrations'];
  /** The topic of its events, if it has any. */
  readonly publishes?: string;
  /** What it hears: one subscription for each topic, made from what `modules` export. */
  readonly consumes?: readonly Pick<FactoryProvider<Subscription>, 'inject' | 'useFactory'>[];
  /** Generated definitions by fully qualified name, besides those for its events. */
  readonly grpc: Readonly<Record<string, ServiceDefinition>>;
  /** A module for each capability, and the one with the controllers. */
  readonly modules: readonly (Type | DynamicModule)[];
}

export interface ServiceUse {
  readonly config: ServiceConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
  /** Injected everywhere besides, such as a clock or a client that a test replaces. */
  readonly provided?: readonly Provider[];
}

class ServiceModule {}

class CoreModule {}

class ConsumptionModule {}

/**
 * Starts the whole service or nothing of it: tables, database, publisher, providers, subscriptions, gRPC. Whatever a provider adds
 * to the injected `Lifecycle` stops in reverse, each within its bound; Nest makes what is needed before who needs it, so that
 * callers go before what they call.
 */
export async function startService(
  description: ServiceDescription,
  use: ServiceUse,
): Promise<Service & { readonly address: string }> {
  const lifecycle = new Lifecycle(use.logger);
  try {
    const database = await openMigrated(description, use, lifecycle);
    const server = await startGrpcServer({
      passes: isTransient,
      module: serviceModule(description, use, database, lifecycle),
      listen: use.config.GRPC_LISTEN,
      admits: { callee: description.name, tokens: use.config.CALLER_TOKENS },
      services: {
        ...description.grpc,
        ...(description.publishes !== undefined && { 'usvideo.events.v1.EventLogService': EventLogServiceService }),
        ...(description.consumes !== undefined && {
          'usvideo.events.v1.ParkedEventsService': ParkedEventsServiceService,
        }),
      },
      logger: use.logger,
    });
    lifecycle.add('grpc', () => server.stop());
    return {
      address: server.address,
      ready: async () => ({ needs: { database: await isAnswering(database) } }),
      stop: () => lifecycle.stop(),
    };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function openMigrated(
  { name, migrations }: ServiceDescription,
  { config, logger }: ServiceUse,
  lifecycle: Lifecycle,
): Promise<Database> {
  await migrateDatabase({ url: config.DATABASE_URL, migrations, how: config.DATABASE_MIGRATIONS, logger });
  const database = openDatabase(
    {
      url: config.DATABASE_URL,
      urlFile: config.DATABASE_URL_FILE,
      poolSize: config.DATABASE_POOL_SIZE,
      applicationName: name,
    },
    (error) => {
      logger.warn({ err: error }, 'an idle database connection broke');
    },
  );
  lifecycle.add('database', () => database.end());
  await requireReadable(database);
  lifecycle.keep('database metrics', observeDatabase(name, database, logger));
  return database;
}

function serviceModule(
  description: ServiceDescription,
  use: ServiceUse,
  database: Database,
  lifecycle: Lifecycle,
): DynamicModule {
  const { consumes, modules } = description;
  const core = coreModule(description, use, database, lifecycle);
  return {
    module: ServiceModule,
    imports: [core, ...modules, ...(consumes === undefined ? [] : [consumptionModule(consumes, description, use)])],
  };
}

function coreModule(
  { publishes }: ServiceDescription,
  { config, transport, logger, provided = [] }: ServiceUse,
  database: Database,
  lifecycle: Lifecycle,
): DynamicModule {
  const publishing: Provider[] =
    publishes === undefined
      ? []
      : [
          {
            provide: PUBLISHER,
            useFactory: () => lifecycle.keep('publisher', transport.publish({ topic: publishes, database })),
          },
          { provide: PUBLISHED_LOG, useValue: { topic: publishes, database } },
        ];
  const providers: Provider[] = [
    { provide: CONFIG, useValue: config },
    { provide: LOGGER, useValue: logger },
    { provide: DATABASE, useValue: database },
    { provide: Lifecycle, useValue: lifecycle },
    ...publishing,
    ...provided,
  ];
  return {
    module: CoreModule,
    global: true,
    providers,
    exports: providers.map(tokenOf),
    controllers: publishes === undefined ? [] : [EventLogController],
  };
}

/** A second one for each topic, and for each its audit of what it has not heard. */
function consumptionModule(
  consumes: NonNullable<ServiceDescription['consumes']>,
  { modules }: ServiceDescription,
  { config, transport, logger }: ServiceUse,
): DynamicModule {
  const subscriptions = consumes.map((made, index): FactoryProvider<Subscription> => ({
    ...made,
    provide: `subscription ${index + 1}`,
  }));
  const consuming: FactoryProvider = {
    provide: CONSUMING,
    inject: [Lifecycle, ...subscriptions.map(({ provide }) => provide)],
    useFactory: (lifecycle: Lifecycle, ...made: Subscription[]) =>
      made.map((subscription) => {
        const heard = lifecycle.keep(`consumer of ${subscription.topic}`, transport.subscribe(subscription));
        if (config.DELIVERY_AUDIT_EVERY_MS !== undefined) {
          lifecycle.keep(
            `delivery audit of ${subscription.topic}`,
            startDeliveryAudit(heard, logger, config.DELIVERY_AUDIT_EVERY_MS),
          );
        }
        return heard;
      }),
  };
  return {
    module: ConsumptionModule,
    imports: [...modules],
    providers: [...subscriptions, consuming],
    controllers: [ParkedEventsController],
  };
}

function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}
