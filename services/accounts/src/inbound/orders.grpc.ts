import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  type DecideOrderRequest,
  type DecideOrderResponse,
  type ListOrdersRequest,
  type ListOrdersResponse,
  OperatorOrderRefusal,
  type ProposeOrderRequest,
  type ProposeOrderResponse,
} from '@usvideo/contracts/accounts';
import { refusedAs } from '@usvideo/contracts/names';
import { grpcError, status } from '@usvideo/runtime';
import { PendingOrders } from '../operators/pending-order.store';
import { actorOf } from './actor';
import { pageFaults, pendingOrderFaults } from './request-faults';
import { refuseFaults } from './refusal-status.grpc';

/** Orders that take two operators. */
@Controller()
export class OrdersController {
  constructor(private readonly orders: PendingOrders) {}

  @GrpcMethod('OperatorsService', 'proposeOrder')
  async proposeOrder(request: ProposeOrderRequest): Promise<ProposeOrderResponse> {
    refuseFaults(pendingOrderFaults(request));
    const order = await this.orders.propose(request, actorOf(request));
    return order === undefined
      ? { ...refusedAs(OperatorOrderRefusal, 'reference_reused'), order }
      : { refusal: '', order };
  }

  @GrpcMethod('OperatorsService', 'listOrders')
  async listOrders({ limit, afterOrderId }: ListOrdersRequest): Promise<ListOrdersResponse> {
    refuseFaults(pageFaults(limit));
    const orders = await this.orders.list(limit + 1, afterOrderId);
    return { orders: orders.slice(0, limit), hasMore: orders.length > limit };
  }

  @GrpcMethod('OperatorsService', 'decideOrder')
  async decideOrder(request: DecideOrderRequest): Promise<DecideOrderResponse> {
    const decided = await this.orders.decide(request.orderId, request.approved, actorOf(request));
    if (decided === undefined) throw grpcError(status.NOT_FOUND, 'order_not_found');
    return { ...refusedAs(OperatorOrderRefusal, decided.refusal), order: decided.order };
  }
}
