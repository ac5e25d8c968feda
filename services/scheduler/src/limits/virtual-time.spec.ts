import fc from 'fast-check';
import {
  accountKey,
  assignFairly,
  clocksAfter,
  type Contender,
  type FreeWorker,
  type WaitingJob,
} from './virtual-time';

type Line = Contender<WaitingJob>;

function contender(accountId: string, over: Partial<Line> & { jobsCount?: number; gpuMs?: number } = {}): Line {
  const { jobsCount = 1_000, gpuMs = 40_000, ...rest } = over;
  return {
    accountId,
    environment: 'live',
    jobClass: 'gpu',
    virtualTime: 0,
    weight: 1,
    room: 1_000,
    jobs: Array.from({ length: jobsCount }, (_, index) => ({ jobId: `${accountId}-${index}`, expectedGpuMs: gpuMs })),
    ...rest,
  };
}

function worker(freeSlots: number, over: Partial<FreeWorker> = {}): FreeWorker {
  return { workerId: 'wrk_1', engine: 'procedural', jobClasses: ['gpu'], freeSlots, ...over };
}

function startsOf(assignments: readonly { contender: Line }[]): Record<string, number> {
  const starts: Record<string, number> = {};
  for (const {
    contender: { accountId },
  } of assignments)
    starts[accountId] = (starts[accountId] ?? 0) + 1;
  return starts;
}

const contenders = fc
  .array(
    fc.record({
      virtualTime: fc.integer({ min: 0, max: 1_000_000 }),
      weight: fc.integer({ min: 1, max: 10 }),
      room: fc.integer({ min: 0, max: 5 }),
      jobsCount: fc.integer({ min: 0, max: 8 }),
      gpuMs: fc.integer({ min: 1_000, max: 90_000 }),
      jobClass: fc.constantFrom('a', 'b', 'c'),
    }),
    { maxLength: 8, size: 'max' },
  )
  .map((lines) => lines.map((line, index) => contender(`acc_${index}`, line)));

const workers = fc
  .array(
    fc.record({
      freeSlots: fc.integer({ min: 0, max: 4 }),
      jobClasses: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
    }),
    { maxLength: 4, size: 'max' },
  )
  .map((list) => list.map((fields, index) => worker(fields.freeSlots, { ...fields, workerId: `wrk_${index}` })));

describe('fair assignment', () => {
  it('shares slots by weight', () => {
    const { small, large } = startsOf(
      assignFairly([contender('small'), contender('large', { weight: 4 })], [worker(500)]),
    );
    expect(large! / small!).toBeCloseTo(4, 1);
  });

  it('shares GPU time and not job count', () => {
    const { short, long } = startsOf(
      assignFairly([contender('short', { gpuMs: 10_000 }), contender('long', { gpuMs: 30_000 })], [worker(400)]),
    );
    expect(short! / long!).toBeCloseTo(3, 1);
  });

  it('serves a newcomer next although another has a long queue', () => {
    const whale = contender('whale', { virtualTime: 900_000 });
    const newcomer = contender('newcomer', { virtualTime: 899_999, jobsCount: 1 });
    expect(assignFairly([whale, newcomer], [worker(1)])[0]!.contender.accountId).toBe('newcomer');
  });

  it('leaves a worker that can do anything free for anything', () => {
    const generalist = worker(1, { workerId: 'wrk_any', jobClasses: ['a', 'b'] });
    const specialist = worker(1, { workerId: 'wrk_a', jobClasses: ['a'] });
    const given = assignFairly(
      [
        contender('x', { jobClass: 'a', jobsCount: 1 }),
        contender('y', { jobClass: 'b', jobsCount: 1, virtualTime: 1 }),
      ],
      [generalist, specialist],
    );
    expect(given.map((g) => [g.contender.accountId, g.worker.workerId])).toEqual([
      ['x', 'wrk_a'],
      ['y', 'wrk_any'],
    ]);
  });

  it('never exceeds room or slots, and never starts a job on a worker of another class', () => {
    fc.assert(
      fc.property(contenders, workers, (lines, fleet) => {
        const given = assignFairly(lines, fleet);
        for (const line of lines)
          expect(given.filter((g) => g.contender === line).length).toBeLessThanOrEqual(
            Math.min(line.room, line.jobs.length),
          );
        for (const one of fleet)
          expect(given.filter((g) => g.worker === one).length).toBeLessThanOrEqual(one.freeSlots);
        for (const {
          worker: { jobClasses },
          contender: { jobClass },
        } of given)
          expect(jobClasses).toContain(jobClass);
        expect(new Set(given.map((g) => g.job.jobId)).size).toBe(given.length);
      }),
    );
  });

  it('shares the room of an account between its classes', () => {
    const classes = ['a', 'b'].map((jobClass) =>
      contender('acc', { jobClass, room: 3, jobs: [1, 2, 3].map((n) => ({ jobId: jobClass + n, expectedGpuMs: 1 })) }),
    );
    expect(accountKey(classes[0]!)).toBe(accountKey(classes[1]!));
    expect(assignFairly(classes, [worker(10, { jobClasses: ['a', 'b'] })])).toHaveLength(3);
  });

  it('leaves no slot free that a waiting job with room could use', () => {
    fc.assert(
      fc.property(contenders, workers, (lines, fleet) => {
        const given = assignFairly(lines, fleet);
        const idle = fleet
          .filter((one) => given.filter((g) => g.worker === one).length < one.freeSlots)
          .flatMap((one) => one.jobClasses);
        for (const line of lines) {
          const started = given.filter((g) => g.contender === line).length;
          if (started < Math.min(line.room, line.jobs.length)) expect(idle).not.toContain(line.jobClass);
        }
      }),
    );
  });
});

describe('virtual time', () => {
  it('is shared equally by two equal accounts from the moment both are awake', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (clock) => {
        const lines = ['busy', 'slept'].map((accountId) => contender(accountId, { virtualTime: clock }));
        const starts = startsOf(assignFairly(lines, [worker(100)]));
        expect(starts).toEqual({ busy: 50, slept: 50 });
      }),
    );
  });

  it('moves the clocks of every class that a serving worker renders, to the least that was served', () => {
    const served = [
      { virtualTime: 30, worker: worker(1, { jobClasses: ['a', 'b'] }) },
      { virtualTime: 20, worker: worker(1, { jobClasses: ['b'] }) },
    ];
    expect(clocksAfter(served)).toEqual(
      new Map([
        ['a', 30],
        ['b', 20],
      ]),
    );
  });
});
