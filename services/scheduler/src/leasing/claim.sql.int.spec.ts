import { inTransaction } from '@usvideo/event-store';
import { eventually } from '@usvideo/testing';
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
import { clocksAfter } from '../limits/virtual-time';
import { claim } from './claim.sql';
import { wakeQueues } from '../dispatch/dispatch-wake.sql';
import { JobReports } from './job-reports.sql';
import { eligibleExist, moveClocks, queuesWithWork } from '../dispatch/queue-activity.sql';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

async function leasedEvents(): Promise<Map<string, number>> {
  const { rows } = await world.database.query(
    "select stream_id, count(*)::int as n from event where kind = 'job_leased' group by 1",
  );
  return new Map(rows.map((row) => [row.stream_id, row.n]));
}

describe('claim', () => {
  it('leases the oldest jobs of an account up to its limit', async () => {
    const account = await addAccount(world.database, { concurrentJobs: 2 });
    const jobs = await addJobs(world.database, account, 3);
    const { leased } = await claimOnce(world.database, [freeWorker(5)]);
    expect(leased.map(({ job }) => job.jobId).sort()).toEqual(jobs.slice(0, 2).sort());
    expect(leased[0]!.job.state).toMatchObject({
      name: 'leased',
      attempts: [{ attempt: 1, workerId: 'wrk_1', engine: 'procedural' }],
    });
    expect((await claimOnce(world.database, [freeWorker(3)])).leased).toEqual([]);
    expect(await drift(world.database)).toEqual([]);
  });

  it('neither takes jobs of the other class nor of suspended accounts nor before their time', async () => {
    const [other, suspended, early] = [
      await addAccount(world.database),
      await addAccount(world.database),
      await addAccount(world.database),
    ];
    await addJobs(world.database, other, 1, { jobClass: 'large' });
    await addJobs(world.database, suspended, 1);
    await addJobs(world.database, early, 1, { holdSeconds: 60 });
    await world.database.query('update account_slot set suspended = true where account_id = $1', [suspended]);
    expect((await claimOnce(world.database, [freeWorker(5)])).leased).toEqual([]);
  });

  it('gives an account five times the share for five times the limit, and from the next claim on when the limit is raised', async () => {
    const small = await addAccount(world.database);
    const large = await addAccount(world.database, { concurrentJobs: 50 });
    for (const account of [small, large]) await addJobs(world.database, account, 60);
    const leasesOf = async (slots: number) => {
      const { leased } = await claimOnce(world.database, [freeWorker(slots)]);
      return [small, large].map((account) => leased.filter(({ job }) => job.accountId === account).length);
    };
    expect(await leasesOf(12)).toEqual([2, 10]);
    await world.database.query('update account_slot set concurrent_jobs = 50 where account_id = $1', [small]);
    expect(await leasesOf(12)).toEqual([6, 6]);
    expect(await drift(world.database)).toEqual([]);
  });

  it('lets eight claimers run every job once, within every limit, until nothing is left', async () => {
    for (let index = 0; index < 30; index++) {
      await addJobs(world.database, await addAccount(world.database, { concurrentJobs: 1 + (index % 4) }), 8);
    }
    const reports = new JobReports({
      database: world.database,
      settings,
      onChanged: () => undefined,
      onCommitted: () => undefined,
    });
    let over = 0;
    const runAll = async (index: number): Promise<string[]> => {
      const jobs: string[] = [];
      while ((await world.database.query("select 1 from job_queue where state = 'queued' limit 1")).rowCount! > 0) {
        const { leased } = await claimOnce(world.database, [freeWorker(5, { workerId: `wrk_${index}` })]);
        over += (await world.database.query('select 1 from account_slot where running > concurrent_jobs')).rowCount!;
        await Promise.all(
          leased.map(async ({ job: { jobId, state } }) => {
            const { leaseId } = state.attempts[0]!;
            await reports.submit({ type: 'StartRendering', jobId, leaseId, aspectRatio: '16:9' });
            expect((await reports.submit({ type: 'Complete', jobId, leaseId, artifact })).refusal).toBe('');
            jobs.push(jobId);
          }),
        );
      }
      return jobs;
    };
    const ran = (await Promise.all(Array.from({ length: 8 }, (_, index) => runAll(index)))).flat();
    expect([over, ran.length, new Set(ran).size]).toEqual([0, 240, 240]);
    expect([...(await leasedEvents()).values()]).toEqual(Array.from({ length: 240 }, () => 1));
    expect((await world.database.query('select 1 from account_slot where running <> 0')).rowCount).toBe(0);
    expect(await drift(world.database)).toEqual([]);
  });

  it('leaves jobs to nobody else while many claim at once', async () => {
    for (let index = 0; index < 30; index++)
      await addJobs(world.database, await addAccount(world.database, { concurrentJobs: 5 }), 10);
    const claimed = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (async () => {
          const jobs: string[] = [];
          for (let pass = 0; pass < 12; pass++)
            jobs.push(
              ...(await claimOnce(world.database, [freeWorker(7, { workerId: `wrk_${index}` })])).leased.map(
                ({ job }) => job.jobId,
              ),
            );
          return jobs;
        })(),
      ),
    );
    const all = claimed.flat();
    expect(new Set(all).size).toBe(all.length);
    const rest = await claimOnce(world.database, [freeWorker(100)], { patient: true });
    const more = await claimOnce(world.database, [freeWorker(100)], { patient: true });
    expect(all.length + rest.leased.length + more.leased.length).toBe(150);
    expect((await world.database.query('select 1 from account_slot where running <> 5')).rowCount).toBe(0);
    expect([...(await leasedEvents()).values()].every((n) => n === 1)).toBe(true);
    expect(await drift(world.database)).toEqual([]);
  });

  it('serves a small account beside one with a long queue', async () => {
    const whale = await addAccount(world.database, { concurrentJobs: 50 });
    await addJobs(world.database, whale, 200);
    await claimOnce(world.database, [freeWorker(4)]);
    const small = await addAccount(world.database);
    await addJobs(world.database, small, 2);
    const { leased } = await claimOnce(world.database, [freeWorker(4)]);
    expect(leased.filter(({ job }) => job.accountId === small)).toHaveLength(2);
  });

  it('follows a limit that is raised and lowered', async () => {
    const account = await addAccount(world.database, { concurrentJobs: 10 });
    await addJobs(world.database, account, 80);
    const running = async () =>
      (await world.database.query<{ running: number }>('select running from account_slot')).rows[0]!.running;
    const claimAll = async () => {
      for (let more = true; more;) more = (await claimOnce(world.database, [freeWorker(100)])).leased.length > 0;
      return running();
    };
    const limit = (jobs: number) => world.database.query('update account_slot set concurrent_jobs = $1', [jobs]);
    expect(await claimAll()).toBe(10);
    await limit(50);
    expect(await claimAll()).toBe(50);
    await limit(10);
    expect(await claimAll()).toBe(50);
  });

  it('waits for an account that somebody holds, when told to', async () => {
    const account = await addAccount(world.database);
    await addJobs(world.database, account, 1);
    const holder = await world.database.connect();
    await holder.query('begin');
    await holder.query('select 1 from account_slot for update');
    expect((await claimOnce(world.database, [freeWorker(1)])).leased).toEqual([]);
    expect(await eligibleExist(world.database, ['procedural'])).toBe(true);
    await expect(claimOnce(world.database, [freeWorker(1)], { patient: true })).rejects.toMatchObject({
      code: '55P03',
    });
    const patiently = async () =>
      (await claimOnce(world.database, [freeWorker(1)], { patient: true }).catch(() => undefined))?.leased.length;
    const waiting = eventually(patiently, { what: 'a claim after the account was let go' });
    await holder.query('update account_slot set concurrent_jobs = 2');
    await holder.query('commit');
    holder.release();
    expect(await waiting).toBe(1);
  });

  it('strands no job that comes while its queue is put to sleep', async () => {
    const account = await addAccount(world.database);
    await addJobs(world.database, account, 1);
    await claimOnce(world.database, [freeWorker(1)]);
    const { emptied } = await inTransaction(world.database, async (tx, now) => {
      const claimed = await claim(tx, now, {
        workers: [freeWorker(1)],
        patient: false,
        settings,
        newLeaseId: () => 'lease_none',
      });
      await addJobs(world.database, account, 1);
      return claimed;
    });
    const found = await queuesWithWork(world.database, emptied);
    expect(found).toEqual([{ accountId: account, environment: 'live', jobClass: 'procedural' }]);
    await wakeQueues(world.database, found);
    expect((await claimOnce(world.database, [freeWorker(1)])).leased).toHaveLength(1);
  });

  it('charges GPU time at dispatch and corrects it at the end', async () => {
    const account = await addAccount(world.database);
    await addJobs(world.database, account, 1);
    const virtualTime = async () =>
      (await world.database.query<{ virtual_time: number }>('select virtual_time from account_class')).rows[0]!
        .virtual_time;
    const {
      leased: [lease],
    } = await claimOnce(world.database, [freeWorker(1)]);
    expect(await virtualTime()).toBe(5_000);
    const reports = new JobReports({
      database: world.database,
      settings,
      onChanged: () => undefined,
      onCommitted: () => undefined,
    });
    const {
      jobId,
      state: {
        attempts: [attempt],
      },
    } = lease!.job;
    await reports.submit({ type: 'StartRendering', jobId, leaseId: attempt!.leaseId, aspectRatio: '16:9' });
    const { job } = await reports.submit({ type: 'Complete', jobId, leaseId: attempt!.leaseId, artifact });
    expect(await virtualTime()).toBe(job!.state.endedAt!.getTime() - job!.state.renderingStartedAt!.getTime());
  });

  it('banks nothing for an account that was awake and held back while its class moved on', async () => {
    const account = await addAccount(world.database);
    await addJobs(world.database, account, 1);
    await world.database.query(
      "insert into class_clock (job_class, virtual_time) values ('procedural', 70000) on conflict (job_class) do update set virtual_time = excluded.virtual_time",
    );
    expect((await claimOnce(world.database, [freeWorker(1)])).leased).toHaveLength(1);
    const { rows } = await world.database.query<{ virtual_time: number }>(
      'select virtual_time from account_class where account_id = $1',
      [account],
    );
    expect(rows[0]!.virtual_time).toBe(75_000);
  });

  it('lets an account that slept start where its class has come to', async () => {
    const [busy, sleeper] = [await addAccount(world.database), await addAccount(world.database)];
    await addJobs(world.database, busy, 10);
    for (let pass = 0; pass < 3; pass++)
      await moveClocks(
        world.database,
        clocksAfter((await claimOnce(world.database, [freeWorker(1, { workerId: `wrk_${pass}` })])).leased),
      );
    await addJobs(world.database, sleeper, 1);
    const { rows } = await world.database.query<{ virtual_time: number }>(
      'select virtual_time from account_class where account_id = $1',
      [sleeper],
    );
    expect(rows[0]!.virtual_time).toBe(10_000);
  });
});
