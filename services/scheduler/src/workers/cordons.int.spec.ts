import { eventually } from '@usvideo/testing';
import { addAccount, addJobs, drift, logger, openWorld, type World } from '../../test/dispatch-world';
import { FakeWorker } from '../../test/fake-worker';
import { Dispatch } from '../dispatch/dispatch.service';
import { JobChanges } from '../views/job-changes';
import { announceWorkers, healthySlots } from '../capacity/fleet-presence.sql';
import { liftCordon, setCordon, type NewCordon } from './cordons.sql';
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
  expect(await drift(world.database)).toEqual([]);
  await dispatch.stop();
  await world.close();
});

const order = (count: number) =>
  addAccount(world.database).then((accountId) => addJobs(world.database, accountId, count));
const cordon = (over: Partial<NewCordon>) =>
  setCordon(world.database, {
    kind: 'worker',
    name: 'wrk_1',
    state: 'cordoned',
    graceSeconds: undefined,
    author: 'ann',
    ...over,
  });
/** The loop looks every second. */
const inForce = (workerId: string, takesWork: boolean) =>
  eventually(
    () => dispatch.workers.announced().some((worker) => worker.workerId === workerId && worker.takesWork === takesWork),
    { what: `${workerId} to be ${takesWork ? 'free' : 'cordoned'}`, deadlineMs: 20_000 },
  );

describe('a cordon', () => {
  it('keeps a worker from more work, while it finishes what it has, until it is lifted', async () => {
    await order(3);
    const worker = new FakeWorker(dispatch, { slots: 1 });
    const first = await worker.lease(1);
    await cordon({});
    await inForce('wrk_1', false);
    await worker.start(first);
    expect(await worker.complete(first)).toBe('');
    const other = new FakeWorker(dispatch, { workerId: 'wrk_2', slots: 1 });
    await other.lease(1);
    expect(worker.leases()).toHaveLength(1);
    await liftCordon(world.database, 'worker', 'wrk_1');
    await inForce('wrk_1', true);
    dispatch.nudge();
    await worker.lease(2);
  });

  it('of a machine is in force for all of its workers, and for one that comes later', async () => {
    const [here, elsewhere] = [
      new FakeWorker(dispatch, { node: 'gpu-7' }),
      new FakeWorker(dispatch, { workerId: 'wrk_2', node: 'gpu-8' }),
    ];
    await cordon({ kind: 'node', name: 'gpu-7' });
    await inForce('wrk_1', false);
    const late = new FakeWorker(dispatch, { workerId: 'wrk_3', node: 'gpu-7' });
    await late.next('welcome');
    await order(2);
    await elsewhere.lease(1);
    expect([here.leases(), late.leases()]).toEqual([[], []]);
  });

  it('that drains hands back after its grace what still runs, which costs the job no attempt', async () => {
    const [jobId] = await order(1);
    const worker = new FakeWorker(dispatch);
    const lease = await worker.lease(1);
    await worker.start(lease);
    await cordon({ state: 'draining', graceSeconds: 0 });
    expect(await worker.next('ended', (end) => end.leaseId === lease.leaseId)).toMatchObject({
      jobId,
      reason: 'lease_lost',
    });
    const other = new FakeWorker(dispatch, { workerId: 'wrk_2' });
    expect(await other.lease(1)).toMatchObject({ jobId, attempt: 2 });
    const { rows } = await world.database.query<{ kind: string; payload: Buffer }>(
      `select kind from event where stream_id = $1 and kind = 'job_requeued'`,
      [jobId],
    );
    expect(rows).toHaveLength(1);
  });

  it('that drains without a grace takes nothing back', async () => {
    await order(1);
    const worker = new FakeWorker(dispatch);
    const lease = await worker.lease(1);
    await worker.start(lease);
    await cordon({ state: 'draining' });
    await inForce('wrk_1', false);
    expect(await worker.complete(lease)).toBe('');
  });
});

describe('the fleet', () => {
  it('is listed with what each worker runs; what takes no work is no capacity', async () => {
    const worker = new FakeWorker(dispatch, { node: 'gpu-7', slots: 2 });
    const idle = new FakeWorker(dispatch, { workerId: 'wrk_2', jobClasses: ['wan', 'ltx'] });
    await Promise.all([worker.next('welcome'), idle.next('welcome')]);
    await order(1);
    await worker.lease(1);
    await cordon({ name: 'wrk_2' });
    await inForce('wrk_2', false);
    await announceWorkers(world.database, dispatch.workers.announced());
    expect(await listFleet(world.database, '', 10)).toMatchObject([
      {
        workerId: 'wrk_1',
        node: 'gpu-7',
        engine: 'procedural',
        jobClasses: ['procedural'],
        slots: 2,
        leased: 1,
        connected: true,
      },
      { workerId: 'wrk_2', node: '', jobClasses: ['ltx', 'wan'], leased: 0 },
    ]);
    expect(await listFleet(world.database, 'wrk_1', 10)).toHaveLength(1);
    expect(await healthySlots(world.database)).toEqual(new Map([['procedural', 2]]));
  });
});
