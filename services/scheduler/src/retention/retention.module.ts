import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { SchedulerConfig } from '../config';
import { CustomerOrders } from '../orders/customer-orders.service';
import { OrdersModule } from '../orders/orders.module';
import { ContentRetention } from './content-retention.loop';

@Module({ imports: [OrdersModule] })
export class RetentionModule implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: SchedulerConfig,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly orders: CustomerOrders,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    const { config, database, logger, orders } = this;
    this.lifecycle.keep(
      'content retention',
      new ContentRetention({ database, orders, logger, days: config.CONTENT_RETENTION_DAYS }).start(),
    );
  }
}
