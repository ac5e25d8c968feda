import { addAccount, addJobs, claimOnce, freeWorker, openWorld, settings, type World } from '../../test/dispatch-world';
import { JobOrders } from '../orders/job-orders.sql';
import type { Environment } from '../job/job';
import { JobReports, type JobReport } from './job-reports.sql';
import { overdueJobs, renewLeases } from './leases.sql';

let world: World;
let reports: JobReports;
beforeAll(async () => {
  world = await openWorld();
  reports = new JobReports({
    database: world.database,
    settings,
    onChanged: () => undefined,
    onCommitted: () => undefined,
  });
});
afterAll(() => world.close());

interface QueueRow {
  lease_until: Date;
  progress: number;
}
const rowOf = async (jobId: string) =>
  (await world.database.query<QueueRow>('select lease_until, progress from job_queue where job_id = $1', [jobId]))
    .rows[0]!;

async function leasedJob(
  environment: Environment = 'live',
): Promise<{ accountId: string; jobId: string; leaseId: string }> {
  const accountId = await addAccount(world.database, { environment });
  const [jobId] = await addJobs(world.database, accountId, 1, { environment, jobClass: `class_${accountId}` });
  const {
    leased: [lease],
  } = await claimOnce(world.database, [freeWorker(1, { jobClasses: [`class_${accountId}`] })]);
  return { accountId, jobId: jobId!, leaseId: lease!.job.state.attempts[0]!.leaseId };
}

describe('a heartbeat', () => {
  it('with the id of another lease prolongs nothing and moves no progress', async () => {
    const { jobId } = await leasedJob();
    const before = await rowOf(jobId);
    expect(
      await renewLeases(world.database, [{ jobId, leaseId: 'lease_of_before', progress: 90 }], {
        ...settings,
        leaseMs: 600_000,
      }),
    ).toEqual([{ jobId, leaseId: 'lease_of_before', reason: 'lease_lost' }]);
    expect(await rowOf(jobId)).toEqual(before);
  });

  it('never takes progress back', async () => {
    const { jobId, leaseId } = await leasedJob();
    for (const progress of [40, 10])
      expect(await renewLeases(world.database, [{ jobId, leaseId, progress }], settings)).toEqual([]);
    expect((await rowOf(jobId)).progress).toBe(40);
  });
});

type LeaseReport = Extract<JobReport, { readonly leaseId: string }>;

/** Every report that names a lease: one that is new is missing here and does not compile. */
const REPORTS = {
  StartRendering: { type: 'StartRendering', aspectRatio: '16:9' },
  Complete: {
    type: 'Complete',
    artifact: {
      videoKey: 'k',
      thumbnailKey: 't',
      sizeBytes: 1n,
      sha256: '',
      width: 1280,
      height: 720,
      frames: 120,
      durationMs: 5_000,
    },
  },
  FailAttempt: { type: 'FailAttempt', errorCode: 'engine_error', errorMessage: 'broken', retryable: true },
  HandBack: { type: 'HandBack' },
  LoseLease: { type: 'LoseLease', reason: 'lease_expired' },
} as const satisfies {
  readonly [Type in LeaseReport['type']]: Omit<Extract<LeaseReport, { type: Type }>, 'jobId' | 'leaseId'>;
};

describe('a report with the id of another lease', () => {
  it.each(Object.values(REPORTS))('changes nothing of its job: $type', async (report) => {
    const { jobId, leaseId } = await leasedJob();
    // As after the attempt before this one: its lease has lapsed.
    await world.database.query('update job_queue set lease_until = clock_timestamp() where job_id = $1', [jobId]);
    const look = async () =>
      (
        await world.database.query(
          'select j.state, j.attempts, j.started_at, q.state as queue_state, q.lease_id, q.lease_until, q.rendering from job j join job_queue q using (job_id) where job_id = $1',
          [jobId],
        )
      ).rows;
    const before = await look();
    expect(await reports.submit({ ...report, jobId, leaseId: 'lease_of_before' })).toMatchObject({
      refusal: report.type === 'LoseLease' ? 'lease_alive' : 'lease_lost',
      ended: false,
    });
    expect(await look()).toEqual(before);
    expect(before).toEqual([expect.objectContaining({ state: 'leased', lease_id: leaseId })]);
  });
});

describe('a deadline', () => {
  it('is that of what waits, and not of what renders', async () => {
    const [waiting, rendering] = [await leasedJob(), await leasedJob()];
    expect(
      await reports.submit({
        type: 'StartRendering',
        jobId: rendering.jobId,
        leaseId: rendering.leaseId,
        aspectRatio: '16:9',
      }),
    ).toMatchObject({ refusal: '' });
    const overdue = [waiting.jobId, rendering.jobId];
    await world.database.query(`update job_queue set deadline_at = clock_timestamp() where job_id = any($1)`, [
      overdue,
    ]);
    expect((await overdueJobs(world.database)).filter((jobId) => overdue.includes(jobId))).toEqual([waiting.jobId]);
  });
});

describe('a stranger', () => {
  it.each([{ type: 'Cancel', apiKeyId: 'key_of_another' }, { type: 'EraseContent' }] as const)(
    'cannot $kind a job, and learns nothing of it',
    async (order) => {
      const orders = new JobOrders({ database: world.database, settings, onCommitted: () => undefined });
      const { jobId } = await leasedJob();
      const stranger = { accountId: await addAccount(world.database), environment: 'live' as const };
      expect(await orders.submit({ ...order, scope: stranger, jobId, traceparent: '' })).toEqual({ kind: 'not_found' });
      expect(
        (
          await world.database.query(
            'select state, content_erased_at from job join job_content using (job_id) where job_id = $1',
            [jobId],
          )
        ).rows,
      ).toEqual([{ state: 'leased', content_erased_at: null }]);
    },
  );
});
