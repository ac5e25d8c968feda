import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, sendJson, sendObject } from '../access/request-state.http';
import { noQuery } from '../http/requests';
import { known, refuseBody } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal } from '../refusals/refusal';
import { dateOf } from '../validation/fields';
import { pageOf, parseQuery, renderList } from '../validation/query';
import { validate } from '../validation/schema';
import { ownerOf } from './endpoints.controller';
import { deliveriesQuery, redeliverManyRequest } from './webhook-requests';
import { deliveryView } from './webhook-views';

const ANY = { endpointId: '', event: '', jobId: '', deliveryId: '', statuses: [], startingAfter: '' };

/** What was sent to whom, what came back, and sending it again. */
@Controller('v1/webhooks/deliveries')
export class DeliveriesController {
  constructor(private readonly peers: Peers) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = parseQuery(deliveriesQuery, request.query);
    const page = pageOf(query, /^dlv_[0-9A-Za-z]{1,60}$/);
    const found = await call(this.peers.webhooks, 'listDeliveries', {
      ...ownerOf(callerOf(request)), ...page, jobId: query.job_id ?? '', statuses: query.status ?? [], endpointId: query.endpoint_id ?? '', event: query.event ?? '', deliveryId: '',
    });
    const next = found.deliveries.at(-1)?.deliveryId ?? null;
    sendJson(reply, 200, renderList(page, found.deliveries.map((delivery) => JSON.stringify(deliveryView(delivery))), found.hasMore, next));
  }

  @Get(':id')
  async get(@Param('id') deliveryId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { deliveries: [delivery] } = await call(this.peers.webhooks, 'listDeliveries', { ...ownerOf(callerOf(request)), ...ANY, deliveryId, limit: 1, offset: 0 });
    if (!delivery) throw deliveryNotFound();
    sendObject(reply, 200, deliveryView(delivery));
  }

  @Post(':id/redeliver')
  async redeliver(@Param('id') deliveryId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    const made = await known(call(this.peers.webhooks, 'redeliver', {
      ...ownerOf(callerOf(request)), ...ANY, deliveryId, createdAfter: undefined, createdBefore: undefined,
    }), deliveryNotFound);
    sendObject(reply, 202, { object: 'webhook_redelivery', delivery_ids: made.deliveryIds, next_cursor: null });
  }

  @Post('redeliver')
  async redeliverMany(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const wanted = validate(redeliverManyRequest, request.body ?? {});
    const made = await call(this.peers.webhooks, 'redeliver', {
      ...ownerOf(callerOf(request)), deliveryId: '', statuses: wanted.status ?? ['failed'], endpointId: wanted.endpoint_id ?? '', event: wanted.event ?? '',
      jobId: wanted.job_id ?? '', createdAfter: dateOf(wanted.created_after), createdBefore: dateOf(wanted.created_before), startingAfter: wanted.starting_after ?? '',
    });
    sendObject(reply, 202, { object: 'webhook_redelivery', delivery_ids: made.deliveryIds, next_cursor: made.nextCursor || null });
  }
}

function deliveryNotFound(): Refusal {
  return new Refusal('not_found', 'There is no webhook delivery with this id that could be shown or sent again.');
}
