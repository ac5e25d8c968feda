import fc from 'fast-check';
import { refusesWait, retryAfterWait, timeToGive } from './capacity';

const minute = 60_000;
const none = { healthySlots: 0, declaredSlots: 0, coldStartMs: 5 * minute };

describe('the time a fleet takes', () => {
  it.each([
    ['the slots that are here', { ...none, healthySlots: 4 }, 40 * minute, 10 * minute],
    ['no worker yet: a cold start', { ...none, declaredSlots: 10 }, 40 * minute, 9 * minute],
    [
      'work that is done before more slots join',
      { ...none, healthySlots: 4, declaredSlots: 10 },
      20 * minute,
      5 * minute,
    ],
    ['work that more slots help with', { ...none, healthySlots: 4, declaredSlots: 10 }, 40 * minute, 7 * minute],
    ['more slots here than were declared', { ...none, healthySlots: 20, declaredSlots: 10 }, 40 * minute, 2 * minute],
    ['no work for a fleet that is still to come: its cold start', { ...none, declaredSlots: 10 }, 0, 5 * minute],
    ['a fleet of which nobody knows', none, 40 * minute, undefined],
  ])('%s', (_, fleet, gpuMs, expected) => {
    expect(timeToGive(gpuMs, fleet)).toBe(expected);
  });

  it('never grows with slots, here or declared, and never shrinks with work', () => {
    const slots = fc.integer({ min: 0, max: 500 });
    const work = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(
        slots,
        slots,
        fc.integer({ min: 0, max: 600_000 }),
        work,
        work,
        (healthySlots, declaredSlots, coldStartMs, gpuMs, more) => {
          fc.pre(healthySlots + declaredSlots > 0);
          const fleet = { healthySlots, declaredSlots, coldStartMs };
          const taken = timeToGive(gpuMs, fleet)!;
          expect(timeToGive(gpuMs, { ...fleet, healthySlots: healthySlots + 1 })!).toBeLessThanOrEqual(taken + 1e-6);
          expect(timeToGive(gpuMs, { ...fleet, declaredSlots: declaredSlots + 1 })!).toBeLessThanOrEqual(taken + 1e-6);
          expect(timeToGive(gpuMs + more, fleet)!).toBeGreaterThanOrEqual(taken - 1e-6);
        },
      ),
    );
  });
});

describe('refusing', () => {
  it.each([
    ['above the bound', 101, false, true],
    ['at the bound', 100, false, false],
    ['below the bound while refusing', 90, true, true],
    ['at four fifths of it', 80, true, false],
    ['below the bound while not refusing', 90, false, false],
    ['when nobody can tell', undefined, true, false],
  ])('%s', (_, waitMs, refusing, expected) => {
    expect(refusesWait(waitMs, 100, refusing)).toBe(expected);
  });

  it('is off with a bound of 0', () => {
    expect(refusesWait(Infinity, 0, true)).toBe(false);
  });

  it('ends when it said it would, if nothing is added', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 100_000_000 }),
        fc.integer({ min: 0, max: 60_000_000 }),
        (boundMs, above) => {
          const waitMs = boundMs + 1 + above;
          const later = retryAfterWait(waitMs, boundMs);
          expect(refusesWait(Math.max(0, waitMs - later), boundMs, true)).toBe(false);
        },
      ),
    );
  });
});
