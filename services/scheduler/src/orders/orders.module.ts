import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import type { Publisher } from '@usvideo/messaging';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER, PUBLISHER } from '@usvideo/service';
import type { SchedulerConfig } from '../config';
import { DispatchModule } from '../dispatch/dispatch.module';
import { Dispatch } from '../dispatch/dispatch.service';
import { Settlement } from '../settlement/settlement.loop';
import { SettlementModule } from '../settlement/settlement.module';
import { JobChanges } from '../views/job-changes';
import { ViewsModule } from '../views/views.module';
import { CustomerOrders } from './customer-orders.service';
import { JobOrders } from './job-orders.sql';

@Module({
  imports: [DispatchModule, SettlementModule, ViewsModule],
  providers: [
    { provide: JobOrders, inject: [CONFIG, DATABASE, PUBLISHER, Lifecycle], useFactory: jobOrders },
    {
      provide: CustomerOrders,
      inject: [JobOrders, Dispatch, JobChanges, Settlement, LOGGER],
      useFactory: customerOrders,
    },
  ],
  exports: [CustomerOrders],
})
export class OrdersModule {}

function jobOrders(config: SchedulerConfig, database: Database, publisher: Publisher, lifecycle: Lifecycle): JobOrders {
  const settings = { leaseMs: config.LEASE_MS, renderTimeoutMs: config.RENDER_TIMEOUT_MS };
  const orders = new JobOrders({ database, settings, onCommitted: () => publisher.nudge() });
  lifecycle.add('orders', () => orders.settled());
  return orders;
}

function customerOrders(
  orders: JobOrders,
  holders: Dispatch,
  changes: JobChanges,
  settlement: Settlement,
  logger: Logger,
): CustomerOrders {
  return new CustomerOrders({ orders, holders, changes, settle: (job) => settlement.ended(job), logger });
}
