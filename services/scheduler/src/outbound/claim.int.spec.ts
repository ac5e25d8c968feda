import { addAccount, addJobs, claimOnce, drift, freeWorker, openWorld, type World } from '../../test/dispatch-world';
import { JobReports } from './job-reports';
import { settings } from '../../test/dispatch-world';

let world: World;
beforeEach(async () => { world = await openWorld(); });
afterEach(() => world.close());

async function leasedEvents(): Promise<Map<string, number>> {
  const { rows } = await world.database.query("select stream_id, count(*)::int as n from event where kind = 'job_leased' group by 1");
  return new Map(rows.map((row) => [row.stream_id, row.n]));
}

describe('claim', () => {
  it('leases the oldest jobs of an account up to its limit', async () => {
    const account = await addAccount(world.database, { concurrentJobs: 2 });
    const jobs = await addJobs(world.database, account, 3);
    const { leased } = await claimOnce(world.database, [freeWorker(5)]);
    expect(leased.map(({ job }) => job.jobId).sort()).toEqual(jobs.slice(0, 2).sort());
    expect(leased[0]!.job.state).toMatchObject({ name: 'leased', attempts: [{ attempt: 1, workerId: 'wrk_1', engine: 'procedural' }] });
    expect((await claimOnce(world.database, [freeWorker(3)])).leased).toEqual([]);
    expect(await drift(world.database)).toEqual([]);
  });

  it('neither takes jobs of the other class nor of suspended accounts nor before their time', async () => {
    const [other, suspended, early] = [await addAccount(world.database), await addAccount(world.database), await addAccount(world.database)];
    await addJobs(world.database, other, 1, { jobClass: 'large' });
    await addJobs(world.database, suspended, 1);
    await addJobs(world.database, early, 1, { holdSeconds: 60 });
    await world.database.query('update account_slot set suspended = true where account_id = $1', [suspended]);
    expect((await claimOnce(world.database, [freeWorker(5)])).leased).toEqual([]);
  });

  it('lets eight claimers lease every job once, within every limit, and leaves no slot free that could be used', async () => {
    const accounts: string[] = [];
    for (let index = 0; index < 40; index++) {
      const account = await addAccount(world.database, { concurrentJobs: 1 + (index % 4) });
      await addJobs(world.database, account, 8);
      accounts.push(account);
    }
    const reports = new JobReports({ database: world.database, settings, onChanged: () => undefined, onCommitted: () => undefined });
    const leasedJobs: string[] = [];
    let over = 0;
    const claimer = async (index: number): Promise<void> => {
      for (let idle = 0; idle < 3;) {
        const { leased, more } = await claimOnce(world.database, [freeWorker(5, { workerId: `wrk_${index}` })]);
        leasedJobs.push(...leased.map(({ job }) => job.jobId));
        over += (await world.database.query('select 1 from account_slot where running > concurrent_jobs')).rowCount!;
        await Promise.all(leased.map(({ job }) => reports.submit({ kind: 'hand_back', jobId: job.jobId, leaseId: job.state.attempts.at(-1)!.leaseId })
          .then(() => reports.submit({ kind: 'expire_deadline', jobId: job.jobId }))));
        idle = leased.length > 0 || more ? 0 : idle + 1;
        if (leasedJobs.length > 320) return;
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => claimer(index)));
    expect(over).toBe(0);
    expect(await drift(world.database)).toEqual([]);
    expect([...(await leasedEvents()).values()].reduce((sum, n) => sum + n, 0)).toBe(leasedJobs.length);
  });

  it('leaves jobs to nobody else while many claim at once', async () => {
    for (let index = 0; index < 30; index++) await addJobs(world.database, await addAccount(world.database, { concurrentJobs: 5 }), 10);
    const claimed = await Promise.all(Array.from({ length: 8 }, (_, index) => (async () => {
      const jobs: string[] = [];
      for (let pass = 0; pass < 12; pass++) jobs.push(...(await claimOnce(world.database, [freeWorker(7, { workerId: `wrk_${index}` })])).leased.map(({ job }) => job.jobId));
      return jobs;
    })()));
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
    const running = async () => (await world.database.query<{ running: number }>('select running from account_slot')).rows[0]!.running;
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
});
