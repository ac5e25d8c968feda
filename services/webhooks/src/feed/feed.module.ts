import { Module } from '@nestjs/common';
import { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { dial, Lifecycle } from '@usvideo/runtime';
import { CONFIG } from '@usvideo/service';
import type { WebhooksConfig } from '../config';
import { DeliveryModule } from '../delivery/delivery.module';
import { FeedHints } from './feed-hints.client';
import { FeedReader } from './feed-reader.sql';
import { FeedRenderer } from './feed-renderer.loop';

@Module({
  imports: [DeliveryModule],
  providers: [
    FeedHints,
    FeedReader,
    FeedRenderer,
    { provide: SchedulerServiceClient, inject: [CONFIG, Lifecycle], useFactory: dialScheduler },
  ],
  exports: [FeedHints, FeedReader, FeedRenderer],
})
export class FeedModule {}

function dialScheduler(
  { SCHEDULER_GRPC_URL: address, SERVICE_TOKEN: token }: WebhooksConfig,
  lifecycle: Lifecycle,
): SchedulerServiceClient {
  const scheduler = dial(SchedulerServiceClient, address, token);
  lifecycle.add('scheduler client', async () => scheduler.close());
  return scheduler;
}
