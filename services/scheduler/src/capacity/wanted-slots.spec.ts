import { type Demand, eligibleJobs, wantedSlots } from './wanted-slots';

let accounts = 0;
const demand = (given: Partial<Demand>): Demand => ({
  jobClass: 'wan',
  accountId: `acc_${++accounts}`,
  environment: 'live',
  jobs: 0,
  oldestSeconds: 1,
  suspended: false,
  concurrentJobs: 10,
  running: 0,
  ...given,
});
const wanted = (demands: readonly Demand[], leased: readonly (readonly [string, number])[]) =>
  wantedSlots(eligibleJobs(demands), new Map(leased));

describe('the slots that a class could use', () => {
  it('are one for a tenant at limit one with a thousand jobs queued, however long it waits', () => {
    expect(wanted([demand({ jobs: 1_000, concurrentJobs: 1, running: 1 })], [['wan', 1]])).toEqual(
      new Map([['wan', 1]]),
    );
    expect(wanted([demand({ jobs: 1_000, concurrentJobs: 1 })], [])).toEqual(new Map([['wan', 1]]));
  });

  it('are what runs and what may run, of each class by itself', () => {
    const demands = [
      demand({ jobs: 3, running: 2 }),
      demand({ jobs: 50, concurrentJobs: 20, running: 5 }),
      demand({ jobClass: 'small', jobs: 1 }),
    ];
    expect(wanted(demands, [['wan', 7]])).toEqual(
      new Map([
        ['wan', 7 + 3 + 15],
        ['small', 1],
      ]),
    );
  });

  it('are only what runs of an account that is suspended, or whose limit was lowered below it', () => {
    expect(
      wanted([demand({ jobs: 9, suspended: true }), demand({ jobs: 9, concurrentJobs: 1, running: 4 })], [['wan', 6]]),
    ).toEqual(new Map([['wan', 6]]));
  });

  it('are never more than its limit for an account that waits in two classes, and in two environments twice that', () => {
    const own = { accountId: 'acc_both', concurrentJobs: 3, running: 1 };
    const both = [
      demand({ ...own, jobs: 1, oldestSeconds: 9 }),
      demand({ ...own, jobClass: 'small', jobs: 5, oldestSeconds: 2 }),
    ];
    expect(wanted(both, [])).toEqual(
      new Map([
        ['wan', 1],
        ['small', 1],
      ]),
    );
    expect(wanted([...both, demand({ ...own, environment: 'test', jobs: 5 })], [])).toEqual(
      new Map([
        ['wan', 3],
        ['small', 1],
      ]),
    );
  });
});
