import fc from 'fast-check';
import {
  addAccount,
  addJobs,
  claimOnce,
  drift,
  freeWorker,
  openWorld,
  settings,
  type World,
} from '../../test/dispatch-world';
import { artifact } from '../../test/fake-worker';
import { TEST_PICTURE } from '../catalogue/models';
import type { RemoteEngines } from '../catalogue/remote-engines';
import type { StoredJob } from '../job/job-row';
import { JobReports } from './job-reports.sql';
import { remoteDayOf } from './remote-budget.sql';

let world: World;
let reports: JobReports;
beforeEach(async () => {
  world = await openWorld();
  reports = new JobReports({
    database: world.database,
    settings,
    onChanged: () => undefined,
    onCommitted: () => undefined,
  });
});
afterEach(() => world.close());

const hosted = { ...TEST_PICTURE, engines: 'remote', remote_cost: { '720p': 30_000n } } as const;
const engines = (dailyBudgetMicros: bigint): RemoteEngines => ({ models: [hosted], dailyBudgetMicros });
const claimRemote = (slots: number, budget: bigint, workerId = 'wrk_remote') =>
  claimOnce(world.database, [freeWorker(slots, { workerId, remote: true })], { remote: engines(budget) });
const seconds = (durationSeconds: number) => ({
  terms: {
    model: 'test-picture',
    mode: 'text_to_video',
    resolution: '720p',
    aspectRatio: '16:9',
    durationSeconds,
    seed: 7,
  },
});

/** The day's row, and what the events say that it must be. */
async function spending(): Promise<{ row: object | undefined; leasedMicros: number }> {
  const { rows } = await world.database.query<{ spent: bigint; attempts: bigint; charged: bigint; videos: bigint }>(
    'select spent_micros as spent, attempts, charged_micros as charged, videos from remote_day',
  );
  const { rows: leased } = await world.database.query<{ micros: bigint }>(
    `select coalesce(sum((a ->> 'remoteCostMicros')::bigint), 0)::bigint as micros from job, jsonb_array_elements(attempts) as a`,
  );
  const row = rows[0] && Object.fromEntries(Object.entries(rows[0]).map(([name, value]) => [name, Number(value)]));
  return { row, leasedMicros: Number(leased[0]!.micros) };
}

const leaseOf = ({ jobId, state }: StoredJob) => ({ jobId, leaseId: state.attempts.at(-1)!.leaseId });

describe('the budget of hosted engines', () => {
  it('pays for jobs until it is spent, and says in the event what each attempt costs', async () => {
    await addJobs(world.database, await addAccount(world.database), 4);
    const { leased, more } = await claimRemote(4, 400_000n);
    expect(leased.map(({ job }) => job.state.attempts[0]!.remoteCostMicros)).toEqual([150_000, 150_000]);
    expect(more).toBe(false);
    expect(await spending()).toEqual({
      row: { spent: 300_000, attempts: 2, charged: 0, videos: 0 },
      leasedMicros: 300_000,
    });
    expect((await claimRemote(4, 400_000n)).leased).toEqual([]);
    expect((await claimRemote(4, 450_000n)).leased).toHaveLength(1);
    expect(await drift(world.database)).toEqual([]);
  });

  it('leaves to our own engines what it does not pay for, and what nobody has named a cost of', async () => {
    const account = await addAccount(world.database);
    await addJobs(world.database, account, 1, seconds(10));
    expect((await claimRemote(1, 299_999n)).leased).toEqual([]);
    const unpriced = { models: [{ ...hosted, remote_cost: {} }], dailyBudgetMicros: 1_000_000n };
    const worker = freeWorker(1, { remote: true });
    expect((await claimOnce(world.database, [worker], { remote: unpriced })).leased).toEqual([]);
    const { leased } = await claimOnce(world.database, [freeWorker(1)]);
    expect(leased[0]!.job.state.attempts[0]!.remoteCostMicros).toBeUndefined();
  });

  it('gets back what was taken back before it began to render, and nothing after', async () => {
    await addJobs(world.database, await addAccount(world.database), 2);
    const [back, begun] = (await claimRemote(2, 1_000_000n)).leased.map(({ job }) => leaseOf(job));
    await reports.submit({ type: 'HandBack', ...back! });
    expect((await spending()).row).toMatchObject({ spent: 150_000, attempts: 1 });
    await reports.submit({ type: 'StartRendering', ...begun!, aspectRatio: '16:9' });
    await reports.submit({
      type: 'FailAttempt',
      ...begun!,
      errorCode: 'engine_error',
      errorMessage: 'x',
      retryable: true,
    });
    expect((await spending()).row).toEqual({ spent: 150_000, attempts: 1, charged: 0, videos: 0 });
  });

  it('stands beside what the videos were sold for', async () => {
    await addJobs(world.database, await addAccount(world.database), 1);
    const lease = leaseOf((await claimRemote(1, 1_000_000n)).leased[0]!.job);
    await reports.submit({ type: 'StartRendering', ...lease, aspectRatio: '16:9' });
    await reports.submit({ type: 'Complete', ...lease, artifact });
    expect((await spending()).row).toEqual({ spent: 150_000, attempts: 1, charged: 1_250_000, videos: 1 });
    expect(await remoteDayOf(world.database)).toEqual({ spentMicros: 150_000n, chargedMicros: 1_250_000n });
  });

  it('is exact under claims at the same time: never exceeded, and spent as far as the jobs fit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 8, maxLength: 24 }),
        fc.integer({ min: 1, max: 3_000_000 }),
        async (durations, budget) => {
          await world.database.query('truncate remote_day');
          await world.database.query('delete from job_queue');
          const accounts = await Promise.all([1, 2, 3].map(() => addAccount(world.database, { concurrentJobs: 100 })));
          for (const [index, duration] of durations.entries())
            await addJobs(world.database, accounts[index % 3]!, 1, seconds(duration));
          const claimed: StoredJob[] = [];
          const claiming = async (workerId: string) => {
            for (let pass = 0; pass < 4; pass++) {
              const { leased } = await claimRemote(3, BigInt(budget), workerId);
              claimed.push(...leased.map(({ job }) => job));
            }
          };
          await Promise.all(['wrk_a', 'wrk_b', 'wrk_c', 'wrk_d'].map(claiming));
          // Whatever is left that fits is taken by somebody who has the queue to himself.
          claimed.push(...(await claimRemote(100, BigInt(budget))).leased.map(({ job }) => job));
          const costs = claimed.map(({ state }) => state.attempts.at(-1)!.remoteCostMicros!);
          const spent = costs.reduce((sum, cost) => sum + cost, 0);
          const left = durations.toSorted((a, b) => a - b);
          for (const cost of costs) left.splice(left.indexOf(cost / 30_000), 1);
          expect(spent).toBeLessThanOrEqual(budget);
          expect((await spending()).row).toMatchObject({ spent, attempts: costs.length });
          if (left.length > 0) expect(spent + left[0]! * 30_000).toBeGreaterThan(budget);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('of another day is another budget', async () => {
    await addJobs(world.database, await addAccount(world.database), 1);
    await world.database.query(
      "insert into remote_day (day, spent_micros) values ((now() at time zone 'utc')::date - 1, 1000000)",
    );
    expect((await claimRemote(1, 150_000n)).leased).toHaveLength(1);
    const { rows } = await world.database.query<{ spent_micros: bigint }>(
      'select spent_micros from remote_day order by day',
    );
    expect(rows.map((row) => row.spent_micros)).toEqual([1_000_000n, 150_000n]);
  });
});
