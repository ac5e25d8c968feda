import { invalidRequest } from '../refusals/refusal';

const KEY_MAX = 255;

/** The key, or empty when there is none. @throws Refusal invalid_request */
export function readIdempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined) return '';
  if (typeof header !== 'string' || !/^[\x21-\x7e]+$/.test(header) || header.length > KEY_MAX) {
    throw invalidRequest([{ field: 'Idempotency-Key', message: `must be 1 to ${KEY_MAX} visible ASCII characters` }]);
  }
  return header;
}

export const WAIT_SECONDS_MAX = 50;

export interface Wait {
  readonly seconds: number;
  /** A preference for a wait that says no number of seconds. */
  readonly isUnclear: boolean;
}

/** `Prefer: wait=N` (RFC 7240), at most 50 seconds; a preference that is not understood is not followed, as the RFC asks, and told of. */
export function readWait(header: string | string[] | undefined): Wait {
  const preferences = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  const wait = preferences
    .map((preference) => /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:;.*)?$/i.exec(preference))
    .find((match) => match);
  if (wait) return { seconds: Math.min(WAIT_SECONDS_MAX, Number(wait[1])), isUnclear: false };
  return { seconds: 0, isUnclear: preferences.some((preference) => /^\s*wait\b/i.test(preference)) };
}

const KEY_FORM = /^Bearer +(usv_(live|test)_[A-Za-z0-9_-]{16,128})$/i;

/** The secret of a key that has the right form; whether it exists is another question. */
export function readBearerKey(header: string | undefined): string | undefined {
  return header === undefined ? undefined : KEY_FORM.exec(header)?.[1];
}

/** What is wrong with how a key was sent. Nothing is said of a key that has the form of one: whether it exists is not told. */
export function faultOfKeyHeaders(authorization: string | undefined, apiKey: string | string[] | undefined): string {
  if (authorization === undefined) {
    return apiKey === undefined ? 'The request has no key.' : 'The key was sent as X-API-Key, which is not read.';
  }
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2);
  if (/^usv_(live|test)_/.test(scheme)) return 'The word Bearer is missing before the key.';
  if (!/^bearer$/i.test(scheme)) return 'The Authorization header has another scheme than Bearer.';
  return KEY_FORM.test(authorization)
    ? 'This key is not known, was revoked or has expired.'
    : `${value === '' ? 'Nothing follows' : 'What follows'} Bearer${value === '' ? '.' : ' is not a key of this service: those begin with usv_live_ or usv_test_.'}`;
}

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/**
 * A single range of RFC 9110, 14.2. `undefined`: the whole file, also for several ranges or a form not understood, both of which a
 * server may ignore. `'unsatisfiable'`: nothing of the file is in it.
 */
export function readByteRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '') return suffix(Number(last), sizeBytes);
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}

function suffix(lengthBytes: number, sizeBytes: number): ByteRange | 'unsatisfiable' {
  if (lengthBytes === 0 || sizeBytes === 0) return 'unsatisfiable';
  return { start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes - 1 };
}
