import { addCharge, currentPeriod, dayOf, NO_SPEND } from './spend';

const june = new Date('2026-06-30T23:59:59.999Z');
const july = new Date('2026-07-01T00:00:00.000Z');

describe('what an account was charged', () => {
  it('adds up within a month and starts anew in the next', () => {
    const inJune = addCharge(addCharge(NO_SPEND, 100n, june), 50n, june);
    expect(inJune).toEqual({ totalMicros: 150n, period: '2026-06', periodMicros: 150n, periodJobs: 2n });
    expect(addCharge(inJune, 7n, july)).toEqual({ totalMicros: 157n, period: '2026-07', periodMicros: 7n, periodJobs: 1n });
  });
  it('shows zero in a month without a charge', () => {
    const spend = addCharge(NO_SPEND, 100n, june);
    expect(currentPeriod(spend, june)).toEqual({ start: new Date('2026-06-01T00:00:00Z'), end: july, spendMicros: 100n, jobs: 1n });
    expect(currentPeriod(spend, july)).toMatchObject({ start: july, end: new Date('2026-08-01T00:00:00Z'), spendMicros: 0n, jobs: 0n });
  });
  it('is billed on the UTC day', () => {
    expect([dayOf(june), dayOf(july)]).toEqual(['2026-06-30', '2026-07-01']);
  });
});
