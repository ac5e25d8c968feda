import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { RedeliverRequest, RedeliverResponse } from '@usvideo/contracts/webhooks';
import { call, hasStatus, status } from '@usvideo/runtime';
import { known } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal } from '../refusals/refusal';
import { dateOf } from '../validation/fields';
import { pageOf, renderList } from '../validation/query';
import { ownerOf } from './endpoints.controller';
import { deliveriesQuery, redeliverManyRequest } from './webhook-requests';
import { deliveryView } from './webhook-views';
import { KeyCaller } from '../access/parameters.http';
import { type Valid, ValidBody, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';
import type { Caller } from '../identity/caller';

const ANY = { endpointId: '', event: '', jobId: '', deliveryId: '', statuses: [], startingAfter: '' };

/** What was sent to whom, what came back, and sending it again. */
@Controller('v1/webhooks/deliveries')
export class DeliveriesController {
  constructor(private readonly peers: Peers) {}

  @Get()
  async list(
    @KeyCaller() caller: Caller,
    @ValidQuery(deliveriesQuery) query: Valid<typeof deliveriesQuery>,
  ): Promise<Answer> {
    const page = pageOf(query, /^dlv_[0-9A-Za-z]{1,60}$/);
    const found = await call(this.peers.webhooks, 'listDeliveries', {
      ...ownerOf(caller),
      ...page,
      jobId: query.job_id ?? '',
      statuses: query.status ?? [],
      endpointId: query.endpoint_id ?? '',
      event: query.event ?? '',
      deliveryId: '',
    });
    const next = found.deliveries.at(-1)?.deliveryId ?? null;
    return new Answer(
      renderList(
        page,
        found.deliveries.map((delivery) => JSON.stringify(deliveryView(delivery))),
        found.hasMore,
        next,
      ),
    );
  }

  @Get(':id')
  async get(@Param('id') deliveryId: string, @KeyCaller() caller: Caller): Promise<object> {
    const {
      deliveries: [delivery],
    } = await call(this.peers.webhooks, 'listDeliveries', {
      ...ownerOf(caller),
      ...ANY,
      deliveryId,
      limit: 1,
      offset: 0,
    });
    if (!delivery) throw deliveryNotFound();
    return deliveryView(delivery);
  }

  @Post(':id/redeliver')
  @HttpCode(202)
  async redeliver(@Param('id') deliveryId: string, @KeyCaller() caller: Caller): Promise<object> {
    const made = await known(
      this.redelivered({ ...ownerOf(caller), ...ANY, deliveryId, createdAfter: undefined, createdBefore: undefined }),
      deliveryNotFound,
    );
    return { object: 'webhook_redelivery', delivery_ids: made.deliveryIds, next_cursor: null };
  }

  @Post('redeliver')
  @HttpCode(202)
  async redeliverMany(
    @KeyCaller() caller: Caller,
    @ValidBody(redeliverManyRequest, {}) wanted: Valid<typeof redeliverManyRequest>,
  ): Promise<object> {
    const made = await this.redelivered({
      ...ownerOf(caller),
      deliveryId: '',
      statuses: wanted.status ?? ['failed'],
      endpointId: wanted.endpoint_id ?? '',
      event: wanted.event ?? '',
      jobId: wanted.job_id ?? '',
      createdAfter: dateOf(wanted.created_after),
      createdBefore: dateOf(wanted.created_before),
      startingAfter: wanted.starting_after ?? '',
    });
    return { object: 'webhook_redelivery', delivery_ids: made.deliveryIds, next_cursor: made.nextCursor || null };
  }

  /** @throws Refusal queue_limit_exceeded */
  private async redelivered(request: RedeliverRequest): Promise<RedeliverResponse> {
    try {
      return await call(this.peers.webhooks, 'redeliver', request);
    } catch (error) {
      if (!hasStatus(error, status.RESOURCE_EXHAUSTED)) throw error;
      throw new Refusal(
        'queue_limit_exceeded',
        'As many redeliveries of your account wait as may; they are made at ten a second.',
        { retryAfterMs: RETRY_FULL_AFTER_MS },
      );
    }
  }
}

/** A hundred places are free then. */
const RETRY_FULL_AFTER_MS = 10_000;

function deliveryNotFound(): Refusal {
  return new Refusal('not_found', 'There is no webhook delivery with this id that could be shown or sent again.');
}
