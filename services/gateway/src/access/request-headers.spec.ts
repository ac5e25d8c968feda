import { faultOfKeyHeaders, readBearerKey, readByteRange, readIdempotencyKey, readWait } from './request-headers';

describe('Idempotency-Key', () => {
  it.each(['a', 'order-1', '!~'.repeat(127)])('accepts %s', (key) => expect(readIdempotencyKey(key)).toBe(key));
  it('may be absent', () => expect(readIdempotencyKey(undefined)).toBe(''));
  it.each(['', 'with space', 'ümlaut', 'x'.repeat(256), 'tab\t'])('refuses %j', (key) => {
    expect(() => readIdempotencyKey(key)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('Prefer', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['wait=10', 10],
    ['wait = 10', 10],
    ['respond-async, wait=7', 7],
    ['WAIT=3', 3],
    ['wait="4"', 4],
    ['wait=51', 50],
    ['wait=99999', 50],
    ['wait=-1', 0],
    ['wait=soon', 0],
    ['wait=0', 0],
  ])('%j waits %d seconds', (header, seconds) => expect(readWait(header).seconds).toBe(seconds));

  it.each([
    ['wait', true],
    ['wait=soon', true],
    ['wait=-1', true],
    ['respond-async, wait=', true],
    ['wait=0', false],
    ['respond-async', false],
    ['waiting=1', false],
    [undefined, false],
  ])('%j asks unclearly for a wait: %s', (header, isUnclear) => expect(readWait(header).isUnclear).toBe(isUnclear));
});

describe('Authorization', () => {
  const key = 'usv_live_0123456789abcdefghij';
  it.each([
    [`Bearer ${key}`, key],
    [`bearer ${key}`, key],
  ])('reads %j', (header, secret) => expect(readBearerKey(header)).toBe(secret));
  it.each([
    undefined,
    '',
    key,
    `Basic ${key}`,
    'Bearer',
    'Bearer usv_prod_0123456789abcdefghij',
    `Bearer ${key} x`,
    'Bearer usv_live_short',
    `Bearer usv_live_${'x'.repeat(129)}`,
  ])('finds no key in %j', (header) => {
    expect(readBearerKey(header)).toBeUndefined();
  });
});

describe('Range of a file of 100 bytes', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=50-500', { start: 50, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=99-99', { start: 99, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    [undefined, undefined],
    ['bytes=', undefined],
    ['bytes=-', undefined],
    ['bytes=9-0', undefined],
    ['bytes=0-1,5-6', undefined],
    ['chunks=0-1', undefined],
  ])('%j is %j', (header, range) => expect(readByteRange(header, 100)).toEqual(range));
});

describe('a key that is sent wrongly', () => {
  it.each<[string | undefined, string | undefined, RegExp]>([
    [undefined, undefined, /no key/],
    [undefined, 'usv_live_x', /X-API-Key/],
    ['usv_live_0123456789abcdefghij', undefined, /Bearer is missing/],
    ['Basic dXNlcg==', undefined, /another scheme/],
    ['Bearer YOUR_API_KEY', undefined, /not a key of this service/],
    ['Bearer', undefined, /Nothing follows/],
    ['Bearer usv_live_0123456789abcdefghij', undefined, /not known, was revoked or has expired/],
  ])('as %j is told so', (authorization, apiKey, message) =>
    expect(faultOfKeyHeaders(authorization, apiKey)).toMatch(message),
  );
});
