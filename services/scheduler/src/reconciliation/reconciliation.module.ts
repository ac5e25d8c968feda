import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import type { LedgerPort } from '../settlement/ledger.client';
import { LEDGER } from '../settlement/tokens';
import { ReconciliationLoop } from './reconciliation.loop';

@Module({
  providers: [
    { provide: ReconciliationLoop, inject: [DATABASE, LEDGER, LOGGER, Lifecycle], useFactory: startReconciliation },
  ],
  exports: [ReconciliationLoop],
})
export class ReconciliationModule {}

function startReconciliation(
  database: Database,
  ledger: LedgerPort,
  logger: Logger,
  lifecycle: Lifecycle,
): ReconciliationLoop {
  return lifecycle.keep('reconciliation', new ReconciliationLoop({ database, ledger, logger }).start());
}
