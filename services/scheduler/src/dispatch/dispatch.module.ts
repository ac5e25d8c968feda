import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import type { Publisher } from '@usvideo/messaging';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER, PUBLISHER } from '@usvideo/service';
import { CapacityModule } from '../capacity/capacity.module';
import { FleetEstimate } from '../capacity/fleet-estimate.loop';
import type { SchedulerConfig } from '../config';
import { Settlement } from '../settlement/settlement.loop';
import { SettlementModule } from '../settlement/settlement.module';
import { JobChanges } from '../views/job-changes';
import { ViewsModule } from '../views/views.module';
import { Dispatch } from './dispatch.service';
import { jobsEnded } from '../metrics';

@Module({
  imports: [CapacityModule, SettlementModule, ViewsModule],
  providers: [
    {
      provide: Dispatch,
      inject: [CONFIG, DATABASE, JobChanges, FleetEstimate, Settlement, PUBLISHER, LOGGER, Lifecycle],
      useFactory: startDispatch,
    },
  ],
  exports: [Dispatch],
})
export class DispatchModule implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: SchedulerConfig,
    private readonly estimate: FleetEstimate,
    private readonly dispatch: Dispatch,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    countFromZero(this.config.MODELS);
    this.lifecycle.keep('fleet estimate', this.estimate.start(this.dispatch.workers));
  }
}

function startDispatch(
  config: SchedulerConfig,
  database: Database,
  changes: JobChanges,
  estimate: FleetEstimate,
  settlement: Settlement,
  publisher: Publisher,
  logger: Logger,
  lifecycle: Lifecycle,
): Dispatch {
  return lifecycle.keep(
    'dispatch',
    new Dispatch({
      database,
      databaseUrl: config.DATABASE_URL,
      changes,
      logger,
      onCommitted: () => publisher.nudge(),
      remote: { models: config.MODELS, dailyBudgetMicros: config.REMOTE_DAILY_BUDGET_USD },
      settings: { leaseMs: config.LEASE_MS, renderTimeoutMs: config.RENDER_TIMEOUT_MS },
      onEnded: (job) => {
        estimate.ended(job);
        void settlement.ended(job);
      },
    }).start(),
  );
}

/** Before the first job has ended: a service level needs both what went well and what failed. */
function countFromZero(models: SchedulerConfig['MODELS']): void {
  for (const { id: model } of models) {
    for (const environment of ['live', 'test'])
      for (const status of ['completed', 'failed', 'cancelled']) jobsEnded.inc({ status, model, environment }, 0);
  }
}
