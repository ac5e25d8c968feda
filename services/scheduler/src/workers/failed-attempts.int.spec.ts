import { eventually } from '@usvideo/testing';
import { addAccount, addJobs, logger, openWorld, type World } from '../../test/dispatch-world';
import { FakeWorker } from '../../test/fake-worker';
import { announceWorkers } from '../capacity/fleet-presence.sql';
import { Dispatch } from '../dispatch/dispatch.service';
import { JobChanges } from '../views/job-changes';
import { RenderTimes } from '../views/render-times.sql';
import { listFleet } from './fleet.sql';

let world: World;
let dispatch: Dispatch;
beforeEach(async () => {
  world = await openWorld();
  dispatch = new Dispatch({
    database: world.database,
    databaseUrl: world.url,
    settings: { leaseMs: 20_000, renderTimeoutMs: 60_000 },
    changes: new JobChanges(),
    logger,
    onEnded: () => undefined,
    onCommitted: () => undefined,
  }).start();
});
afterEach(async () => {
  await dispatch.stop();
  await world.close();
});

const fleet = async () => {
  await announceWorkers(world.database, dispatch.workers.announced());
  return listFleet(world.database, '', 10);
};

it('of a worker are kept, the last of them, for operators to see', async () => {
  const accountId = await addAccount(world.database);
  const [jobId] = await addJobs(world.database, accountId, 1);
  const worker = new FakeWorker(dispatch);
  const idle = new FakeWorker(dispatch, { workerId: 'wrk_2', jobClasses: ['wan'] });
  await idle.next('welcome');
  await worker.fail(await worker.lease(1));
  await worker.fail(await worker.lease(2), 'render_timeout');
  await eventually(async () => (await fleet())[0]?.lastFailure?.errorCode === 'render_timeout', {
    what: 'the last failure of the worker',
    deadlineMs: 20_000,
  });
  const [failed, other] = await fleet();
  expect(failed!.lastFailure).toMatchObject({ jobId, errorMessage: 'no picture' });
  expect([other!.workerId, other!.lastFailure]).toEqual(['wrk_2', undefined]);
});

it('take slots as those that succeed do, and each day, account and model adds up', async () => {
  const accountId = await addAccount(world.database);
  await addJobs(world.database, accountId, 1);
  const worker = new FakeWorker(dispatch);
  await worker.fail(await worker.lease(1));
  const lease = await worker.lease(2);
  await worker.start(lease);
  expect(await worker.complete(lease)).toBe('');
  await addJobs(world.database, await addAccount(world.database, { environment: 'test' }), 1, { environment: 'test' });
  // By the clock of the test each attempt took a moment; here it took ten seconds and twenty.
  await world.database.query(`
    update job set ended_at = '2026-07-01T23:59:59Z', attempts = jsonb_build_array(
      attempts -> 0 || '{"startedAt": "2026-07-01T23:00:00Z", "endedAt": "2026-07-01T23:00:10Z"}',
      attempts -> 1 || '{"startedAt": "2026-07-01T23:59:39Z", "endedAt": "2026-07-01T23:59:59Z"}') where environment = 'live'`);
  const times = new RenderTimes(world.database);
  const of = (
    startDate: string,
    endDate: string,
    by: Partial<Record<'byDay' | 'byAccount' | 'byModel', boolean>> = {},
  ) => times.sums({ startDate, endDate, byDay: false, byAccount: false, byModel: false, limit: 10, ...by });
  const sums = { completedJobs: 1n, otherJobs: 0n, attempts: 2n, slotMs: 30_000n, productiveMs: 20_000n };
  expect(await of('2026-07-01', '2026-07-01')).toEqual([{ day: '', accountId: '', model: '', ...sums }]);
  expect(await of('2026-06-01', '2026-07-31', { byDay: true, byAccount: true, byModel: true })).toEqual([
    { day: '2026-07-01', accountId, model: 'test-picture', ...sums },
  ]);
  expect(await of('2026-07-02', '2026-07-31')).toEqual([]);
});
