import { etaSeconds } from './eta';

const queued = { expectedMs: 5_000, upToMs: 50_000, concurrentJobs: 10, running: 10 };

describe('the seconds until a queued job is rendered', () => {
  it.each([
    ["until the fleet comes to it, when it has others to serve, and then the job's", queued, 90_000, 1, 95],
    // Ten jobs are queued and ten run: the first ends after half a job, and each of the others half a second later.
    ["until the account's own limit lets it, when the fleet is faster", queued, 1_000, 1, 10],
    ['by the pace at which jobs are really rendered', { ...queued, upToMs: 500_000 }, 1_000, 3, 165],
    ['no more than the job itself takes, when there is room for all', { ...queued, running: 0 }, 0, 1, 5],
    ['those of what has no room at once', { ...queued, running: 5 }, 0, 1, 8],
    ['no fewer than those of a limit that was lowered', { ...queued, running: 20 }, 0, 1, 10],
    ['at least one', { ...queued, expectedMs: 1, upToMs: 1, running: 0 }, 0, 1, 1],
    ['not known without a fleet', queued, undefined, 1, undefined],
    ['not known while the account may run nothing', { ...queued, concurrentJobs: 0 }, 1_000, 1, undefined],
  ])('are %s', (_, job, startMs, pace, expected) => {
    expect(etaSeconds(job, startMs, pace)).toBe(expected);
  });
});
