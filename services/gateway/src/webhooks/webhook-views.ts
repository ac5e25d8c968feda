import type { Delivery, Endpoint, GetSecretResponse } from '@usvideo/contracts/webhooks';
import { orNull, time } from '../http/views';

export function endpointView(endpoint: Endpoint, environment: string) {
  return {
    id: endpoint.endpointId,
    object: 'webhook_endpoint',
    url: endpoint.url,
    events: endpoint.events,
    description: orNull(endpoint.description),
    headers: Object.fromEntries(endpoint.headers.map(({ name, value }) => [name, value])),
    enabled: endpoint.enabled,
    disabled_reason: orNull(endpoint.disabledReason),
    disabled_at: time(endpoint.disabledAt),
    livemode: environment === 'live',
    created_at: time(endpoint.createdAt),
  };
}

export function secretView({ previousExpiresAt, previousSecret, secret }: GetSecretResponse) {
  return {
    object: 'webhook_secret',
    secret,
    previous_secret: previousSecret ?? null,
    previous_secret_expires_at: time(previousExpiresAt),
  };
}

export function deliveryView(delivery: Delivery) {
  return {
    id: delivery.deliveryId,
    object: 'webhook_delivery',
    event_id: delivery.eventId,
    event: delivery.event,
    job_id: orNull(delivery.jobId),
    endpoint_id: orNull(delivery.endpointId),
    url: delivery.url,
    status: delivery.status,
    parked: delivery.parked,
    redelivery_of: orNull(delivery.redeliveryOf),
    created_at: time(delivery.createdAt),
    next_attempt_at: time(delivery.nextAttemptAt),
    attempts: delivery.attempts.map((attempt) => ({
      attempt: attempt.attempt,
      started_at: time(attempt.startedAt),
      duration_ms: attempt.durationMs,
      probe: attempt.probe,
      address: orNull(attempt.address),
      http_status: attempt.httpStatus || null,
      error: orNull(attempt.error),
      response_excerpt: attempt.responseExcerpt,
    })),
  };
}
