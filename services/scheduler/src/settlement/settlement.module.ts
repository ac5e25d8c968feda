import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import { JobChanges } from '../views/job-changes';
import { ViewsModule } from '../views/views.module';
import type { LedgerPort } from './ledger.client';
import { MissingHolds } from './missing-holds.loop';
import { Settlement } from './settlement.loop';
import { LEDGER } from './tokens';
import { UnsettledJobs } from './unsettled-jobs.sql';

@Module({
  imports: [ViewsModule],
  providers: [
    { provide: Settlement, inject: [DATABASE, LEDGER, JobChanges, LOGGER, Lifecycle], useFactory: startSettlement },
  ],
  exports: [Settlement],
})
export class SettlementModule {}

function startSettlement(
  database: Database,
  ledger: LedgerPort,
  changes: JobChanges,
  logger: Logger,
  lifecycle: Lifecycle,
): Settlement {
  const jobs = new UnsettledJobs(database);
  lifecycle.keep('missing holds', new MissingHolds({ jobs, ledger, logger }).start());
  return lifecycle.keep('settlement', new Settlement({ jobs, ledger, changes, logger }).start());
}
