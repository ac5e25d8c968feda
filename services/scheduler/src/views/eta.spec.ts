import { etaSeconds } from './eta';

const queued = { expectedMs: 5_000, upToMs: 50_000, concurrentJobs: 10 };

describe('the seconds until a queued job is rendered', () => {
  it.each([
    ["the fleet's, when it has others to serve", queued, 90_000, 1, 90],
    ["those that the account's own limit takes, when the fleet is faster", queued, 1_000, 1, 5],
    ['by the pace at which jobs are really rendered', { ...queued, upToMs: 500_000 }, 1_000, 3, 150],
    ['never fewer than the job itself takes', { ...queued, concurrentJobs: 100 }, 10, 1, 5],
    ['at least one', { ...queued, expectedMs: 1, upToMs: 1 }, 0, 1, 1],
    ['not known without a fleet', queued, undefined, 1, undefined],
    ['not known while the account may run nothing', { ...queued, concurrentJobs: 0 }, 1_000, 1, undefined],
  ])('are %s', (_, job, fleetMs, pace, expected) => {
    expect(etaSeconds(job, fleetMs, pace)).toBe(expected);
  });
});
