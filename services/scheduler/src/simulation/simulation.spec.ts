import { FairClass, type LineJob } from './fair-class';
import { optionsFrom, standardOptions, type SimulationOptions } from './options';
import { Random } from './random';
import { reportOf, type SimulationReport } from './report';
import { Simulation } from './simulation';

const small = { gpus: 60, tenants: 40, days: 0.2, burst: 3_000, failureHours: 10 };

function simulated(over: Partial<SimulationOptions>): { simulation: Simulation; report: SimulationReport } {
  const options = standardOptions({ ...small, ...over });
  const simulation = new Simulation(options).run();
  return { simulation, report: reportOf(options, simulation) };
}

const waitsOf = ({ waits }: SimulationReport, of: string) => waits.find((row) => row.of === of)!;

describe('the simulator', () => {
  it('gives the same figures for the same seed, and others for another', () => {
    const { report } = simulated({});
    expect(simulated({}).report).toEqual(report);
    expect(simulated({ seed: 2 }).report.waits).not.toEqual(report.waits);
  });

  it('loses no job, exceeds no limit, and pays for no more time than the fleet had', () => {
    const {
      simulation: { gpus, queue },
      report: { fleet, jobs },
    } = simulated({ errorShare: 0.2 });
    const failed = Object.values(jobs.failed).reduce((sum, count) => sum + count, 0);
    const running = [...queue.accounts()].reduce((sum, account) => sum + account.running, 0);
    expect(jobs.completed + failed + queue.waiting + running).toBe(jobs.submitted);
    expect(running - gpus.busy).toBeGreaterThanOrEqual(0);
    expect(jobs.overLimit).toBe(0);
    expect(jobs.attemptsLost).toBeGreaterThan(0);
    expect(jobs.attemptsHandedBack).toBeGreaterThan(0);
    expect(jobs.failed.engine_error).toBeGreaterThan(0);
    expect(fleet.productive).toBeLessThan(fleet.utilisation);
    expect(fleet.utilisation).toBeLessThanOrEqual(1);
    expect(fleet.usd).toBeLessThan(small.gpus * 24 * small.days * 2.5);
  });

  it("moves a small account's p95 wait by less than one render, whoever has 80,000 jobs queued beside it", () => {
    // The large one fills the half of the fleet that the others leave.
    const over = { gpus: 100, tenants: 300, failureHours: 0, days: 0.25 };
    const alone = waitsOf(simulated({ ...over, burst: 0 }).report, 'small');
    const { report } = simulated({ ...over, burst: 80_000 });
    const beside = waitsOf(report, 'small, while the burst waits');
    expect(waitsOf(report, 'burst').jobs).toBeGreaterThan(1_000);
    expect(beside.jobs).toBeGreaterThan(5_000);
    // The shortest render takes 6 s, the mean one 76.
    expect(beside.p95Seconds - alone.p95Seconds).toBeLessThan(76);
  });

  it('tells when a job will have been rendered, right within 30 % in 80 of 100 cases', () => {
    const { report } = simulated({ gpus: 200, tenants: 150, burst: 2_000, days: 0.5 });
    expect(report.estimates.keptOfAll).toBeGreaterThan(0.8);
    expect(report.estimates.keptOfWaiting).toBeGreaterThan(0.8);
  });

  it('refuses what the scheduler would refuse', () => {
    const { report } = simulated({ load: 2, maxWaitSeconds: 600, burst: 0 });
    expect(report.jobs.refused.capacity_exhausted).toBeGreaterThan(0);
    expect(waitsOf(report, 'all').p95Seconds).toBeLessThan(2 * 600);
    expect(
      simulated({ load: 3, maxWaitSeconds: 0, days: 0.5, burst: 0 }).report.jobs.refused.queue_limit_exceeded,
    ).toBeGreaterThan(0);
  });

  it('names every flag that is wrong', () => {
    expect(optionsFrom({ gpus: '0', days: 'x', seed: '1.5', load: '0.5', tenants: undefined })).toEqual({
      faults: [
        '--gpus is a whole number from 1 to 20000, and was 0',
        '--days is a number from 0.01 to 60, and was x',
        '--seed is a whole number from 0 to 4294967295, and was 1.5',
      ],
    });
    expect(optionsFrom({ gpus: '7' })).toEqual(standardOptions({ gpus: 7 }));
  });
});

describe('weights', () => {
  it('hold within 5 % over an hour, of accounts that want more than there is', () => {
    const random = new Random(7);
    const limits = { one: 10, two: 20, five: 50 };
    const queue = new FairClass<LineJob>('gpu', 100);
    const given: Record<string, number> = {};
    const ends: { at: number; accountId: string; job: LineJob; tookMs: number }[] = [];
    let order = 0;
    for (const [accountId, concurrentJobs] of Object.entries(limits)) {
      queue.addAccount(accountId, concurrentJobs);
      for (let job = 0; job < 4_000; job++)
        queue.submit(accountId, { jobId: '', order: order++, expectedGpuMs: 10_000 + random.below(80_000) });
    }
    const slots = { workerId: 'wrk', engine: 'simulated', jobClasses: ['gpu'] };
    let free = 40;
    for (let now = 0; now < 3_600_000; now = ends[0]!.at) {
      while (ends[0] !== undefined && ends[0].at <= now) {
        const { accountId, job, tookMs } = ends.shift()!;
        queue.ended(accountId, job, tookMs);
        free += 1;
      }
      for (const { accountId, job } of queue.claim([{ ...slots, freeSlots: free }]).given) {
        const tookMs = job.expectedGpuMs * (0.5 + random.next());
        given[accountId] = (given[accountId] ?? 0) + tookMs;
        ends.push({ at: now + tookMs, accountId, job, tookMs });
        free -= 1;
      }
      ends.sort((a, b) => a.at - b.at);
    }
    expect(given.two! / given.one! / 2).toBeCloseTo(1, 1);
    for (const [accountId, weight] of [
      ['two', 2],
      ['five', 5],
    ] as const)
      expect(Math.abs(given[accountId]! / given.one! / weight - 1)).toBeLessThan(0.05);
  });
});
