import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { GuardedHttpClient, Lifecycle, startLoop, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { WebhooksConfig } from './config';
import { observeOldestDue } from './delivery/delivery-age.sql';
import { DeliveryWorker } from './delivery/delivery-worker.loop';
import { DeliveryModule } from './delivery/delivery.module';
import type { Clock } from './delivery/delivery.store';
import { BodiesDue, DeliveriesDue } from './delivery/due';
import { startParkedLoop } from './delivery/parked.loop';
import { CLOCK } from './delivery/tokens';
import { EndpointNotices } from './endpoints/endpoint-notices.store';
import { EndpointStore } from './endpoints/endpoint.store';
import { EndpointsModule } from './endpoints/endpoints.module';
import { FeedRenderer } from './feed/feed-renderer.loop';
import { FeedModule } from './feed/feed.module';
import { startRetention } from './retention/retention.loop';
import { SecretsModule } from './secrets/secrets.module';
import { SigningSecretStore } from './secrets/signing-secret.store';

const LOOK_EVERY_MS = 250;
/** One place in eight is for accounts that have nothing under way. */
const RESERVED_SHARE = 8;
/** Places that are freed within it are filled by one look. */
const GATHER_MS = 20;
/** With a claim every 20 ms, 200 a second for an account whose servers answer at once. */
const AT_ONCE_PER_ACCOUNT = 4;

/** Events make rows, rows make bodies and deliveries, deliveries make attempts; each step wakes the next. */
@Module({
  imports: [DeliveryModule, EndpointsModule, FeedModule, SecretsModule],
  providers: [
    {
      provide: GuardedHttpClient,
      inject: [CONFIG, Lifecycle],
      useFactory: (config: WebhooksConfig, lifecycle: Lifecycle) =>
        lifecycle.keep('http client', GuardedHttpClient.of(config)),
    },
    {
      provide: DeliveryWorker,
      inject: [
        CONFIG,
        DATABASE,
        CLOCK,
        LOGGER,
        GuardedHttpClient,
        SigningSecretStore,
        EndpointStore,
        EndpointNotices,
        DeliveriesDue,
      ],
      useFactory: deliveryWorker,
    },
  ],
  exports: [GuardedHttpClient],
})
export class LoopsModule implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: WebhooksConfig,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
    private readonly worker: DeliveryWorker,
    private readonly renderer: FeedRenderer,
    private readonly notices: EndpointNotices,
    private readonly deliveries: DeliveriesDue,
    private readonly bodies: BodiesDue,
  ) {}

  onModuleInit(): void {
    const { config, database, lifecycle, logger } = this;
    lifecycle.keep('attempts under way', this.worker);
    const delivering = lifecycle.keep(
      'delivery loop',
      startLoop({ name: 'webhook_deliveries', everyMs: LOOK_EVERY_MS, work: () => this.worker.run(), logger }),
    );
    this.deliveries.wakes(() => delivering.nudge());
    const rendering = lifecycle.keep(
      'rendering loop',
      startLoop({
        name: 'webhook_rendering',
        everyMs: LOOK_EVERY_MS,
        work: () => this.renderer.run(),
        logger,
        backOffMaxMs: 2_000,
      }),
    );
    this.bodies.wakes(() => rendering.nudge());
    lifecycle.keep(
      'age loop',
      startLoop({ name: 'webhook_age', everyMs: 5_000, work: () => observeOldestDue(database), logger }),
    );
    lifecycle.keep('parked loop', startParkedLoop(database, this.clock, this.notices, logger));
    lifecycle.keep(
      'retention',
      startRetention(
        database,
        { feedDays: config.FEED_RETENTION_DAYS, deliveryDays: config.WEBHOOK_RETENTION_DAYS },
        logger,
      ),
    );
  }
}

function deliveryWorker(
  config: WebhooksConfig,
  database: Database,
  clock: Clock,
  logger: Logger,
  http: GuardedHttpClient,
  secrets: SigningSecretStore,
  endpoints: EndpointStore,
  notices: EndpointNotices,
  due: DeliveriesDue,
): DeliveryWorker {
  return new DeliveryWorker({
    database,
    secrets,
    endpoints,
    http,
    notices,
    clock,
    logger,
    timeoutMs: config.WEBHOOK_TIMEOUT_MS,
    slots: config.WEBHOOK_SLOTS,
    lookSoon: gathered(() => due.now()),
    limits: {
      leaseMs: config.WEBHOOK_LEASE_MS,
      reserved: Math.floor(config.WEBHOOK_SLOTS / RESERVED_SHARE),
      inFlightPerDestination: config.WEBHOOK_IN_FLIGHT_PER_DESTINATION,
      inFlightPerAccount: config.WEBHOOK_IN_FLIGHT_PER_ACCOUNT,
      atOncePerAccount: AT_ONCE_PER_ACCOUNT,
    },
  });
}

function gathered(look: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      look();
    }, GATHER_MS).unref();
  };
}
