import { Module } from '@nestjs/common';
import { OperatorStore } from './operator.store';
import { PendingOrders } from './pending-order.store';

@Module({ providers: [OperatorStore, PendingOrders], exports: [OperatorStore, PendingOrders] })
export class OperatorsModule {}
