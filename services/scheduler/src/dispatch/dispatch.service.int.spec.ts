import { inTransaction } from '@usvideo/event-store';
import { eventually, Signal } from '@usvideo/testing';
import { addAccount, addJobs, drift, logger, openWorld, type World } from '../../test/dispatch-world';
import { FakeWorker } from '../../test/fake-worker';
import { JobChanges } from '../views/job-changes';
import { moveJobs } from '../leasing/job-moves.sql';
import type { StoredJob } from '../job/job-row';
import { decideJob, lockJobs } from '../job/job-writer.sql';
import { listenForWakes } from './wake-listener.client';
import { Dispatch } from './dispatch.service';

const settings = { leaseMs: 1_200, renderTimeoutMs: 60_000 };

let world: World;
let changes: JobChanges;
let ended: StoredJob[];
const running: Dispatch[] = [];

function startDispatch(over: Partial<typeof settings> = {}): Dispatch {
  const dispatch = new Dispatch({
    database: world.database,
    databaseUrl: world.url,
    settings: { ...settings, ...over },
    changes,
    logger,
    onEnded: (job) => ended.push(job),
    onCommitted: () => undefined,
  }).start();
  running.push(dispatch);
  return dispatch;
}

beforeEach(async () => {
  world = await openWorld();
  changes = new JobChanges();
  ended = [];
});

afterEach(async () => {
  expect(await drift(world.database)).toEqual([]);
  await Promise.all(running.splice(0).map((dispatch) => dispatch.stop()));
  await world.close();
});

async function job(jobId: string): Promise<StoredJob> {
  return inTransaction(world.database, async (tx) => (await lockJobs(tx, [jobId])).get(jobId)!);
}

async function kinds(jobId: string): Promise<string[]> {
  const { rows } = await world.database.query<{ kind: string }>(
    'select kind from event where stream_id = $1 order by version',
    [jobId],
  );
  return rows.map((row) => row.kind);
}

async function oneJob(over: Parameters<typeof addJobs>[3] = {}): Promise<string> {
  return (await addJobs(world.database, await addAccount(world.database), 1, over))[0]!;
}

/** As cancel does it: under the lock of the job, all in one transaction. Returns the refusal. */
async function cancel(jobId: string): Promise<string> {
  return inTransaction(world.database, async (tx, now) => {
    const decided = decideJob((await lockJobs(tx, [jobId])).get(jobId)!, { type: 'Cancel', apiKeyId: '', now });
    if (!decided.accepted) return decided.refusal;
    await moveJobs(tx, now, [{ job: decided.before, facts: decided.facts }], settings);
    return '';
  });
}

describe('a worker', () => {
  it('gets a lease with terms and content, renders and completes it', async () => {
    const dispatch = startDispatch();
    const jobId = await oneJob();
    const worker = new FakeWorker(dispatch);
    expect(await worker.next('welcome')).toEqual({ leaseMs: 1_200, heartbeatMs: 400 });
    const lease = await worker.lease(1);
    expect(lease).toMatchObject({
      jobId,
      attempt: 1,
      environment: 'live',
      content: { prompt: 'a lighthouse' },
      terms: { resolution: '720p' },
      renderTimeoutMs: 60_000,
    });
    expect(await worker.start(lease)).toBe('');
    worker.beat(lease, 40);
    await eventually(() => changes.progressOf(jobId) === 40, { what: 'progress for watchers' });
    expect(await worker.complete(lease)).toBe('');
    expect(await kinds(jobId)).toEqual(['job_submitted', 'job_leased', 'rendering_started', 'job_completed']);
    expect(ended.map((each) => each.state)).toMatchObject([
      { name: 'completed', verdict: { chargedMicros: 1_250_000n, releasedMicros: 0n, rule: 'completed' } },
    ]);
    expect(await worker.complete(lease)).toBe('');
    expect(await kinds(jobId)).toHaveLength(4);
  });

  it('gets no more leases than it has slots, and the next when one ends', async () => {
    const dispatch = startDispatch();
    await addJobs(world.database, await addAccount(world.database), 3);
    const worker = new FakeWorker(dispatch, { slots: 2 });
    const [first] = [await worker.lease(1), await worker.lease(2)];
    expect(worker.leases()).toHaveLength(2);
    expect(await worker.start(first)).toBe('');
    await worker.complete(first);
    await worker.lease(3);
  });

  it('keeps a lease by heartbeats while its progress reaches the row', async () => {
    const dispatch = startDispatch();
    const jobId = await oneJob();
    const worker = new FakeWorker(dispatch);
    const lease = await worker.lease(1);
    await worker.start(lease);
    let progress = 0;
    const beating = setInterval(() => worker.beat(lease, (progress += 5)), 100);
    await eventually(
      async () =>
        (await world.database.query<{ progress: number }>('select progress from job_queue')).rows[0]!.progress >= 80,
      { what: 'the progress in the row' },
    );
    clearInterval(beating);
    expect((await job(jobId)).state.name).toBe('rendering');
  });

  it('that comes back is granted again what it does not know of, and keeps what it holds', async () => {
    const dispatch = startDispatch({ leaseMs: 20_000 });
    await addJobs(world.database, await addAccount(world.database), 2);
    const before = new FakeWorker(dispatch, { slots: 2 });
    const [held, lost] = [await before.lease(1), await before.lease(2)];
    before.leave();
    const after = new FakeWorker(dispatch, { slots: 2, leaseIds: [held.leaseId] });
    expect((await after.lease(1)).leaseId).toBe(lost.leaseId);
    expect(await after.start(held)).toBe('');
    expect(await after.complete(held)).toBe('');
    expect(after.leases()).toHaveLength(1);
  });

  it('that drains gets nothing more', async () => {
    const dispatch = startDispatch();
    const worker = new FakeWorker(dispatch, { slots: 5 });
    await worker.next('welcome');
    worker.say({ $case: 'drain', value: {} });
    await oneJob();
    const other = new FakeWorker(dispatch, { workerId: 'wrk_2' });
    await other.lease(1);
    expect(worker.leases()).toEqual([]);
  });
});

