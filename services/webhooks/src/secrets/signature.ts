import { createHmac } from 'node:crypto';

export interface Message {
  /** Stays the same over all attempts and copies; receivers drop what they have seen. */
  readonly eventId: string;
  /** The stored bytes. */
  readonly body: Buffer;
  readonly sentAt: Date;
}

export interface SigningSecrets {
  readonly current: string;
  /** The one before a rotation, while receivers may still check with it. */
  readonly previous?: string;
}

const PREFIX = 'whsec_';

/**
 * Two signatures over the same bytes: `X-Signature`, keyed with the whole secret as text, and Standard Webhooks 1.0
 * (https://www.standardwebhooks.com), keyed with the decoded secret and covering id and time. While a rotated secret ends,
 * `X-Signature` keeps it, `X-Signature-Next` has the new one, and `webhook-signature` lists both.
 */
export function signedHeaders(
  { current, previous }: SigningSecrets,
  { body, eventId, sentAt }: Message,
): Record<string, string> {
  const timestamp = Math.floor(sentAt.getTime() / 1_000).toString();
  const standard = (secret: string) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${eventId}.${timestamp}.`).update(body).digest('base64')}`;
  };
  const plain = (secret: string) => createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest('hex');
  return {
    'x-signature': plain(previous ?? current),
    ...(previous === undefined ? {} : { 'x-signature-next': plain(current) }),
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': (previous === undefined ? [current] : [current, previous]).map(standard).join(' '),
  };
}
