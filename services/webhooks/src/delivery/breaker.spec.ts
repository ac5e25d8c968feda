import fc from 'fast-check';
import { breakerAfter, CLOSED, isTrouble, type Breaker } from './breaker';

const start = new Date('2026-03-01T12:00:00Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
const after = (troubles: readonly boolean[], from: Breaker = CLOSED, everySeconds = 1) =>
  troubles.reduce((breaker, trouble, index) => breakerAfter(breaker, trouble, at(index * everySeconds)), from);
const troubles = (count: number) => Array<boolean>(count).fill(true);

test('it opens for thirty seconds at ten attempts of which seven failed, and not before', () => {
  expect(after(troubles(9)).openUntil).toBeUndefined();
  expect(after([...troubles(6), false, false, false, false]).openUntil).toBeUndefined();
  expect(after([...Array<boolean>(3).fill(false), ...troubles(7)])).toMatchObject({
    brokenSince: at(9),
    openUntil: at(39),
  });
});

test('what is older than five minutes does not count', () => {
  expect(after(troubles(20), CLOSED, 40).openUntil).toBeUndefined();
});

test('each failed probe doubles the pause, up to fifteen minutes; since when it is broken stays', () => {
  let breaker = after(troubles(10));
  const pauses = Array.from({ length: 7 }, () => {
    const probed = breaker.openUntil!;
    breaker = breakerAfter(breaker, true, probed);
    return (breaker.openUntil!.getTime() - probed.getTime()) / 1_000;
  });
  expect(pauses).toEqual([60, 120, 240, 480, 900, 900, 900]);
  expect(breaker.brokenSince).toEqual(at(9));
});

test('what was under way when it opened is no probe', () => {
  const open = after(troubles(10));
  expect(breakerAfter(open, true, at(10))).toEqual(open);
});

test('one success closes it, also one that was under way', () => {
  expect(breakerAfter(after(troubles(10)), false, at(12))).toEqual(CLOSED);
});

test.each([
  [0, 'timeout', true],
  [0, 'connection_failed', true],
  [0, 'url_forbidden', false],
  [500, 'http_error', true],
  [503, 'http_error', true],
  [429, 'http_error', true],
  [404, 'http_error', false],
  [410, 'http_error', false],
  [302, 'redirect_refused', false],
  [200, '', false],
])('%d %s is trouble: %p', (httpStatus, error, expected) => {
  expect(isTrouble({ httpStatus, error })).toBe(expected);
});

test('however attempts end, it is open at most fifteen minutes ahead, and only after a failure', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 1_000 })), { maxLength: 60, size: 'max' }),
      (attempts) => {
        let breaker = CLOSED;
        let seconds = 0;
        for (const [trouble, pause] of attempts) {
          seconds += pause;
          breaker = breakerAfter(breaker, trouble, at(seconds));
          if (!trouble) expect(breaker.openUntil).toBeUndefined();
          else if (breaker.openUntil)
            expect(breaker.openUntil.getTime() - at(seconds).getTime()).toBeLessThanOrEqual(900_000);
        }
      },
    ),
  );
});
