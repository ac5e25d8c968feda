import { inTransaction } from '@usvideo/event-store';
import {
  addAccount,
  addJobs,
  claimOnce,
  drift,
  freeWorker,
  logger,
  openWorld,
  settings,
  type World,
} from '../../test/dispatch-world';
import { FakeLedger } from '../../test/fake-ledger';
import { JobChanges } from '../views/job-changes';
import { JobOrders } from './job-orders.sql';
import { JobReports } from '../leasing/job-reports.sql';
import type { Scope } from '../views/job-views.sql';
import { endUsersOf } from '../views/end-users.sql';
import { lockJobs } from '../job/job-writer.sql';
import { UnsettledJobs } from '../settlement/unsettled-jobs.sql';
import { CustomerOrders } from './customer-orders.service';
import { Settlement } from '../settlement/settlement.loop';

let world: World;
let ledger: FakeLedger;
let orders: CustomerOrders;
let settlement: Settlement;
let ended: [string, string, string][];
beforeEach(async () => {
  world = await openWorld();
  ledger = new FakeLedger();
  ended = [];
  const changes = new JobChanges();
  settlement = new Settlement({ jobs: new UnsettledJobs(world.database), ledger, changes, logger });
  orders = new CustomerOrders({
    orders: new JobOrders({ database: world.database, settings, onCommitted: () => undefined }),
    changes,
    logger,
    settleWithinMs: 200,
    holders: { endLease: (...lease) => ended.push(lease) },
    settle: (job) => settlement.ended(job),
  });
});
afterEach(async () => {
  await settlement.stop();
  await world.close();
});

/** Queued jobs of one live account, each with its hold. */
async function heldJobs(
  count: number,
  options: { concurrentJobs?: number } = {},
): Promise<{ scope: Scope; jobIds: string[] }> {
  const accountId = await addAccount(world.database, options);
  ledger.fund(accountId, 1_250_000n * BigInt(count));
  const jobIds = await addJobs(world.database, accountId, count);
  for (const jobId of jobIds)
    await ledger.placeHold(
      { accountId, jobId, apiKeyId: 'key_1', model: 'test-picture', resolution: '720p', durationSeconds: 5 },
      1_000,
    );
  return { scope: { accountId, environment: 'live' }, jobIds };
}

const settledAt = async (jobId: string) =>
  (await world.database.query('select settled_at from job where job_id = $1', [jobId])).rows[0]!
    .settled_at as Date | null;

describe('cancel', () => {
  it('ends a waiting job, releases its hold before the answer and answers the same again', async () => {
    const {
      scope,
      jobIds: [jobId],
    } = await heldJobs(1);
    const first = await orders.cancel(scope, jobId!, 'key_1');
    expect(first).toMatchObject({
      kind: 'done',
      changed: true,
      job: {
        state: { name: 'cancelled', verdict: { chargedMicros: 0n, releasedMicros: 1_250_000n, rule: 'cancelled' } },
      },
    });
    expect(await settledAt(jobId!)).toBeInstanceOf(Date);
    expect(ledger.availableOf(scope.accountId)).toBe(1_250_000n);
    expect(await orders.cancel(scope, jobId!, 'key_1')).toMatchObject({ kind: 'done', changed: false });
    expect(await drift(world.database)).toEqual([]);
    expect((await world.database.query('select 1 from job_queue')).rowCount).toBe(0);
    expect((await world.database.query("select 1 from event where kind = 'job_cancelled'")).rowCount).toBe(1);
  });

  it('tells the worker of a leased job to stop', async () => {
    const {
      scope,
      jobIds: [jobId],
    } = await heldJobs(1);
    const {
      leased: [lease],
    } = await claimOnce(world.database, [freeWorker(1)]);
    await orders.cancel(scope, jobId!, 'key_1');
    expect(ended).toEqual([[jobId, lease!.job.state.attempts[0]!.leaseId, 'cancelled']]);
    expect(await drift(world.database)).toEqual([]);
  });

  it("is refused from the start of rendering on, and of somebody else's job there is nothing", async () => {
    const {
      scope,
      jobIds: [jobId],
    } = await heldJobs(1);
    const {
      leased: [lease],
    } = await claimOnce(world.database, [freeWorker(1)]);
    const reports = new JobReports({
      database: world.database,
      settings,
      onChanged: () => undefined,
      onCommitted: () => undefined,
    });
    await reports.submit({
      type: 'StartRendering',
      jobId: jobId!,
      leaseId: lease!.job.state.attempts[0]!.leaseId,
      aspectRatio: '16:9',
    });
    expect(await orders.cancel(scope, jobId!, 'key_1')).toMatchObject({
      kind: 'refused',
      job: { state: { name: 'rendering' } },
    });
    expect(await orders.cancel({ ...scope, environment: 'test' }, jobId!, 'key_1')).toEqual({ kind: 'not_found' });
    expect(await orders.cancel(scope, 'job_unknown', 'key_1')).toEqual({ kind: 'not_found' });
    expect(ledger.pendingHolds()).toEqual([jobId]);
  });

  it('is answered before it is settled when the ledger is away, and settled later', async () => {
    const {
      scope,
      jobIds: [jobId],
    } = await heldJobs(1);
    ledger.fail('settle', 'late');
    expect(await orders.cancel(scope, jobId!, 'key_1')).toMatchObject({
      kind: 'done',
      job: { state: { name: 'cancelled' } },
    });
    expect(await settledAt(jobId!)).toBeNull();
    ledger.deliverLate();
    expect(ledger.availableOf(scope.accountId)).toBe(1_250_000n);
  });

  it('races the start of rendering two hundred times, and exactly one wins each time', async () => {
    const { scope, jobIds } = await heldJobs(200, { concurrentJobs: 200 });
    const leased = [
      ...(await claimOnce(world.database, [freeWorker(100)])).leased,
      ...(await claimOnce(world.database, [freeWorker(100)])).leased,
    ];
    expect(leased.length).toBe(200);
    const reports = new JobReports({
      database: world.database,
      settings,
      onChanged: () => undefined,
      onCommitted: () => undefined,
    });
    const outcomes: { started: boolean; cancelled: boolean }[] = [];
    for (const [
      index,
      {
        job: { jobId, state },
      },
    ] of leased.entries()) {
      const start = async () =>
        (
          await reports.submit({
            type: 'StartRendering',
            jobId,
            leaseId: state.attempts[0]!.leaseId,
            aspectRatio: '16:9',
          })
        ).refusal === '';
      const cancel = async () => (await orders.cancel(scope, jobId, 'key_1')).kind === 'done';
      const race = index % 2 ? [start(), cancel()] : [cancel(), start()].reverse();
      const [started, cancelled] = await Promise.all(race);
      outcomes.push({ started: started!, cancelled: cancelled! });
    }
    expect(outcomes.filter(({ started, cancelled }) => started === cancelled)).toEqual([]);
    const won = outcomes.filter(({ cancelled }) => cancelled).length;
    expect([won > 0, won < 200]).toEqual([true, true]);
    expect(ledger.availableOf(scope.accountId)).toBe(1_250_000n * BigInt(won));
    expect(ledger.pendingHolds()).toHaveLength(200 - won);
    expect(await drift(world.database)).toEqual([]);
    const states = await inTransaction(world.database, (tx) => lockJobs(tx, jobIds));
    expect([...states.values()].filter((job) => job.state.name === 'rendering')).toHaveLength(200 - won);
  });
});

