import { WebhookVerificationError } from './errors.ts';
import type { WebhookEvent } from './types.ts';

/** As they came: of a `Request`, of Node, or any object of names and texts. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Webhook {
  /** The bytes as they came, before anything parsed them. */
  readonly payload: string | Uint8Array;
  readonly headers: WebhookHeaders;
  /** `whsec_…`; while secrets are rotated, the old one and the new one. */
  readonly secret: string | readonly string[];
}

export interface StandardWebhook extends Webhook {
  /** How far the time of the message may be from now, 300 by default. */
  readonly toleranceSeconds?: number;
  readonly now?: Date;
}

const TOLERANCE_SECONDS = 300;
const PREFIX = 'whsec_';
const encoder = new TextEncoder();

/**
 * Verifies a webhook by its Standard Webhooks headers (https://www.standardwebhooks.com), which cover its id and time: an old message
 * that is sent again is refused. Within the tolerance, drop what has a `webhook-id` that you have seen.
 * @throws WebhookVerificationError
 */
export async function verifyWebhook(webhook: StandardWebhook): Promise<WebhookEvent> {
  const { toleranceSeconds = TOLERANCE_SECONDS, now = new Date() } = webhook;
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    required(webhook.headers, name),
  ) as [string, string, string];
  if (!/^\d{1,15}$/.test(timestamp))
    throw new WebhookVerificationError({
      code: 'webhook_header_missing',
      message: 'webhook-timestamp is no time in Unix seconds',
    });
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > toleranceSeconds) {
    throw new WebhookVerificationError({
      code: 'webhook_timestamp_out_of_tolerance',
      message: `webhook-timestamp is more than ${toleranceSeconds} s from now`,
    });
  }
  const message = concatenate(encoder.encode(`${id}.${timestamp}.`), bytesOf(webhook.payload));
  const offered = signatures
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => decodeBase64(each.slice(3)));
  await matchAny(
    offered,
    secretsOf(webhook).map((secret) => keyOf(secret)),
    message,
  );
  return parse(webhook.payload);
}

/**
 * Verifies `X-Signature` and `X-Signature-Next` only. They cover neither id nor time, so whoever has seen a message can send it again:
 * take `verifyWebhook` unless what is before you removes the other headers.
 * @throws WebhookVerificationError
 */
export async function verifyXSignature(webhook: Webhook): Promise<WebhookEvent> {
  const offered = [required(webhook.headers, 'x-signature'), headerOf(webhook.headers, 'x-signature-next')].map(
    decodeHex,
  );
  await matchAny(
    offered,
    secretsOf(webhook).map((secret) => encoder.encode(secret)),
    bytesOf(webhook.payload),
  );
  return parse(webhook.payload);
}

async function matchAny(
  offered: readonly (Uint8Array<ArrayBuffer> | undefined)[],
  keys: readonly Uint8Array<ArrayBuffer>[],
  message: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (const bytes of keys) {
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    for (const signature of offered) {
      if (signature !== undefined && (await crypto.subtle.verify('HMAC', key, signature, message))) return;
    }
  }
  throw new WebhookVerificationError({
    code: 'webhook_signature_mismatch',
    message: 'No signature matches: another secret, or the body is not as it came.',
  });
}

function secretsOf({ secret }: Webhook): readonly string[] {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (secrets.length === 0 || secrets.some((each) => !each.startsWith(PREFIX)))
    throw new TypeError(`a webhook secret begins with ${PREFIX}`);
  return secrets;
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = decodeBase64(secret.slice(PREFIX.length));
  if (key === undefined) throw new TypeError('a webhook secret is base64 after its prefix');
  return key;
}

function required(headers: WebhookHeaders, name: string): string {
  const value = headerOf(headers, name);
  if (value === undefined || value === '')
    throw new WebhookVerificationError({ code: 'webhook_header_missing', message: `the header ${name} is missing` });
  return value;
}

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  return typeof value === 'object' ? value[0] : value;
}

function parse(payload: string | Uint8Array): WebhookEvent {
  return JSON.parse(typeof payload === 'string' ? payload : new TextDecoder().decode(payload)) as WebhookEvent;
}

function bytesOf(payload: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof payload === 'string' ? encoder.encode(payload) : new Uint8Array(payload);
}

function concatenate(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function decodeHex(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (text === undefined || !/^([0-9a-f]{2})+$/i.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g)!, (pair) => parseInt(pair, 16));
}
