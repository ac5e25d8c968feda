import { currentPeriod, monthBounds, newBalance, NO_MOVEMENTS } from './account-balance';

describe('the running month of an account', () => {
  const balance = {
    ...newBalance('acc_1'),
    period: {
      ...newBalance('').period,
      month: '2026-03',
      movements: { ...NO_MOVEMENTS, chargedMicros: 5n, refundedMicros: 2n, chargedJobs: 3n },
    },
  };

  it('shows what its last event counted, within the month of that event', () => {
    for (const now of ['2026-03-01T00:00:00.000Z', '2026-03-31T23:59:59.999Z']) {
      expect(currentPeriod(balance, new Date(now))).toEqual({ ...monthBounds('2026-03'), spendMicros: 3n, jobs: 3n });
    }
  });

  it('begins with nothing by itself', () => {
    expect(currentPeriod(balance, new Date('2026-04-01T00:00:00.000Z'))).toEqual({
      ...monthBounds('2026-04'),
      spendMicros: 0n,
      jobs: 0n,
    });
    expect(currentPeriod(newBalance('acc_1'), new Date('2026-04-01T00:00:00.000Z'))).toMatchObject({
      spendMicros: 0n,
      jobs: 0n,
    });
  });

  it('ends where the next begins, also in December', () => {
    expect(monthBounds('2026-12')).toEqual({
      start: new Date('2026-12-01T00:00:00Z'),
      end: new Date('2027-01-01T00:00:00Z'),
    });
  });
});
