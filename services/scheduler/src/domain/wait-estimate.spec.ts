import fc from 'fast-check';
import { estimatedWaitMs, waitMs } from './wait-estimate';

const waiting = fc.record({ gpuMs: fc.integer({ min: 0, max: 10_000_000 }), weight: fc.integer({ min: 1, max: 10 }) });

describe('estimated wait', () => {
  it('is the own queue alone when nobody else waits', () => {
    expect(waitMs({ gpuMs: 40_000, weight: 1 }, [], 4)).toBe(10_000);
  });

  it('does not grow with how much more than a fair share another account queued', () => {
    const own = { gpuMs: 40_000, weight: 1 };
    const whale = waitMs(own, [{ gpuMs: 4_000_000, weight: 1 }], 1);
    expect(whale).toBe(waitMs(own, [{ gpuMs: 40_000, weight: 1 }], 1));
    expect(whale).toBe(80_000);
  });

  it('is at most everything that waits, and at least the own queue', () => {
    fc.assert(fc.property(waiting, fc.array(waiting), fc.integer({ min: 1, max: 100 }), (own, others, slots) => {
      const wait = waitMs(own, others, slots);
      expect(wait).toBeGreaterThanOrEqual(own.gpuMs / slots);
      expect(wait).toBeLessThanOrEqual([own, ...others].reduce((sum, one) => sum + one.gpuMs, 0) / slots + 1e-6);
    }));
  });

  it('counts the concurrency limit of the account', () => {
    expect(estimatedWaitMs({ gpuMs: 100_000, weight: 1 }, [], 1_000, 10)).toBe(10_000);
  });
});
