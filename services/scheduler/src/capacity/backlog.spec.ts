import fc from 'fast-check';
import { Backlog, type QueuedWork } from './backlog';

const works = fc
  .array(fc.record({ gpuMs: fc.integer({ min: 1, max: 10_000_000 }), weight: fc.constantFrom(0.1, 1, 2, 5, 50) }), {
    maxLength: 40,
    size: 'max',
  })
  .map((list) => list.map((work, index): QueuedWork => ({ accountId: `acc_${index}`, virtualTimeMs: 0, ...work })));
const ownMs = fc.integer({ min: 1, max: 20_000_000 });

/** The formula as the design has it; the account's own work is what is asked for. */
function summed(queues: readonly QueuedWork[], accountId: string, own: number, weight: number): number {
  return (
    own +
    queues
      .filter((work) => work.accountId !== accountId)
      .reduce((sum, work) => sum + Math.min(work.gpuMs, (own * work.weight) / weight), 0)
  );
}

describe("the work that comes before an account's own", () => {
  it('is the sum of the shares that fairness gives to everybody meanwhile', () => {
    fc.assert(
      fc.property(
        works,
        fc.integer({ min: 0, max: 45 }),
        ownMs,
        fc.constantFrom(0.1, 1, 5),
        (queues, index, own, newcomersWeight) => {
          const accountId = `acc_${index}`;
          const weight = queues[index]?.weight ?? newcomersWeight;
          const expected = summed(queues, accountId, own, weight);
          expect(Math.abs(new Backlog(queues).givenUntil(accountId, own, weight) - expected)).toBeLessThanOrEqual(
            1e-9 * expected + 1e-3,
          );
        },
      ),
    );
  });

  it("is at least the account's own and at most everything", () => {
    fc.assert(
      fc.property(works, ownMs, (queues, own) => {
        const given = new Backlog(queues).givenUntil('acc_new', own, 1);
        expect(given).toBeGreaterThanOrEqual(own);
        expect(given).toBeLessThanOrEqual(new Backlog(queues).totalMs + own + 1e-3);
      }),
    );
  });

  it("never shrinks when somebody adds work, and never grows with the account's weight", () => {
    fc.assert(
      fc.property(works, ownMs, ownMs, (queues, own, added) => {
        const alone = new Backlog(queues).givenUntil('acc_new', own, 1);
        expect(
          new Backlog([...queues, { accountId: 'acc_other', gpuMs: added, weight: 1, virtualTimeMs: 0 }]).givenUntil(
            'acc_new',
            own,
            1,
          ),
        ).toBeGreaterThanOrEqual(alone);
        expect(new Backlog(queues).givenUntil('acc_new', own, 5)).toBeLessThanOrEqual(alone + 1e-3);
      }),
    );
  });

  it('hardly concerns a small account beside a whale', () => {
    const whale = { accountId: 'whale', gpuMs: 400_000_000, weight: 1, virtualTimeMs: 0 };
    expect(new Backlog([whale]).givenUntil('small', 5_000, 1)).toBe(10_000);
    expect(new Backlog([whale]).givenUntil('whale', 400_005_000, 1)).toBe(400_005_000);
  });

  it('is nothing but its own where nothing waits', () => {
    expect(new Backlog([]).givenUntil('acc', 5_000, 1)).toBe(5_000);
    expect(new Backlog([]).workOf('acc')).toBe(0);
  });
});
