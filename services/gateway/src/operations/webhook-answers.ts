import { z } from 'zod';
import { ENDPOINT_EVENTS } from '../webhooks/webhook-requests';
import { time } from './answers';

const id = z.string();

export const endpointSchema = z
  .object({
    id,
    object: z.literal('webhook_endpoint'),
    url: z.string(),
    events: z.array(z.enum(ENDPOINT_EVENTS)),
    description: z.string().nullable(),
    headers: z.record(z.string(), z.string()).describe('Values masked.'),
    enabled: z.boolean(),
    disabled_reason: z
      .enum(['gone', 'unreachable', 'customer'])
      .nullable()
      .describe('`gone`: it answered 410. `unreachable`: for three days.'),
    disabled_at: time,
    livemode: z.boolean(),
    created_at: time,
  })
  .meta({ id: 'WebhookEndpoint' });

export const newEndpointSchema = endpointSchema
  .extend({ secret: z.string().describe('Signs what is sent to it; can be read again.') })
  .meta({ id: 'NewWebhookEndpoint' });
export const deletedEndpointSchema = z
  .object({ id, object: z.literal('webhook_endpoint'), deleted: z.literal(true) })
  .meta({ id: 'DeletedWebhookEndpoint' });

export const webhookSecretSchema = z
  .object({
    object: z.literal('webhook_secret'),
    secret: z.string().describe('`X-Signature` is keyed with this whole string, `whsec_` included.'),
    previous_secret: z.string().nullable().describe('Signs beside it until it ends.'),
    previous_secret_expires_at: time,
  })
  .meta({ id: 'WebhookSecret' });

export const deliverySchema = z
  .object({
    id,
    object: z.literal('webhook_delivery'),
    event_id: id,
    event: z.string(),
    job_id: z.string().nullable(),
    endpoint_id: z.string().nullable().describe('Null for the webhook_url of a job.'),
    url: z.string(),
    status: z.enum(['pending', 'delivered', 'failed', 'superseded']),
    parked: z
      .boolean()
      .describe('Its server is in trouble: it is tried now and then, and what waits for it loses no attempt.'),
    redelivery_of: z.string().nullable(),
    created_at: time,
    next_attempt_at: time,
    attempts: z
      .array(
        z.object({
          attempt: z.int(),
          started_at: time,
          duration_ms: z.int(),
          probe: z.boolean(),
          address: z.string().nullable().describe('Who answered.'),
          http_status: z.int().nullable(),
          error: z.string().nullable(),
          response_excerpt: z
            .string()
            .describe('The beginning of the answer: 1 KiB in a list, 16 KiB of one delivery.'),
        }),
      )
      .describe('The newest twenty.'),
  })
  .meta({ id: 'Delivery' });

export const redeliverySchema = z
  .object({
    object: z.literal('webhook_redelivery'),
    delivery_ids: z.array(id).describe('The new deliveries, a thousand at most, ten sent a second.'),
    next_cursor: z.string().nullable().describe('Where to go on, where there is more.'),
  })
  .meta({ id: 'WebhookRedelivery' });

export const webhookTestSchema = z
  .object({ object: z.literal('webhook_test'), delivery_id: id, event_id: id })
  .meta({ id: 'WebhookTest' });

export const eventSchema = z
  .object({
    id,
    object: z.literal('event'),
    sequence: z.int().describe('Without a gap in an account and environment.'),
    event: z.string(),
    job_id: z.string().nullable(),
    livemode: z.boolean(),
    created_at: time,
    data: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('As webhooks send it: `event`, then the fields of the video; null once the content was erased.'),
  })
  .meta({ id: 'Event' });

export const streamTokenSchema = z
  .object({
    object: z.literal('stream_token'),
    token: z.string(),
    job_id: z.string().nullable().describe('Null: the feed.'),
    url: z
      .string()
      .describe(
        'For an EventSource. It is as secret as the token: it opens the stream, and nothing else, until it expires.',
      ),
    expires_at: time,
  })
  .meta({ id: 'StreamToken' });