describe('an attempt that is lost', () => {
  it('puts its job back at the head of its account, and fails it the third time', async () => {
    const dispatch = startDispatch();
    const [first] = await addJobs(world.database, await addAccount(world.database), 2);
    const worker = new FakeWorker(dispatch);
    for (const attempt of [1, 2, 3]) {
      const lease = await worker.lease(attempt);
      expect([lease.jobId, lease.attempt]).toEqual([first, attempt]);
      expect(await worker.next('ended', ({ leaseId }) => leaseId === lease.leaseId)).toMatchObject({
        reason: 'lease_lost',
      });
    }
    await eventually(async () => (await job(first!)).state.name === 'failed', { what: 'the job failed' });
    expect((await job(first!)).state).toMatchObject({
      error: { code: 'engine_error' },
      verdict: { chargedMicros: 0n, releasedMicros: 1_250_000n },
    });
    expect(await kinds(first!)).toEqual([
      'job_submitted',
      'job_leased',
      'job_requeued',
      'job_leased',
      'job_requeued',
      'job_leased',
      'job_failed',
    ]);
    await eventually(() => ended.length === 1, { what: 'settlement' });
  });

  it('counts when the worker reports a failure that may pass, not when it hands back', async () => {
    const dispatch = startDispatch();
    const jobId = await oneJob();
    const worker = new FakeWorker(dispatch);
    for (const attempt of [1, 2]) {
      const lease = await worker.lease(attempt);
      await worker.report({ $case: 'handBack', value: { jobId, leaseId: lease.leaseId } });
    }
    for (const attempt of [3, 4, 5]) await worker.fail(await worker.lease(attempt));
    expect((await job(jobId)).state).toMatchObject({ name: 'failed', error: { code: 'engine_error' } });
  });

  it('fails the job at once when no other can succeed', async () => {
    const dispatch = startDispatch();
    const jobId = await oneJob();
    const worker = new FakeWorker(dispatch);
    await worker.fail(await worker.lease(1), 'first_frame_invalid', false);
    expect((await job(jobId)).state).toMatchObject({
      name: 'failed',
      error: { code: 'first_frame_invalid' },
      verdict: { rule: 'first_frame_invalid' },
    });
  });

  it('has an outcome that comes too late recorded once and applied never', async () => {
    const dispatch = startDispatch();
    const jobId = await oneJob();
    const zombie = new FakeWorker(dispatch, { workerId: 'wrk_zombie' });
    const stale = await zombie.lease(1);
    await zombie.start(stale);
    zombie.say({ $case: 'drain', value: {} });
    const worker = new FakeWorker(dispatch, { workerId: 'wrk_healthy' });
    const lease = await worker.lease(1);
    expect(lease.attempt).toBe(2);
    expect(await zombie.complete(stale)).toBe('lease_lost');
    expect(await zombie.complete(stale)).toBe('lease_lost');
    expect(await worker.start(lease)).toBe('');
    expect(await worker.complete(lease)).toBe('');
    expect(await zombie.fail(stale)).toBe('lease_lost');
    expect((await kinds(jobId)).filter((kind) => kind === 'stale_outcome_recorded')).toHaveLength(1);
    expect((await job(jobId)).state).toMatchObject({
      name: 'completed',
      attempts: [{ outcome: 'lease_expired' }, { outcome: 'completed' }],
    });
  });

  it('ends at the render timeout although heartbeats go on', async () => {
    const dispatch = startDispatch({ leaseMs: 900, renderTimeoutMs: 300 });
    const jobId = await oneJob();
    const worker = new FakeWorker(dispatch);
    const beating = setInterval(() => worker.leases().forEach((lease) => worker.beat(lease, 1)), 100);
    for (const attempt of [1, 2, 3]) await worker.start(await worker.lease(attempt));
    await eventually(async () => (await job(jobId)).state.name === 'failed', { what: 'the job failed' });
    clearInterval(beating);
    expect((await job(jobId)).state.error?.code).toBe('render_timeout');
  });
});

