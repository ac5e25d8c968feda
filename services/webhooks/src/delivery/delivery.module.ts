import { Module } from '@nestjs/common';
import { DeliveryLog } from './delivery-log.sql';
import { BodiesDue, DeliveriesDue } from './due';
import { Redeliveries } from './redelivery.sql';

@Module({
  providers: [BodiesDue, DeliveriesDue, DeliveryLog, Redeliveries],
  exports: [BodiesDue, DeliveriesDue, DeliveryLog, Redeliveries],
})
export class DeliveryModule {}
