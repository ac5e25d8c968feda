import { Backlog } from './backlog';
import { startMs, type ClassLoad } from './expected-wait';

const minute = 60_000;
const waits = (accountId: string, over: Partial<{ gpuMs: number; weight: number; virtualTimeMs: number }> = {}) => ({
  accountId,
  gpuMs: 60 * minute,
  weight: 1,
  virtualTimeMs: 0,
  ...over,
});
const full: ClassLoad = {
  backlog: new Backlog([waits('a'), waits('b'), waits('large', { weight: 5 })]),
  fleet: { healthySlots: 10, declaredSlots: 0, coldStartMs: 0 },
  pace: 1,
  wantedSlots: 40,
};
const job = { aheadMs: 10 * minute, expectedMs: minute };
/** A tenth of half a job, until the first slot is free. */
const FIRST = minute / 20;

describe('the time until a slot comes to a job', () => {
  it.each([
    ["what comes before it of an account's own, and of everybody by weight meanwhile", full, 'a', 1, 7 * minute],
    ['less for an account with a greater share', full, 'large', 5, 1.4 * minute],
    ['that of one more account for a newcomer', full, 'newcomer', 1, 8 * minute],
    ['more at a slower pace', { ...full, pace: 2 }, 'a', 1, 14 * minute + FIRST],
  ])('is %s', (_, load, accountId, weight, expected) => {
    expect(startMs(load, { accountId, weight }, job)).toBeCloseTo(expected + FIRST, 6);
  });

  it('is later for an account that was given more than others', () => {
    const ahead = new Backlog([waits('a', { virtualTimeMs: 9 * minute }), waits('b', { virtualTimeMs: 8 * minute })]);
    const start = (accountId: string) =>
      startMs({ ...full, backlog: ahead }, { accountId, weight: 1 }, { ...job, aheadMs: 0 })!;
    expect(start('a') - start('b')).toBeCloseTo((2 * minute) / 10, 6);
  });

  it('is now while there are slots for all that may run', () => {
    expect(startMs({ ...full, wantedSlots: 9 }, { accountId: 'a', weight: 1 }, job)).toBe(0);
  });

  it('is the cold start while no slot is here, and unknown where none is to come', () => {
    const none = { healthySlots: 0, declaredSlots: 0, coldStartMs: 5 * minute };
    const first = { aheadMs: 0, expectedMs: minute };
    const of = { accountId: 'a', weight: 1 };
    expect(startMs({ ...full, fleet: { ...none, declaredSlots: 10 } }, of, first)).toBe(5 * minute);
    expect(startMs({ ...full, fleet: none }, of, first)).toBeUndefined();
  });
});
