import { WorkerRegistry } from '../workers/worker-registry.service';
import type { QueueLoad } from './queue-load.sql';
import { QueueMetrics } from './queue-metrics.service';
import { connectedWorkers, queueDepth, queueOldestAge } from '../metrics';

const load = (over: Partial<QueueLoad>): QueueLoad => ({
  jobClass: 'wan',
  accountId: 'acc_1',
  environment: 'live',
  jobs: 5,
  oldestSeconds: 900,
  gpuMs: 5_000,
  weight: 1,
  suspended: false,
  concurrentJobs: 10,
  running: 0,
  virtualTimeMs: 0,
  ...over,
});

let nowMs = 0;
const workers = new WorkerRegistry();
const observing = () => new QueueMetrics(() => nowMs);
async function shown(
  gauge: typeof queueDepth,
  jobClass: string,
  environment = 'live',
): Promise<Record<string, number>> {
  const own = (await gauge.get()).values.filter(
    ({ labels }) => labels.class === jobClass && labels.environment === environment,
  );
  return Object.fromEntries(own.map(({ labels, value }) => [labels.state, value]));
}

describe('the metrics of the queue', () => {
  it('tell what a worker could take from what a limit holds, by class and environment', async () => {
    observing().observe(
      [
        load({ jobs: 5, concurrentJobs: 3, running: 1 }),
        load({ accountId: 'acc_2', jobs: 4, suspended: true }),
        load({ environment: 'test', jobClass: 'sandbox', jobs: 7 }),
      ],
      new Map([['wan', 1]]),
      workers,
    );
    expect(await shown(queueDepth, 'wan')).toEqual({ eligible: 2, held: 3 + 4 });
    expect(await shown(queueDepth, 'sandbox', 'test')).toEqual({ eligible: 7, held: 0 });
  });

  it('count no age for a tenant at its limit, and from the moment its limit lets go', async () => {
    const metrics = observing();
    const look = async (over: Partial<QueueLoad>) => {
      metrics.observe([load(over)], new Map(), workers);
      return shown(queueOldestAge, 'wan');
    };
    expect(await look({ running: 10 })).toEqual({ eligible: 0, held: 900 });
    nowMs += 5_000;
    expect(await look({ running: 9 })).toEqual({ eligible: 0, held: 900 });
    nowMs += 60_000;
    expect(await look({ running: 9 })).toEqual({ eligible: 60, held: 900 });
    expect(await look({ running: 9, jobs: 1, oldestSeconds: 3 })).toEqual({ eligible: 3, held: 0 });
    expect(await look({ running: 10 })).toEqual({ eligible: 0, held: 900 });
    expect(await look({ running: 9 })).toEqual({ eligible: 0, held: 900 });
  });

  it('count the workers of each class, without those that drain', async () => {
    const registry = new WorkerRegistry();
    const link = { send: () => undefined, close: () => undefined };
    registry.connect({ workerId: 'wrk_1', engine: 'e', jobClasses: ['wan', 'ltx'], slots: 1 }, link);
    registry.connect({ workerId: 'wrk_2', engine: 'e', jobClasses: ['wan'], slots: 1 }, link);
    registry.drain('wrk_2');
    observing().observe([], new Map(), registry);
    const counted = (await connectedWorkers.get()).values.map(({ labels, value }) => [labels.class, value]);
    expect(counted).toEqual(
      expect.arrayContaining([
        ['wan', 1],
        ['ltx', 1],
      ]),
    );
  });
});
