import { addAccount, addJobs, openWorld, type World } from '../../test/dispatch-world';
import type { QueuedJob } from './eta';
import { JobChanges } from './job-changes';
import { JobViews } from './job-views.sql';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('the place of a job in its queue', () => {
  it('is counted to 1,000, and the work before it is told from there on', async () => {
    const accountId = await addAccount(world.database);
    const jobs = await addJobs(world.database, accountId, 1_500);
    await addJobs(world.database, await addAccount(world.database), 3);
    const asked: QueuedJob[] = [];
    const views = new JobViews(world.database, new JobChanges(), {
      etaSeconds: (_, job) => {
        asked.push(job);
        return 1;
      },
    });
    const { rows } = await world.database.query<{ job_id: string }>(
      'select job_id from job_queue where account_id = $1 order by queue_order',
      [accountId],
    );
    const inLine = rows.map((row) => row.job_id);
    expect(inLine).toHaveLength(jobs.length);
    const positions: (number | undefined)[] = [];
    for (const place of [1, 999, 1_000, 1_001, 1_500])
      positions.push((await views.one({ accountId, environment: 'live' }, inLine[place - 1]!))?.queue?.position);
    expect(positions).toEqual([1, 999, 1_000, 1_000, 1_000]);
    expect(asked.map(({ upToMs }) => Math.round(upToMs / 5_000))).toEqual([1, 999, 1_000, 1_001, 1_500]);
  });
});
