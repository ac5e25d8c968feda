import { afterFailure, afterSuccess, type Breaker, BREAKER_AT_REST, takesWork } from './circuit-breaker';

function failing(times: number, nowMs = 0): Breaker {
  return Array.from({ length: times }).reduce<Breaker>((breaker) => afterFailure(breaker, nowMs), BREAKER_AT_REST);
}

it('takes work until the third failure in a row', () => {
  expect([0, 1, 2, 3].map((times) => takesWork(failing(times), 0))).toEqual([true, true, true, false]);
});

it('rests twice as long after every further failure, five minutes at most', () => {
  expect([3, 4, 5, 30].map((times) => failing(times, 1_000).closedUntilMs)).toEqual([6_000, 11_000, 21_000, 301_000]);
});

it('tries again when it has rested, and a success forgives everything', () => {
  expect(takesWork(failing(3), 4_999)).toBe(false);
  expect(takesWork(failing(3), 5_000)).toBe(true);
  expect(afterSuccess()).toEqual(BREAKER_AT_REST);
});
