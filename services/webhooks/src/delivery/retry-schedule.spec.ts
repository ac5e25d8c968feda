import fc from 'fast-check';
import { ATTEMPTS_MAX, judgeAttempt, type EndedAttempt } from './retry-schedule';

const endedAt = new Date('2026-03-01T12:00:00.000Z');
const ended = (changes: Partial<EndedAttempt>): EndedAttempt => ({
  attempt: 1,
  endedAt,
  httpStatus: 500,
  error: 'http_error',
  retryAfter: undefined,
  ...changes,
});

function waitMs(changes: Partial<EndedAttempt>): number | string {
  const result = judgeAttempt(ended(changes));
  return result.status === 'pending' ? result.nextAttemptAt.getTime() - endedAt.getTime() : result.status;
}

test.each([200, 201, 204, 299])('%d delivers', (httpStatus) => {
  expect(judgeAttempt(ended({ httpStatus, error: '' }))).toEqual({ status: 'delivered' });
});

test.each([
  [1, 30_000],
  [2, 120_000],
  [3, 480_000],
  [4, 'failed'],
])('after failed attempt %d: %p', (attempt, expected) => {
  expect(waitMs({ attempt })).toBe(expected);
});

test.each([100, 301, 302, 308, 400, 404, 500, 503, 0])('%d does not deliver', (httpStatus) => {
  expect(waitMs({ httpStatus, error: httpStatus === 0 ? 'timeout' : 'http_error' })).toBe(30_000);
});

test('410 ends the delivery at once', () => {
  expect(waitMs({ httpStatus: 410 })).toBe('failed');
});

test.each([
  ['10', 30_000],
  ['45', 45_000],
  ['3600', 60_000],
  ['Sun, 01 Mar 2026 12:00:50 GMT', 50_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 30_000],
  ['soon', 30_000],
  ['-5', 30_000],
])('Retry-After: %s of a 429 leads to a wait of %d ms', (retryAfter, expected) => {
  expect(waitMs({ httpStatus: 429, retryAfter })).toBe(expected);
});

test('Retry-After counts on 429 and 503 only', () => {
  expect(waitMs({ httpStatus: 503, retryAfter: '45' })).toBe(45_000);
  expect(waitMs({ httpStatus: 500, retryAfter: '45' })).toBe(30_000);
});

test('whatever an endpoint answers, it gets at most four attempts, never before their time and never more than twice the wait', () => {
  const answers = fc.record({
    httpStatus: fc.integer({ min: 0, max: 599 }),
    retryAfter: fc.option(fc.string(), { nil: undefined }),
    error: fc.constant('http_error'),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: ATTEMPTS_MAX }), answers, (attempt, answer) => {
      const result = judgeAttempt({ attempt, endedAt, ...answer });
      if (result.status !== 'pending') return;
      const base = [30_000, 120_000, 480_000][attempt - 1]!;
      const wait = result.nextAttemptAt.getTime() - endedAt.getTime();
      expect(attempt).toBeLessThan(ATTEMPTS_MAX);
      expect(wait).toBeGreaterThanOrEqual(base);
      expect(wait).toBeLessThanOrEqual(2 * base);
    }),
  );
});
