import { LedgerServiceService } from '@usvideo/contracts/ledger';
import type { EventTransport } from '@usvideo/messaging';
import type { Logger, Service } from '@usvideo/runtime';
import { DATABASE, PUBLISHER, startService } from '@usvideo/service';
import type { LedgerConfig } from './config';
import { InboundModule } from './inbound/inbound.module';
import { jobsSubscription } from './inbound/jobs.consumer';
import { LEDGER_MIGRATIONS } from './migrations/all';
import { TOPIC } from './posting/event-codec';
import { LedgerWriter } from './posting/ledger-writer.service';

export { ledgerProcessSchema, readLedgerConfig, type LedgerConfig } from './config';
export { concernsLedger } from './inbound/jobs.consumer';
export { SigningKey } from './signing/signing-key';
export { LedgerVerifier } from './proof/verifier.sql';

export interface LedgerOptions {
  readonly config: LedgerConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
}

export function startLedger(options: LedgerOptions): Promise<Service> {
  return startService(
    {
      name: 'ledger',
      migrations: LEDGER_MIGRATIONS,
      publishes: TOPIC,
      consumes: [{ inject: [DATABASE, LedgerWriter, PUBLISHER], useFactory: jobsSubscription }],
      grpc: { 'usvideo.ledger.v1.LedgerService': LedgerServiceService },
      modules: [InboundModule],
    },
    options,
  );
}
