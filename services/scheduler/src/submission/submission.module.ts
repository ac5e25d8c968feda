import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import type { Publisher } from '@usvideo/messaging';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER, PUBLISHER } from '@usvideo/service';
import { CapacityModule } from '../capacity/capacity.module';
import { FleetEstimate } from '../capacity/fleet-estimate.loop';
import type { SchedulerConfig } from '../config';
import { DispatchModule } from '../dispatch/dispatch.module';
import { Dispatch } from '../dispatch/dispatch.service';
import type { LedgerPort } from '../settlement/ledger.client';
import { LEDGER } from '../settlement/tokens';
import { JobRenderer } from '../views/job-renderer.service';
import { JobViews } from '../views/job-views.sql';
import { ViewsModule } from '../views/views.module';
import { SubmissionSaga } from './submission.saga';
import { startSubmissions } from './submissions.service';

@Module({
  imports: [CapacityModule, DispatchModule, ViewsModule],
  providers: [
    {
      provide: SubmissionSaga,
      inject: [CONFIG, DATABASE, LEDGER, JobViews, JobRenderer, FleetEstimate, Dispatch, PUBLISHER, LOGGER, Lifecycle],
      useFactory: submissionSaga,
    },
  ],
  exports: [SubmissionSaga],
})
export class SubmissionModule {}

function submissionSaga(
  config: SchedulerConfig,
  database: Database,
  ledger: LedgerPort,
  views: JobViews,
  renderer: JobRenderer,
  estimate: FleetEstimate,
  { wake }: Dispatch,
  publisher: Publisher,
  logger: Logger,
  lifecycle: Lifecycle,
): SubmissionSaga {
  const submissions = startSubmissions({
    config,
    database,
    ledger,
    views,
    renderer,
    estimate,
    wake,
    onCommitted: () => publisher.nudge(),
    logger,
  });
  return lifecycle.keep('submissions', submissions).creation;
}
