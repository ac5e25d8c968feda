import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module';
import { SecretsModule } from '../secrets/secrets.module';
import { EndpointNotices } from './endpoint-notices.store';
import { EndpointStore } from './endpoint.store';

@Module({
  imports: [DeliveryModule, SecretsModule],
  providers: [EndpointNotices, EndpointStore],
  exports: [EndpointNotices, EndpointStore],
})
export class EndpointsModule {}