describe('a deadline', () => {
  it('fails a job that has not begun to render', async () => {
    startDispatch();
    const jobId = await oneJob({ deadlineSeconds: 1 });
    await eventually(async () => (await job(jobId)).state.name === 'failed', { what: 'the job failed' });
    expect((await job(jobId)).state.error?.code).toBe('deadline_exceeded');
  });

  it('spares a job that has', async () => {
    const dispatch = startDispatch({ leaseMs: 20_000 });
    const [late, started] = [await oneJob({ deadlineSeconds: 1 }), await oneJob({ deadlineSeconds: 1 })];
    const worker = new FakeWorker(dispatch, { slots: 2 });
    const leases = [await worker.lease(1), await worker.lease(2)];
    const lease = leases.find((each) => each.jobId === started)!;
    expect(await worker.start(lease)).toBe('');
    await worker.next('ended', (each) => each.jobId === late);
    expect(await worker.complete(lease)).toBe('');
  });
});

describe('a cancel that races the start of the render', () => {
  it('wins or loses, 200 times', async () => {
    const dispatch = startDispatch({ leaseMs: 20_000 });
    const jobs = await addJobs(world.database, await addAccount(world.database, { concurrentJobs: 200 }), 200);
    const worker = new FakeWorker(dispatch, { slots: 200 });
    await worker.lease(200);
    const outcomes = await Promise.all(
      worker.leases().map(async (lease, index) => {
        const [first, second] =
          index % 2 === 0
            ? ([worker.start(lease), cancel(lease.jobId)] as const)
            : ([cancel(lease.jobId), worker.start(lease)] as const);
        const answers = await Promise.all([first, second]);
        return index % 2 === 0
          ? { started: answers[0], cancelled: answers[1] }
          : { started: answers[1], cancelled: answers[0] };
      }),
    );
    expect(outcomes.filter(({ started, cancelled }) => (started === '') === (cancelled === ''))).toEqual([]);
    for (const { started, cancelled } of outcomes)
      expect(started === '' ? cancelled : started).toBe(started === '' ? 'job_not_cancellable' : 'job_ended');
    const states = await world.database.query<{ state: string; n: number }>(
      'select state, count(*)::integer as n from job group by 1',
    );
    expect(states.rows.reduce((sum, row) => sum + row.n, 0)).toBe(jobs.length);
    expect(states.rows.every((row) => ['rendering', 'cancelled'].includes(row.state))).toBe(true);
  });
});

describe('work that nobody announced', () => {
  it('is found by the sweep', async () => {
    const dispatch = startDispatch();
    const worker = new FakeWorker(dispatch);
    await worker.next('welcome');
    await oneJob({ asleep: true });
    await worker.lease(1);
  });

  it('is found when its time has come', async () => {
    const dispatch = startDispatch();
    const worker = new FakeWorker(dispatch);
    await oneJob({ holdSeconds: 1 });
    const { rows } = await world.database.query<{ n: bigint }>(
      'select count(*) as n from job_queue where available_at > clock_timestamp()',
    );
    expect(rows[0]!.n).toBe(1n);
    await worker.lease(1);
  });

  it('is heard of from another replica', async () => {
    const heard = new Signal('a wake-up of another replica');
    const listener = listenForWakes({ databaseUrl: world.url, onWake: () => heard.emit(), logger });
    await eventually(
      async () =>
        (
          await world.database.query(
            "select 1 from pg_stat_activity where application_name = 'scheduler-wake' and datname = current_database() and query like 'listen%'",
          )
        ).rowCount,
      { what: 'the listener' },
    );
    await oneJob();
    await heard.wait();
    await listener.stop();
  });
});

describe('limits', () => {
  it('are in force within a second', async () => {
    const dispatch = startDispatch({ leaseMs: 20_000 });
    const accountId = await addAccount(world.database, { concurrentJobs: 1 });
    await addJobs(world.database, accountId, 8);
    const worker = new FakeWorker(dispatch, { slots: 10 });
    await worker.lease(1);
    const limits = { concurrentJobs: 5, queuedJobs: 100, createsPerMinute: 300, readsPerMinute: 3_000 };
    await dispatch.takeLimits({ accountId, environment: 'live', limits, version: 1n, suspended: false });
    await eventually(() => worker.leases().length === 5, { what: 'the raised limit', deadlineMs: 1_000 });
  });
});
