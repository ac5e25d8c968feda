import { bookOf } from '@usvideo/contracts/books';
import { eventually } from '@usvideo/testing';
import {
  addAccount,
  addJobs,
  claimOnce,
  freeWorker,
  logger,
  openWorld,
  settings,
  type World,
} from '../../test/dispatch-world';
import { FakeLedger } from '../../test/fake-ledger';
import { spansOf } from '../../test/recorded-spans';
import { JobChanges } from '../views/job-changes';
import { JobReports } from '../leasing/job-reports.sql';
import type { StoredJob } from '../job/job-row';
import { UnsettledJobs } from './unsettled-jobs.sql';
import { Settlement } from './settlement.loop';
import { verdictsRefused } from '../metrics';

let world: World;
let ledger: FakeLedger;
let settlement: Settlement;
beforeEach(async () => {
  world = await openWorld();
  ledger = new FakeLedger();
  settlement = new Settlement({ jobs: new UnsettledJobs(world.database), ledger, changes: new JobChanges(), logger });
});
afterEach(async () => {
  await settlement.stop();
  await world.close();
});

const artifact = {
  videoKey: 'v',
  thumbnailKey: 't',
  sizeBytes: 9n,
  sha256: '',
  width: 1280,
  height: 720,
  frames: 120,
  durationMs: 5_000,
};

/** A job that was rendered, with its hold still pending. */
async function completedJob(environment: 'live' | 'test' = 'live', traceparent = ''): Promise<StoredJob> {
  const accountId = await addAccount(world.database, { environment });
  const book = bookOf(accountId, environment);
  if (environment === 'live') ledger.fund(book, 1_250_000n);
  const [jobId] = (await addJobs(world.database, accountId, 1, { environment, traceparent })) as [string];
  await ledger.placeHold(
    { accountId: book, jobId, apiKeyId: 'key_1', model: 'test-picture', resolution: '720p', durationSeconds: 5 },
    1_000,
  );
  const {
    leased: [lease],
  } = await claimOnce(world.database, [freeWorker(1)]);
  const { leaseId } = lease!.job.state.attempts[0]!;
  const reports = new JobReports({
    database: world.database,
    settings,
    onChanged: () => undefined,
    onCommitted: () => undefined,
  });
  await reports.submit({ type: 'StartRendering', jobId, leaseId, aspectRatio: '16:9' });
  return (await reports.submit({ type: 'Complete', jobId, leaseId, artifact })).job!;
}

/** As if the job had ended so long ago that nobody settles it any more. */
async function longAgo(jobId: string): Promise<void> {
  await world.database.query(
    "update job set ended_at = ended_at - interval '1 minute', settle_after = null where job_id = $1",
    [jobId],
  );
}

const settledAt = async (jobId: string) =>
  (await world.database.query('select settled_at from job where job_id = $1', [jobId])).rows[0]!
    .settled_at as Date | null;

it('captures the hold of a completed job at once and remembers the acknowledgement', async () => {
  const job = await completedJob();
  expect(await settlement.ended(job)).toBe(true);
  expect(ledger.holds.get(job.jobId)).toMatchObject({ state: 'captured', amountMicros: 1_250_000n });
  expect(await settledAt(job.jobId)).toBeInstanceOf(Date);
});

it("is part of its job's trace, and what is tried again only points to it", async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const job = await completedJob('live', `00-${traceId}-b7ad6b7169203331-01`);
  const spans = await spansOf(async () => {
    ledger.fail('settle', 'lost_before');
    expect(await settlement.ended(job)).toBe(false);
    ledger.fail('settle', 'none');
    await longAgo(job.jobId);
    settlement.start();
    await eventually(() => settledAt(job.jobId), { what: 'the job is settled' });
    await settlement.stop();
  });
  const settles = spans
    .filter(({ name }) => name === 'settle')
    .map(({ traceId: within, links = [] }) => [within === traceId, links.map((link) => link.traceId)]);
  expect(settles).toEqual([
    [true, []],
    [false, [traceId]],
  ]);
});

it('stops only when what is being settled is written', async () => {
  const job = await completedJob();
  const { promise: answer, resolve } = Promise.withResolvers<void>();
  const settle = ledger.settle.bind(ledger);
  jest.spyOn(ledger, 'settle').mockImplementation((order, timeoutMs) => answer.then(() => settle(order, timeoutMs)));
  const settling = settlement.ended(job);
  let isStopped = false;
  const stopped = settlement.stop().then(() => {
    isStopped = true;
  });
  await world.database.query('select 1');
  expect(isStopped).toBe(false);
  resolve();
  await stopped;
  expect(await settledAt(job.jobId)).toBeInstanceOf(Date);
  expect(await settling).toBe(true);
});

