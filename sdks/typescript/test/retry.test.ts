import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError, errorOf, USVideoError } from '../src/errors.ts';
import { delayMs, mayRepeat } from '../src/retry.ts';

const refusal = (status: number, headers: Record<string, string> = {}) =>
  errorOf(status, new Headers(headers), '{"error":"a_code","message":"m","request_id":"r"}');
const lost = new ConnectionError({ code: 'connection_error', message: 'lost' });

test('what the platform asks for is never shortened, and lengthened by a tenth at most', () => {
  assert.equal(delayMs(1, 400, 0), 400);
  assert.equal(delayMs(9, 400, 1), 440);
});

test('without being asked it waits longer each time, up to eight seconds, at least half of it', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 50].map((attempt) => delayMs(attempt, undefined, 1)),
    [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000],
  );
  assert.equal(delayMs(1, undefined, 0), 250);
});

test('what may have been done is repeated only where that is safe', () => {
  for (const error of [lost, refusal(500), refusal(502), refusal(503), refusal(504)]) {
    assert.deepEqual([mayRepeat(error, 'safe'), mayRepeat(error, 'only_if_refused')], [true, false]);
  }
  assert.deepEqual([mayRepeat(refusal(429), 'safe'), mayRepeat(refusal(429), 'only_if_refused')], [true, true]);
});

test('what the platform refused for good, and what the caller aborted, is not repeated', () => {
  for (const status of [400, 401, 402, 403, 404, 409, 410, 413, 422, 501])
    assert.equal(mayRepeat(refusal(status), 'safe'), false);
  assert.equal(mayRepeat(new USVideoError({ code: 'aborted', message: '' }), 'safe'), false);
});

test("a wait of more than a minute is the caller's business", () => {
  assert.deepEqual(
    ['60', '61'].map((seconds) => mayRepeat(refusal(429, { 'retry-after': seconds }), 'safe')),
    [true, false],
  );
});

test('Retry-After is read in milliseconds, in seconds and as a date', () => {
  assert.equal(refusal(429, { 'retry-after': '3', 'retry-after-ms': '2500' }).retryAfterMs, 2_500);
  assert.equal(refusal(429, { 'retry-after': '3' }).retryAfterMs, 3_000);
  assert.ok(refusal(429, { 'retry-after': new Date(Date.now() + 10_000).toUTCString() }).retryAfterMs! > 8_000);
  assert.deepEqual(
    [{}, { 'retry-after': 'soon' }].map((headers) => refusal(429, headers as Record<string, string>).retryAfterMs),
    [undefined, undefined],
  );
});

test('a page of a proxy is an error too, and says what came', () => {
  const error = errorOf(502, new Headers(), '<html>Bad gateway</html>');
  assert.deepEqual([error.code, error.status, error.name], ['unexpected_response', 502, 'ServerError']);
  assert.match(error.message, /Bad gateway/);
});
