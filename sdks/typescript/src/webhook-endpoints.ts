import type { CursorQuery } from './billing.ts';
import type {
  Delivery,
  Event,
  NewWebhookEndpoint,
  Page,
  Redelivery,
  StreamToken,
  WebhookEndpoint,
  WebhookSecret,
} from './types.ts';
import { followFeed, type FeedOptions } from './feed.ts';
import { List } from './list.ts';
import { Resource } from './resource.ts';
import type { RequestOptions } from './transport.ts';

export interface DeliveriesQuery extends CursorQuery {
  readonly job_id?: string;
  readonly endpoint_id?: string;
  readonly event?: string;
  readonly status?: Delivery['status'] | readonly Delivery['status'][];
}

export interface EndpointFields {
  readonly url: string;
  /** `video.completed` and `video.failed` unless told. */
  readonly events?: readonly WebhookEndpoint['events'][number][];
  readonly description?: string;
  /** Up to five headers sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RedeliverManyRequest {
  /** `failed` unless told. */
  readonly status?: readonly ('delivered' | 'failed' | 'superseded')[];
  readonly endpoint_id?: string;
  readonly event?: string;
  readonly job_id?: string;
  readonly created_after?: string;
  readonly created_before?: string;
  /** The `next_cursor` of the answer before. */
  readonly starting_after?: string;
}

const endpointPath = (id: string) => `/v1/webhooks/endpoints/${encodeURIComponent(id)}`;

/** Where events are sent, beside the `webhook_url` of a job. */
export class WebhookEndpoints extends Resource {
  list(options?: RequestOptions): List<WebhookEndpoint> {
    return new List(this.transport, '/v1/webhooks/endpoints', {}, options);
  }

  /** A lost answer is not asked for again; a second try finds the URL taken. */
  create(request: EndpointFields, options?: RequestOptions): Promise<NewWebhookEndpoint> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/webhooks/endpoints',
      body: request,
      repetition: 'only_if_refused',
    });
  }

  retrieve(id: string, options?: RequestOptions): Promise<WebhookEndpoint> {
    return this.transport.json({ ...options, method: 'GET', path: endpointPath(id) });
  }

  update(
    id: string,
    changes: Partial<EndpointFields> & { readonly enabled?: boolean },
    options?: RequestOptions,
  ): Promise<WebhookEndpoint> {
    return this.transport.json({ ...options, method: 'PATCH', path: endpointPath(id), body: changes });
  }

  delete(id: string, options?: RequestOptions): Promise<{ readonly id: string; readonly deleted: true }> {
    return this.transport.json({ ...options, method: 'DELETE', path: endpointPath(id) });
  }

  /** Sends it `webhook.test`. */
  test(id: string, options?: RequestOptions): Promise<{ readonly delivery_id: string; readonly event_id: string }> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/webhooks/test',
      body: { endpoint_id: id },
      repetition: 'only_if_refused',
    });
  }
}

/** What signs webhooks: of an endpoint, or without one of the jobs' own `webhook_url`. */
export class WebhookSecrets extends Resource {
  retrieve(endpointId?: string, options?: RequestOptions): Promise<WebhookSecret> {
    return this.transport.json({ ...options, method: 'GET', path: secretPath(endpointId) });
  }

  /** The old one signs beside the new one for a day unless told; 0 hours are for a leak. */
  rotate(
    request: { readonly endpoint_id?: string; readonly overlap_hours?: number } = {},
    options?: RequestOptions,
  ): Promise<WebhookSecret> {
    const { endpoint_id: endpointId, ...body } = request;
    return this.transport.json({
      ...options,
      method: 'POST',
      path: `${secretPath(endpointId)}/rotate`,
      body,
      repetition: 'only_if_refused',
    });
  }
}

const secretPath = (endpointId: string | undefined) =>
  endpointId === undefined ? '/v1/webhooks/secret' : `${endpointPath(endpointId)}/secret`;

export class Deliveries extends Resource {
  /** The log of webhooks, with every attempt. */
  list(query: DeliveriesQuery = {}, options?: RequestOptions): List<Delivery> {
    return new List(this.transport, '/v1/webhooks/deliveries', { ...query }, options);
  }

  /** With all that was answered, of which a list has the beginning. */
  retrieve(id: string, options?: RequestOptions): Promise<Delivery> {
    return this.transport.json({
      ...options,
      method: 'GET',
      path: `/v1/webhooks/deliveries/${encodeURIComponent(id)}`,
    });
  }

  redeliver(id: string, options?: RequestOptions): Promise<Redelivery> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: `/v1/webhooks/deliveries/${encodeURIComponent(id)}/redeliver`,
      repetition: 'only_if_refused',
    });
  }

  redeliverMany(request: RedeliverManyRequest = {}, options?: RequestOptions): Promise<Redelivery> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/webhooks/deliveries/redeliver',
      body: request,
      repetition: 'only_if_refused',
    });
  }
}

/** All events of the account and environment in their order, without a gap. */
export class Events extends Resource {
  /** One page; its `next_cursor` is the `after` of the next, also at the end of the feed. */
  list(
    query: { readonly after?: string; readonly limit?: number } = {},
    options?: RequestOptions,
  ): Promise<Page<Event>> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/events', query: { ...query } });
  }

  /** Events as they happen, each once and in order, for as long as it is read; a stream that is cut goes on where it was. */
  stream(options: FeedOptions = {}): AsyncGenerator<Event, void, undefined> {
    return followFeed(this.transport, options);
  }
}

/** Lets a page follow one video, or the feed, without a key. */
export class StreamTokens extends Resource {
  /** Its `url` is for an `EventSource`. The stream of the feed without a `job_id`; for fifteen minutes unless told. */
  create(
    request: { readonly job_id?: string; readonly expires_in?: number } = {},
    options?: RequestOptions,
  ): Promise<StreamToken> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/stream-tokens',
      body: request,
      repetition: 'only_if_refused',
    });
  }
}
