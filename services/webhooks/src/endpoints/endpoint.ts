import { faultOfCharacters } from '@usvideo/contracts/text';
import type { EndpointHeader, Fault } from '@usvideo/contracts/webhooks';

/** What an endpoint may hear. */
export const ENDPOINT_EVENTS = [
  'video.processing',
  'video.completed',
  'video.failed',
  'video.cancelled',
  'balance.low',
  'webhook.disabled',
] as const;

export const HEADERS_MAX = 5;
export const ENDPOINTS_MAX = 20;
const HEADER_VALUE_MAX = 1_024;
const DESCRIPTION_MAX = 500;
const URL_MAX = 2_048;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const VALUE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

/** Of the connection, of the message, or ours: a customer's header of this name would break or forge them. */
const RESERVED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'expect',
  'user-agent',
  'x-signature',
  'x-signature-next',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'traceparent',
  'tracestate',
]);

export interface EndpointFields {
  readonly url?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly headers?: readonly EndpointHeader[] | undefined;
}

/** All faults of what is given; whether the URL may be reached is asked elsewhere. */
export function faultsOfEndpoint({ description, events, headers, url }: EndpointFields): Fault[] {
  return [
    ...faultsOfText('url', url, URL_MAX),
    ...(events === undefined ? [] : faultsOfEvents(events)),
    ...faultsOfText('description', description, DESCRIPTION_MAX),
    ...(headers === undefined ? [] : faultsOfHeaders(headers)),
  ];
}

function faultsOfText(field: string, value: string | undefined, charactersMax: number): Fault[] {
  const message = value === undefined ? undefined : faultOfCharacters(value, charactersMax);
  return message === undefined ? [] : [{ field, message }];
}

function faultsOfEvents(events: readonly string[]): Fault[] {
  if (events.length === 0) return [{ field: 'events', message: 'must name at least one event' }];
  const unknown = events.filter((event) => !(ENDPOINT_EVENTS as readonly string[]).includes(event));
  return unknown.map((event) => ({
    field: 'events',
    message: `${JSON.stringify(event.slice(0, 64))} is none of ${ENDPOINT_EVENTS.join(', ')}`,
  }));
}

function faultsOfHeaders(headers: readonly EndpointHeader[]): Fault[] {
  if (headers.length > HEADERS_MAX) return [{ field: 'headers', message: `must be at most ${HEADERS_MAX}` }];
  const seen = new Set<string>();
  return headers.flatMap(({ name, value }) => {
    const lower = name.toLowerCase();
    const field = `headers.${name.slice(0, 64)}`;
    if (!TOKEN.test(name)) return [{ field, message: 'is not the name of a header' }];
    if (RESERVED.has(lower)) return [{ field, message: 'is set by the platform or the connection' }];
    if (seen.has(lower)) return [{ field, message: 'is given twice' }];
    seen.add(lower);
    return value.length <= HEADER_VALUE_MAX && VALUE.test(value)
      ? []
      : [{ field, message: `must be 1 to ${HEADER_VALUE_MAX} visible ASCII characters, spaces only inside` }];
  });
}

/** Enough to tell one secret from another, and of a short one nothing. */
export function masked(value: string): string {
  return value.length < 16 ? '••••' : `••••${value.slice(-4)}`;
}
