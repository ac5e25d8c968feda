import { faultOfCharacters } from '@usvideo/contracts/text';
import { z } from 'zod';
import type { FaultDetail } from '../refusals/refusal';
import { pageShape } from '../validation/query';
import { moment } from '../validation/fields';
import { characters, type Pairs, pairsOf, text } from '../validation/schema';

/** What an endpoint may ask for; webhooks knows the same. */
export const ENDPOINT_EVENTS = [
  'video.processing',
  'video.completed',
  'video.failed',
  'video.cancelled',
  'balance.low',
  'webhook.disabled',
] as const;

const EVERY_EVENT = [...ENDPOINT_EVENTS, 'webhook.test'] as const;
const STATUSES = ['pending', 'delivered', 'failed', 'superseded'] as const;
const DAYS_IN_HOURS = 7 * 24;

const events = z.array(z.enum(ENDPOINT_EVENTS)).min(1).max(ENDPOINT_EVENTS.length).describe('What it hears.');
const HEADERS_MAX = 5;

/** Names and values are judged where they are kept; here is what could not be carried there. */
function* faultsOfHeaders(pairs: Pairs): Generator<FaultDetail> {
  const entries = Object.entries(pairs);
  if (entries.length > HEADERS_MAX) return yield { field: '', message: `must be at most ${HEADERS_MAX}` };
  for (const [name, value] of entries) {
    const fault =
      faultOfCharacters(name, 64) ?? (typeof value === 'string' ? faultOfCharacters(value, 1_024) : 'must be a string');
    if (fault) yield { field: name, message: fault };
  }
}

const headers = pairsOf(faultsOfHeaders)
  .optional()
  .meta({
    type: 'object',
    maxProperties: HEADERS_MAX,
    additionalProperties: { type: 'string', maxLength: 1_024 },
    propertyNames: { type: 'string', maxLength: 64 },
    description: 'Up to five request headers of yours, sent with every request to it; stored encrypted, shown masked.',
  });
const url = text(2_048, 'An https URL.');
const description = characters(500, 'Your words about it.').optional();

export const createEndpointRequest = z.strictObject({
  url,
  description,
  headers,
  events: events.optional().meta({ default: ['video.completed', 'video.failed'] }),
});

export const updateEndpointRequest = z.strictObject({
  url: url.optional(),
  description,
  headers,
  events: events.optional(),
  enabled: z.boolean().optional(),
});

export const rotateSecretRequest = z.strictObject({
  overlap_hours: z
    .int()
    .min(0)
    .max(DAYS_IN_HOURS)
    .optional()
    .meta({ default: 24, description: 'How long the old secret signs beside the new one; 0 after a leak.' }),
});

export const testEndpointRequest = z.strictObject({ endpoint_id: text(64, 'The endpoint that is sent webhook.test.') });

const jobId = z
  .string()
  .regex(/^job_[0-9A-Za-z]{1,64}$/)
  .optional()
  .describe('Of this job only.');
const endpointId = z
  .string()
  .regex(/^whe_[0-9A-Za-z]{1,64}$/)
  .optional()
  .describe('To this endpoint only.');
const event = z.enum(EVERY_EVENT).optional().describe('Of this event only.');

export const deliveriesQuery = z.strictObject({
  ...pageShape,
  job_id: jobId,
  endpoint_id: endpointId,
  event,
  status: z.array(z.enum(STATUSES)).max(STATUSES.length).optional().describe('Repeat it for several.'),
});

export const redeliverManyRequest = z.strictObject({
  status: z
    .array(z.enum(['delivered', 'failed', 'superseded']))
    .min(1)
    .max(3)
    .optional()
    .meta({ default: ['failed'] }),
  endpoint_id: endpointId,
  event,
  job_id: jobId,
  created_after: moment.optional(),
  created_before: moment.optional(),
  starting_after: z
    .string()
    .regex(/^dlv_[0-9A-Za-z]{1,60}$/)
    .optional()
    .describe('The next_cursor of the redelivery before, where there was more than it could take.'),
});