it('sends no verdict again that the ledger has acknowledged', async () => {
  const [settled, open] = [await completedJob(), await completedJob()];
  await settlement.ended(settled);
  for (const { jobId } of [settled, open]) await longAgo(jobId);
  expect((await new UnsettledJobs(world.database).due()).map(({ jobId }) => jobId)).toEqual([open.jobId]);
});

it.each(['lost_before', 'lost_after'] as const)(
  'sends a verdict again until it is acknowledged (%s), and charges once',
  async (fault) => {
    const job = await completedJob();
    ledger.fail('settle', fault);
    expect(await settlement.ended(job)).toBe(false);
    expect(await settledAt(job.jobId)).toBeNull();
    await longAgo(job.jobId);
    settlement.start();
    await eventually(
      async () => (await world.database.query('select 1 from job where settle_attempts > 0')).rowCount === 1,
      { what: 'the loop has tried' },
    );
    ledger.fail('settle', 'none');
    await longAgo(job.jobId);
    await eventually(() => settledAt(job.jobId), { what: 'the job is settled' });
    expect(ledger.holds.get(job.jobId)!.state).toBe('captured');
    expect(ledger.availableOf(job.accountId)).toBe(0n);
  },
);

it('leaves a verdict that contradicts the ledger unsettled', async () => {
  const job = await completedJob();
  await ledger.voidHold({ accountId: job.accountId, jobId: job.jobId }, 1_000);
  expect(await settlement.ended(job)).toBe(false);
  expect(await settledAt(job.jobId)).toBeNull();
});

it('alarms when the ledger knows no hold of a job', async () => {
  const refused = async () =>
    (await verdictsRefused.get()).values.find(({ labels }) => labels.refusal === 'hold_unknown')?.value ?? 0;
  const before = await refused();
  const job = await completedJob();
  ledger.holds.delete(job.jobId);
  expect(await settlement.ended(job)).toBe(false);
  expect(await refused()).toBe(before + 1);
});

it('captures the hold of a test job in play money', async () => {
  const job = await completedJob('test');
  expect(await settledAt(job.jobId)).toBeNull();
  expect(await settlement.ended(job)).toBe(true);
  expect(ledger.holds.get(job.jobId)).toMatchObject({ accountId: bookOf(job.accountId, 'test'), state: 'captured' });
  expect(await settledAt(job.jobId)).toBeInstanceOf(Date);
});

it('asks nothing for a test job from before the sandbox had holds', async () => {
  const job = await completedJob('test');
  ledger.holds.delete(job.jobId);
  expect(await settlement.ended(job)).toBe(true);
  expect(await settledAt(job.jobId)).toBeInstanceOf(Date);
});

it('voids old holds of jobs that do not exist, settles those of ended jobs and leaves the others', async () => {
  const ended = await completedJob();
  const accountId = await addAccount(world.database);
  ledger.fund(accountId, 2_500_000n);
  const [running] = (await addJobs(world.database, accountId, 1)) as [string];
  for (const jobId of [running, 'job_ghost'])
    await ledger.placeHold(
      { accountId, jobId, apiKeyId: 'key_1', model: 'test-picture', resolution: '720p', durationSeconds: 5 },
      1_000,
    );
  await settlement.justifyHolds(600);
  expect(ledger.pendingHolds()).toHaveLength(3);
  await settlement.justifyHolds(0);
  expect(ledger.pendingHolds()).toEqual([running]);
  expect(ledger.holds.get(ended.jobId)!.state).toBe('captured');
  expect(ledger.holds.get('job_ghost')!.state).toBe('released');
});

it('comes to a hold behind more than a page of justified ones, and begins again after the last', async () => {
  const accountId = await addAccount(world.database);
  ledger.fund(accountId, 10_000_000_000n);
  const place = (jobId: string) =>
    ledger.placeHold(
      { accountId, jobId, apiKeyId: 'key_1', model: 'test-picture', resolution: '720p', durationSeconds: 5 },
      1_000,
    );
  const waiting = await addJobs(world.database, accountId, 1_100);
  for (const jobId of waiting) await place(jobId);
  await place('job_ghost');
  await settlement.justifyHolds(0);
  expect(ledger.holds.get('job_ghost')!.state).toBe('released');
  await place('job_second_ghost');
  await settlement.justifyHolds(0);
  expect(ledger.pendingHolds()).toEqual(waiting);
});
