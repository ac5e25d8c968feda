import { BackOff } from './part';

describe('starting again', () => {
  it('waits ever longer, up to a bound, while it fails', () => {
    const backOff = new BackOff();
    const pauses = Array.from({ length: 8 }, () => {
      backOff.started(0);
      return backOff.ended(1_000);
    });
    [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000].forEach((fullMs, failure) => {
      expect(pauses[failure]).toBeGreaterThanOrEqual(fullMs / 2);
      expect(pauses[failure]).toBeLessThanOrEqual(fullMs);
    });
  });

  it('is quick again after a steady run', () => {
    const backOff = new BackOff();
    for (let failure = 0; failure < 5; failure++) backOff.ended(1_000);
    backOff.started(2_000);
    expect(backOff.ended(32_000)).toBeLessThanOrEqual(250);
  });
});
