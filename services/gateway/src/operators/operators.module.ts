import { Module } from '@nestjs/common';
import type { GatewayConfig } from '../config';
import { Peers } from '../peers/peers.client';
import { CONFIG } from '../tokens';
import { AdminAuditController } from './audit.controller';
import { DualControl } from './dual-control.client';
import { MoneyMoves } from './money-moves.client';
import { OperatorOrders } from './operator-orders.client';
import { AdminSignInController } from './operator-sign-in.controller';
import { AdminOperatorsController } from './operators.controller';
import { AdminOrdersController } from './orders.controller';

@Module({
  controllers: [AdminOperatorsController, AdminOrdersController, AdminAuditController, AdminSignInController],
  providers: [
    OperatorOrders,
    MoneyMoves,
    {
      provide: DualControl,
      inject: [Peers, MoneyMoves, OperatorOrders, CONFIG],
      useFactory: (peers: Peers, moves: MoneyMoves, orders: OperatorOrders, { DUAL_CONTROL_USD }: GatewayConfig) =>
        new DualControl(peers, moves, orders, DUAL_CONTROL_USD),
    },
  ],
  exports: [OperatorOrders, DualControl],
})
export class OperatorsModule {}
