import { Module } from '@nestjs/common';
import { DeliveriesController } from './deliveries.controller';
import { EndpointsController } from './endpoints.controller';

@Module({ controllers: [EndpointsController, DeliveriesController] })
export class WebhooksModule {}
