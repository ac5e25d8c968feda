import { FailureLogThrottle } from './failure-log-throttle';

describe('complaints about what is tried again', () => {
  let now: number;
  let complaints: FailureLogThrottle;
  const failedAt = (...times: number[]) =>
    times.map((time) => {
      now = time;
      return complaints.failed();
    });

  beforeEach(() => {
    now = 0;
    complaints = new FailureLogThrottle(() => now);
  });

  it('come with the third failure in a row and once a minute from then on, and say how many there were', () => {
    expect(failedAt(0, 100, 200, 300, 60_199, 60_200, 60_300, 120_200)).toEqual([0, 0, 3, 0, 0, 6, 0, 8]);
  });

  it('end with a success, which says how many failures there were', () => {
    failedAt(0, 100, 200, 300);
    expect([complaints.succeeded(), complaints.succeeded()]).toEqual([4, 0]);
    expect(failedAt(400, 500, 600)).toEqual([0, 0, 3]);
  });

  it('are not made about failures with successes between them', () => {
    failedAt(0, 100);
    expect(complaints.succeeded()).toBe(0);
    expect(failedAt(200, 300)).toEqual([0, 0]);
  });
});
