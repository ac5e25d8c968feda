import { Module } from '@nestjs/common';
import { CONFIG } from '@usvideo/service';
import type { SchedulerConfig } from '../config';
import { DispatchModule } from '../dispatch/dispatch.module';
import { LimitsModule } from '../limits/limits.module';
import { OrdersModule } from '../orders/orders.module';
import { ReconciliationModule } from '../reconciliation/reconciliation.module';
import { RetentionModule } from '../retention/retention.module';
import { SubmissionModule } from '../submission/submission.module';
import { ViewsModule } from '../views/views.module';
import { ArtifactsController } from './artifacts.grpc';
import { CatalogueController } from './catalogue.grpc';
import { ExchangeController } from './exchange.grpc';
import { FleetController } from './fleet.grpc';
import { JobsController } from './jobs.grpc';
import { LimitsController } from './limits.grpc';
import { ReconciliationController } from './reconciliation.grpc';
import { MODELS } from './tokens';
import { WorkController } from './work.grpc';

@Module({
  imports: [
    DispatchModule,
    LimitsModule,
    OrdersModule,
    ReconciliationModule,
    RetentionModule,
    SubmissionModule,
    ViewsModule,
  ],
  providers: [{ provide: MODELS, inject: [CONFIG], useFactory: ({ MODELS: models }: SchedulerConfig) => models }],
  controllers: [
    ExchangeController,
    JobsController,
    CatalogueController,
    WorkController,
    LimitsController,
    ReconciliationController,
    FleetController,
    ArtifactsController,
  ],
  exports: [DispatchModule],
})
export class InboundModule {}
