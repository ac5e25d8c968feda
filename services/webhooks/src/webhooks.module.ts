import { WebhooksServiceService } from '@usvideo/contracts/webhooks';
import type { EventTransport } from '@usvideo/messaging';
import type { Logger, Service } from '@usvideo/runtime';
import { DATABASE, startService } from '@usvideo/service';
import type { WebhooksConfig } from './config';
import type { Clock } from './delivery/delivery.store';
import { BodiesDue, DeliveriesDue } from './delivery/due';
import { CLOCK } from './delivery/tokens';
import { accountsSubscription } from './inbound/accounts.consumer';
import { InboundModule } from './inbound/inbound.module';
import { jobsSubscription } from './inbound/jobs.consumer';
import { ledgerSubscription } from './inbound/ledger.consumer';
import { WEBHOOKS_MIGRATIONS } from './migrations/all';
import { SecretStore } from './secrets/secret.store';

export { makesSecrets } from './inbound/accounts.consumer';
export { concernsCustomers } from './inbound/jobs.consumer';
export { tellsOfBalance } from './inbound/ledger.consumer';
export { readWebhooksConfig, webhooksProcessSchema, type WebhooksConfig } from './config';

export interface WebhooksOptions {
  readonly config: WebhooksConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
  /** The clock that attempts are scheduled by: the database's, unless a test shifts it. */
  readonly clock?: Clock;
}

export function startWebhooks({ clock = (databaseNow) => databaseNow, ...use }: WebhooksOptions): Promise<Service> {
  return startService(
    {
      name: 'webhooks',
      migrations: WEBHOOKS_MIGRATIONS,
      consumes: [
        { inject: [DATABASE, BodiesDue], useFactory: jobsSubscription },
        { inject: [DATABASE, CLOCK, DeliveriesDue], useFactory: ledgerSubscription },
        { inject: [DATABASE, SecretStore], useFactory: accountsSubscription },
      ],
      grpc: { 'usvideo.webhooks.v1.WebhooksService': WebhooksServiceService },
      modules: [InboundModule],
    },
    { ...use, provided: [{ provide: CLOCK, useValue: clock }] },
  );
}
