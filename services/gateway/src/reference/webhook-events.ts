import { ENDPOINT_EVENTS } from '../webhooks/webhook-requests';

type Json = Record<string, unknown>;

const header = (name: string, description: string, required = true): Json => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});

const HEADERS = [
  header('webhook-id', 'Id of the event: the same at every attempt, so that what was seen can be dropped.'),
  header('webhook-timestamp', 'Unix seconds of the attempt.'),
  header(
    'webhook-signature',
    'Standard Webhooks: `v1,` and the HMAC of id, time and body; several, separated by blanks, while secrets are rotated.',
  ),
  header(
    'X-Signature',
    'The hex HMAC-SHA256 of the body, keyed with the UTF-8 bytes of the whole secret string, `whsec_` included; while a secret is rotated, of the old one.',
  ),
  header('X-Signature-Next', 'While a secret is rotated: the same, keyed with the new one.', false),
];

/** The job as `GET /v1/videos/{id}` answers it, with the name of the event first. */
function videoBody(event: string): Json {
  return {
    allOf: [
      { type: 'object', required: ['event'], properties: { event: { type: 'string', const: event } } },
      { $ref: '#/components/schemas/Video' },
    ],
  };
}

function noticeBody(event: string): Json {
  return {
    type: 'object',
    required: ['event', 'event_id', 'created_at', 'livemode', 'data'],
    properties: {
      event: { type: 'string', const: event },
      event_id: { type: 'string' },
      created_at: { type: 'string', format: 'date-time' },
      livemode: { type: 'boolean' },
      data: { type: 'object', additionalProperties: true },
    },
  };
}

function webhook(event: string): Json {
  return {
    post: {
      operationId: `on${event
        .split(/[._]/)
        .map((word) => word[0]!.toUpperCase() + word.slice(1))
        .join('')}`,
      tags: ['Webhooks'],
      summary: `\`${event}\`, sent to an endpoint or to the job's \`webhook_url\``,
      description: 'Sent up to four times until it is answered 2xx; redirects are not followed.',
      security: [],
      parameters: HEADERS,
      requestBody: {
        required: true,
        content: { 'application/json': { schema: event.startsWith('video.') ? videoBody(event) : noticeBody(event) } },
      },
      responses: {
        '2XX': { description: 'Received. The answer is not read.' },
        410: { description: 'Nothing is wanted here any more: the endpoint is disabled.' },
      },
    },
  };
}

/** What the platform sends, as OpenAPI describes what a receiver serves. */
export const WEBHOOKS: Json = Object.fromEntries(
  [...ENDPOINT_EVENTS, 'webhook.test'].map((event) => [event, webhook(event)]),
);
