import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import { Answer } from '../http/answer';
import { adminOrdersQuery } from '../http/requests';
import { known } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal } from '../refusals/refusal';
import { pageOf, renderList } from '../validation/query';
import { type Valid, ValidQuery } from '../validation/valid.pipe';
import { DualControl, orderView } from './dual-control.client';

/** Orders that take a second operator. */
@Controller('admin/v1/orders')
export class AdminOrdersController {
  constructor(
    private readonly peers: Peers,
    private readonly control: DualControl,
  ) {}

  @Get()
  async list(@ValidQuery(adminOrdersQuery) query: Valid<typeof adminOrdersQuery>): Promise<Answer> {
    const page = pageOf(query, /^ord_[0-9A-Za-z]{1,60}$/);
    const { orders, hasMore } = await call(this.peers.operators, 'listOrders', {
      limit: page.limit,
      afterOrderId: page.startingAfter,
    });
    return new Answer(
      renderList(
        page,
        orders.map((order) => JSON.stringify(orderView(order))),
        hasMore,
        orders.at(-1)?.orderId ?? null,
      ),
    );
  }

  @Post(':id/approve')
  @HttpCode(200)
  async approve(@Param('id') orderId: string, @ByOperator() by: ActingOperator): Promise<object> {
    return known(this.control.approve(by, orderIdOf(orderId)), notFound);
  }

  @Post(':id/decline')
  @HttpCode(200)
  async decline(@Param('id') orderId: string, @ByOperator() by: ActingOperator): Promise<object> {
    return known(this.control.decline(by, orderIdOf(orderId)), notFound);
  }
}

/** One that cannot be an id is answered like one that does not exist. */
function orderIdOf(id: string): string {
  if (!/^ord_[0-9A-Za-z]{1,60}$/.test(id)) throw notFound();
  return id;
}

function notFound(): Refusal {
  return new Refusal('not_found', 'There is no order with this id.');
}
