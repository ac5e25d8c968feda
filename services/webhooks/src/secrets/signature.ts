import { createHmac } from 'node:crypto';

export interface Message {
  /** Stays the same over all attempts and copies; receivers drop what they have seen. */
  readonly eventId: string;
  /** The stored bytes. */
  readonly body: Buffer;
  readonly sentAt: Date;
}

const PREFIX = 'whsec_';

/**
 * Two signatures over the same bytes: `X-Signature`, keyed with the whole secret as text, and Standard Webhooks 1.0
 * (https://www.standardwebhooks.com), keyed with the decoded secret and covering id and time.
 */
export function signedHeaders(secret: string, { body, eventId, sentAt }: Message): Record<string, string> {
  const timestamp = Math.floor(sentAt.getTime() / 1_000).toString();
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const standard = createHmac('sha256', key).update(`${eventId}.${timestamp}.`).update(body).digest('base64');
  return {
    'x-signature': createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest('hex'),
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${standard}`,
  };
}
