import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module';
import { EndpointsModule } from '../endpoints/endpoints.module';
import { FeedModule } from '../feed/feed.module';
import { LoopsModule } from '../loops.module';
import { AccountErasure } from '../retention/account-erasure.sql';
import { SecretsModule } from '../secrets/secrets.module';
import { EndpointsController } from './endpoints.grpc';
import { FeedController } from './feed.grpc';
import { WebhooksController } from './webhooks.grpc';

@Module({
  imports: [DeliveryModule, EndpointsModule, FeedModule, LoopsModule, SecretsModule],
  providers: [AccountErasure],
  controllers: [WebhooksController, EndpointsController, FeedController],
  exports: [DeliveryModule, SecretsModule],
})
export class InboundModule {}
