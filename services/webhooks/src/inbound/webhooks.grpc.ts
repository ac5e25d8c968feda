import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  EnsureSecretRequest,
  EnsureSecretResponse,
  ListDeliveriesRequest,
  ListDeliveriesResponse,
  RedeliverRequest,
  RedeliverResponse,
} from '@usvideo/contracts/webhooks';
import { grpcError, status } from '@usvideo/runtime';
import { DeliveryLog } from '../delivery/delivery-log.sql';
import { Redeliveries } from '../delivery/redelivery.sql';
import { SecretStore } from '../secrets/secret.store';

const PAGE_MAX = 100;
const OFFSET_MAX = 10_000;

@Controller()
export class WebhooksController {
  constructor(
    private readonly secrets: SecretStore,
    private readonly log: DeliveryLog,
    private readonly redeliveries: Redeliveries,
  ) {}

  @GrpcMethod('WebhooksService', 'ensureSecret')
  async ensureSecret({ accountId }: EnsureSecretRequest): Promise<EnsureSecretResponse> {
    if (accountId === '') throw grpcError(status.INVALID_ARGUMENT, 'account_id is required');
    return { secret: await this.secrets.ensure(accountId) };
  }

  @GrpcMethod('WebhooksService', 'listDeliveries')
  async listDeliveries(request: ListDeliveriesRequest): Promise<ListDeliveriesResponse> {
    const { limit, offset, startingAfter } = request;
    if (limit < 1 || limit > PAGE_MAX) throw grpcError(status.INVALID_ARGUMENT, `limit must be 1 to ${PAGE_MAX}`);
    if (offset < 0 || offset > OFFSET_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `offset must be 0 to ${OFFSET_MAX}`);
    // A cursor that nobody was given may find all or nothing, and either would read as a walk.
    const isCursor = startingAfter === '' || (await this.log.exists(request, startingAfter));
    if (!isCursor) throw grpcError(status.INVALID_ARGUMENT, 'starting_after is not a cursor of this list');
    const deliveries = await this.log.list(request);
    return { deliveries: deliveries.slice(0, limit), hasMore: deliveries.length > limit };
  }

  @GrpcMethod('WebhooksService', 'redeliver')
  async redeliver(request: RedeliverRequest): Promise<RedeliverResponse> {
    const made = await this.redeliveries.make(request);
    if (made === undefined) throw grpcError(status.RESOURCE_EXHAUSTED, 'as many redeliveries wait as may');
    const { deliveryIds, nextCursor } = made;
    if (request.deliveryId !== '' && deliveryIds.length === 0)
      throw grpcError(status.NOT_FOUND, 'there is no such delivery that could be repeated');
    return { deliveryIds: [...deliveryIds], nextCursor };
  }
}
