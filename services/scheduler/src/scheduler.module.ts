import type { FactoryProvider } from '@nestjs/common';
import { SchedulerServiceService } from '@usvideo/contracts/scheduler';
import type { EventTransport } from '@usvideo/messaging';
import { Lifecycle, type Logger, type Service } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER, startService } from '@usvideo/service';
import type { SchedulerConfig } from './config';
import { Dispatch } from './dispatch/dispatch.service';
import { accountEvents } from './inbound/accounts.consumer';
import { InboundModule } from './inbound/inbound.module';
import { ledgerEvents } from './inbound/ledger.consumer';
import { MIGRATIONS } from './migrations/all';
import { LedgerClient, type LedgerPort } from './settlement/ledger.client';
import { LEDGER } from './settlement/tokens';

export { changesJobs } from './inbound/ledger.consumer';
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

const LEDGER_CLIENT: FactoryProvider = {
  provide: LEDGER,
  inject: [CONFIG, LOGGER, Lifecycle],
  useFactory: (
    { LEDGER_GRPC_URL: address, SERVICE_TOKEN: token }: SchedulerConfig,
    logger: Logger,
    lifecycle: Lifecycle,
  ): LedgerPort => lifecycle.keep('ledger client', new LedgerClient(address, token, logger)),
};

export function startScheduler({ ledger, ...use }: SchedulerOptions): Promise<Service & { readonly address: string }> {
  return startService(
    {
      name: 'scheduler',
      migrations: MIGRATIONS,
      publishes: TOPIC,
      consumes: [
        { inject: [DATABASE, Dispatch], useFactory: accountEvents },
        { inject: [DATABASE], useFactory: ledgerEvents },
      ],
      grpc: { 'usvideo.scheduler.v1.SchedulerService': SchedulerServiceService },
      modules: [InboundModule],
    },
    { ...use, provided: [ledger === undefined ? LEDGER_CLIENT : { provide: LEDGER, useValue: ledger }] },
  );
}
