import { REFUSALS_OF_BODY, keyed, type Operations, streamed, streamPreflight } from '../access/operation';
import { eventsQuery, streamTokenRequest } from '../events/event-requests';
import { noQuery } from '../http/requests';
import {
  createEndpointRequest,
  deliveriesQuery,
  redeliverManyRequest,
  rotateSecretRequest,
  testEndpointRequest,
  updateEndpointRequest,
} from '../webhooks/webhook-requests';
import { listOf } from './answers';
import {
  deletedEndpointSchema,
  deliverySchema,
  endpointSchema,
  eventSchema,
  newEndpointSchema,
  redeliverySchema,
  streamTokenSchema,
  webhookSecretSchema,
  webhookTestSchema,
} from './webhook-answers';

const webhooks = { tag: 'Webhooks', access: keyed('webhooks'), query: noQuery } as const;
const secretAnswer = {
  200: {
    description: 'The secret in force, and the one before it while that is still used.',
    schema: webhookSecretSchema,
  },
};

/** Endpoints, deliveries and the feed that they are taken from. */
export const WEBHOOK_OPERATIONS = {
  'GET /v1/webhooks/endpoints': {
    ...webhooks,
    id: 'listWebhookEndpoints',
    summary: 'List webhook endpoints',
    answers: {
      200: {
        description: 'All endpoints of the environment, twenty at most.',
        schema: listOf(endpointSchema).meta({ id: 'WebhookEndpointList' }),
      },
    },
    refusals: ['invalid_request'],
  },
  'POST /v1/webhooks/endpoints': {
    ...webhooks,
    id: 'createWebhookEndpoint',
    summary: 'Create a webhook endpoint',
    body: createEndpointRequest,
    answers: { 201: { description: 'The endpoint with its secret.', schema: newEndpointSchema } },
    refusals: REFUSALS_OF_BODY,
  },
  'GET /v1/webhooks/endpoints/:id': {
    ...webhooks,
    id: 'getWebhookEndpoint',
    summary: 'Get a webhook endpoint',
    answers: { 200: { description: 'The endpoint.', schema: endpointSchema } },
    refusals: ['invalid_request', 'not_found'],
  },
  'PATCH /v1/webhooks/endpoints/:id': {
    ...webhooks,
    id: 'updateWebhookEndpoint',
    summary: 'Change, disable or enable a webhook endpoint',
    body: updateEndpointRequest,
    answers: { 200: { description: 'The endpoint as it is now.', schema: endpointSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'DELETE /v1/webhooks/endpoints/:id': {
    ...webhooks,
    id: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint',
    answers: {
      200: { description: 'It is gone; what was still to be sent has failed.', schema: deletedEndpointSchema },
    },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'GET /v1/webhooks/endpoints/:id/secret': {
    ...webhooks,
    id: 'getWebhookEndpointSecret',
    summary: 'Get the secret of an endpoint',
    answers: secretAnswer,
    refusals: ['invalid_request', 'not_found'],
  },
  'POST /v1/webhooks/endpoints/:id/secret/rotate': {
    ...webhooks,
    id: 'rotateWebhookEndpointSecret',
    summary: 'Rotate the secret of an endpoint',
    body: rotateSecretRequest,
    bodyOptional: true,
    answers: secretAnswer,
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'GET /v1/webhooks/secret': {
    ...webhooks,
    id: 'getWebhookSecret',
    summary: "Get the secret of the jobs' own webhook_url",
    answers: secretAnswer,
    refusals: ['invalid_request', 'not_found'],
  },
  'POST /v1/webhooks/secret/rotate': {
    ...webhooks,
    id: 'rotateWebhookSecret',
    summary: "Rotate the secret of the jobs' own webhook_url, in the environment of the key",
    body: rotateSecretRequest,
    bodyOptional: true,
    answers: secretAnswer,
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'POST /v1/webhooks/test': {
    ...webhooks,
    id: 'testWebhookEndpoint',
    summary: 'Send an endpoint a webhook.test event',
    body: testEndpointRequest,
    answers: { 202: { description: 'On its way.', schema: webhookTestSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'GET /v1/webhooks/deliveries': {
    ...webhooks,
    id: 'listDeliveries',
    summary: 'List webhook deliveries, newest first',
    query: deliveriesQuery,
    answers: {
      200: {
        description: 'A page of deliveries with their attempts.',
        schema: listOf(deliverySchema).meta({ id: 'DeliveryList' }),
      },
    },
    refusals: ['invalid_request'],
  },
  'GET /v1/webhooks/deliveries/:id': {
    ...webhooks,
    id: 'getDelivery',
    summary: 'Get a webhook delivery',
    answers: { 200: { description: 'The delivery.', schema: deliverySchema } },
    refusals: ['invalid_request', 'not_found'],
  },
  'POST /v1/webhooks/deliveries/:id/redeliver': {
    ...webhooks,
    id: 'redeliver',
    summary: 'Send a delivery that has ended once more',
    answers: { 202: { description: 'The new delivery.', schema: redeliverySchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found', 'queue_limit_exceeded'],
  },
  'POST /v1/webhooks/deliveries/redeliver': {
    ...webhooks,
    id: 'redeliverMany',
    summary: 'Send deliveries once more, chosen by status, endpoint, event, job and time',
    body: redeliverManyRequest,
    bodyOptional: true,
    answers: { 202: { description: 'The new deliveries.', schema: redeliverySchema } },
    refusals: [...REFUSALS_OF_BODY, 'queue_limit_exceeded'],
  },
  'GET /v1/events': {
    id: 'listEvents',
    tag: 'Webhooks',
    summary: 'Read the feed of events in order, or follow it as Server-Sent Events',
    access: streamed('webhooks', 'feed'),
    query: eventsQuery,
    headers: ['Accept', 'Last-Event-ID'],
    answers: {
      200: {
        description:
          'A page of events; next_cursor is where the next page begins, also at the end of the feed. With `Accept: text/event-stream` each event as it happens, its id the sequence.',
        schema: listOf(eventSchema).meta({ id: 'EventList' }),
        alternativeType: 'text/event-stream',
      },
    },
    refusals: ['invalid_request', 'cursor_expired'],
  },
  'OPTIONS /v1/events': streamPreflight('preflightFeedStream', 'Webhooks'),
  'POST /v1/stream-tokens': {
    id: 'createStreamToken',
    tag: 'Webhooks',
    summary: 'Make a token with which a page follows one video, or the feed, without a key',
    access: keyed(undefined),
    query: noQuery,
    body: streamTokenRequest,
    bodyOptional: true,
    answers: {
      201: {
        description:
          'The token, and the URL for an EventSource. It needs the scope `videos` for a video and `webhooks` for the feed.',
        schema: streamTokenSchema,
      },
    },
    refusals: [...REFUSALS_OF_BODY, 'job_not_found'],
  },
} satisfies Operations;
