import { randomInt } from 'node:crypto';
import type { LeaseGranted } from '@usvideo/contracts/scheduler';
import { loopErrors } from '@usvideo/runtime';
import { eventually } from '@usvideo/testing';
import { addAccount, addJobs, drift, logger, openWorld, type World } from '../../test/dispatch-world';
import { FakeWorker } from '../../test/fake-worker';
import { JobChanges } from '../views/job-changes';
import { Dispatch } from './dispatch.service';

const settings = { leaseMs: 800, renderTimeoutMs: 60_000 };
const JOBS_PER_ACCOUNT = 12;
const REPLICAS = 4;
const WORKERS = 40;

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

/** A repeatable sequence of numbers below 100 (Park and Miller's generator). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 100;
  };
}

/** Renders most of what the worker is given; otherwise it fails, hands back, vanishes with its lease or reports twice. */
async function attempt(worker: FakeWorker, lease: LeaseGranted, fate: number): Promise<void> {
  if (fate < 8) return;
  if (fate < 16)
    return void (await worker.report({ $case: 'handBack', value: { jobId: lease.jobId, leaseId: lease.leaseId } }));
  if ((await worker.start(lease)) !== '') return;
  if (fate < 26) return void (await worker.fail(lease));
  const answer = await worker.complete(lease);
  // A repeated report is answered like the first, also when the lease had run out before it.
  if (fate < 40) expect(await worker.complete(lease)).toBe(answer);
}

it('four replicas and forty unreliable workers end every job once, within every limit', async () => {
  const seed = randomInt(1, 2 ** 31 - 1);
  const settled: string[] = [];
  const replicas = Array.from({ length: REPLICAS }, () =>
    new Dispatch({
      database: world.database,
      databaseUrl: world.url,
      settings,
      changes: new JobChanges(),
      logger,
      onEnded: (job) => settled.push(job.jobId),
      onCommitted: () => undefined,
    }).start(),
  );
  const jobs: string[] = [];
  for (let index = 0; index < 8; index++)
    jobs.push(
      ...(await addJobs(world.database, await addAccount(world.database, { concurrentJobs: 2 }), JOBS_PER_ACCOUNT)),
    );
  let overLimit = 0;
  const attempts: Promise<void>[] = [];
  for (let index = 0; index < WORKERS; index++) {
    const roll = dice(seed + index);
    void new FakeWorker(replicas[index % REPLICAS]!, {
      workerId: `wrk_${index}`,
      onLease: (worker, lease) => attempts.push(attempt(worker, lease, roll())),
    });
  }
  try {
    await eventually(
      async () => {
        overLimit += (await world.database.query('select 1 from account_slot where running > concurrent_jobs'))
          .rowCount!;
        return (await world.database.query('select 1 from job where ended_at is null limit 1')).rowCount === 0;
      },
      { what: `the end of every job (seed ${seed})`, deadlineMs: 60_000 },
    );
  } finally {
    await Promise.all(attempts);
    await Promise.all(replicas.map((replica) => replica.stop()));
  }
  const { rows } = await world.database.query<{ stream_id: string }>(
    "select stream_id from event where kind in ('job_completed', 'job_failed') order by 1",
  );
  expect({ seed, ended: rows.map((row) => row.stream_id) }).toEqual({ seed, ended: [...jobs].sort() });
  expect({ seed, settled: [...settled].sort() }).toEqual({ seed, settled: [...jobs].sort() });
  expect({ seed, overLimit, drift: await drift(world.database) }).toEqual({ seed, overLimit: 0, drift: [] });
  expect((await loopErrors.get()).values.filter(({ value }) => value > 0)).toEqual([]);
}, 90_000);