describe('erasing content', () => {
  it('deletes what the customer wrote of an ended job and keeps money and times', async () => {
    const {
      scope,
      jobIds: [jobId],
    } = await heldJobs(1);
    expect(await orders.eraseContent(scope, jobId!)).toMatchObject({ kind: 'refused' });
    await orders.cancel(scope, jobId!, 'key_1');
    expect(await orders.eraseContent(scope, jobId!)).toMatchObject({ kind: 'done', changed: true, artifactKeys: [] });
    expect(await orders.eraseContent(scope, jobId!)).toMatchObject({ kind: 'done', changed: false });
    expect((await world.database.query('select 1 from job_content where job_id = $1', [jobId])).rowCount).toBe(0);
    const { rows } = await world.database.query(
      'select released_micros, created_at, content_erased_at from job where job_id = $1',
      [jobId],
    );
    expect(rows[0]).toMatchObject({
      released_micros: 1_250_000n,
      created_at: expect.any(Date),
      content_erased_at: expect.any(Date),
    });
  });

  it('leaves a name under which the spend of an end user adds up, and that tells nothing of them', async () => {
    const scopes = await Promise.all(
      [1, 2].map(async (): Promise<Scope> => ({ accountId: await addAccount(world.database), environment: 'live' })),
    );
    const erased = async (scope: Scope, endUser: string | undefined) => {
      const [jobId] = await addJobs(world.database, scope.accountId, 1, {
        content: { prompt: 'x', metadata: new Map(), endUser },
      });
      await orders.cancel(scope, jobId!, 'key_1');
      await orders.eraseContent(scope, jobId!);
      return (await endUsersOf(world.database, scope, [jobId!])).map((job) => job.endUser);
    };
    const [ada, adaAgain, bob, nobody, adaElsewhere] = [
      await erased(scopes[0]!, 'ada'),
      await erased(scopes[0]!, 'ada'),
      await erased(scopes[0]!, 'bob'),
      await erased(scopes[0]!, undefined),
      await erased(scopes[1]!, 'ada'),
    ];
    expect(ada).toEqual([expect.stringMatching(/^erased:[0-9a-f]{32}$/)]);
    expect(adaAgain).toEqual(ada);
    expect(nobody).toEqual([]);
    expect(new Set([ada[0], bob[0], adaElsewhere[0]]).size).toBe(3);
    expect(
      await endUsersOf(
        world.database,
        scopes[1]!,
        (await world.database.query('select job_id from job where account_id = $1', [scopes[0]!.accountId])).rows.map(
          (row) => row.job_id as string,
        ),
      ),
    ).toEqual([]);
  });

  it('names an uploaded frame only when no other job shows it', async () => {
    const accountId = await addAccount(world.database);
    const scope: Scope = { accountId, environment: 'live' };
    const content = {
      prompt: 'a lighthouse',
      metadata: new Map(),
      firstFrame: 'sha256:ab',
      firstFrameKey: 'inputs/ab',
    };
    const [first, second] = await addJobs(world.database, accountId, 2, { content });
    for (const jobId of [first!, second!]) {
      await ledger.placeHold(
        { accountId, jobId, apiKeyId: 'key_1', model: 'test-picture', resolution: '720p', durationSeconds: 0 },
        1_000,
      );
      await orders.cancel(scope, jobId, 'key_1');
    }
    expect(await orders.eraseContent(scope, first!)).toMatchObject({ artifactKeys: [] });
    expect(await orders.eraseContent(scope, second!)).toMatchObject({ artifactKeys: ['inputs/ab'] });
    expect((await world.database.query('select artifact_key from artifact_deletion')).rows).toEqual([
      { artifact_key: 'inputs/ab' },
    ]);
  });
});
