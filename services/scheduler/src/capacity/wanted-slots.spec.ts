import { type Demand, wantedSlots } from './wanted-slots';

const demand = (given: Partial<Demand>): Demand => ({ jobClass: 'wan', jobs: 0, suspended: false, concurrentJobs: 10, running: 0, ...given });

describe('the slots that a class could use', () => {
  it('are one for a tenant at limit one with a thousand jobs queued, however long it waits', () => {
    expect(wantedSlots([demand({ jobs: 1_000, concurrentJobs: 1, running: 1 })], new Map([['wan', 1]]))).toEqual(new Map([['wan', 1]]));
    expect(wantedSlots([demand({ jobs: 1_000, concurrentJobs: 1 })], new Map())).toEqual(new Map([['wan', 1]]));
  });

  it('are what runs and what may run, of each class by itself', () => {
    const demands = [demand({ jobs: 3, running: 2 }), demand({ jobs: 50, concurrentJobs: 20, running: 5 }), demand({ jobClass: 'small', jobs: 1 })];
    expect(wantedSlots(demands, new Map([['wan', 7]]))).toEqual(new Map([['wan', 7 + 3 + 15], ['small', 1]]));
  });

  it('are only what runs of an account that is suspended, or whose limit was lowered below it', () => {
    expect(wantedSlots([demand({ jobs: 9, suspended: true }), demand({ jobs: 9, concurrentJobs: 1, running: 4 })], new Map([['wan', 6]]))).toEqual(new Map([['wan', 6]]));
  });
});
