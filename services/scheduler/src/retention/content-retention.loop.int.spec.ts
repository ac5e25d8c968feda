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
import { JobOrders } from '../orders/job-orders.sql';
import { CustomerOrders } from '../orders/customer-orders.service';
import { JobChanges } from '../views/job-changes';
import { askForErasure, ContentRetention } from './content-retention.loop';

let world: World;
let retention: ContentRetention;
let orders: CustomerOrders;
beforeEach(async () => {
  world = await openWorld();
  orders = new CustomerOrders({
    orders: new JobOrders({ database: world.database, settings, onCommitted: () => undefined }),
    changes: new JobChanges(),
    logger,
    holders: { endLease: () => undefined },
    settle: async () => true,
  });
  retention = new ContentRetention({ database: world.database, orders, logger, days: 90 });
});
afterEach(() => world.close());

const written = async (accountId: string) =>
  (
    await world.database.query<{ job_id: string }>(
      'select job_id from job_content where account_id = $1 order by job_id',
      [accountId],
    )
  ).rows.map((row) => row.job_id);
const age = (jobIds: readonly string[], days: number) =>
  world.database.query(
    'update job_content set created_at = clock_timestamp() - make_interval(days => $2) where job_id = any($1)',
    [jobIds, days],
  );
const erasures = async (jobId: string) =>
  (await world.database.query(`select from event where stream_id = $1 and kind = 'content_erased'`, [jobId])).rowCount;

async function endedJobs(count: number): Promise<{ accountId: string; jobIds: string[] }> {
  const accountId = await addAccount(world.database);
  const jobIds = await addJobs(world.database, accountId, count);
  for (const jobId of jobIds) await orders.cancel({ accountId, environment: 'live' }, jobId, 'key_1');
  return { accountId, jobIds };
}

describe('what a customer wrote', () => {
  it('is erased when it was kept long enough, as the customer would erase it, and not a day before', async () => {
    const {
      accountId,
      jobIds: [old, young],
    } = await endedJobs(2);
    await age([old!], 91);
    await age([young!], 89);
    await retention.eraseExpired();
    expect(await written(accountId)).toEqual([young]);
    expect([await erasures(old!), await erasures(young!)]).toEqual([1, 0]);
  });

  it('is kept while its job has not ended', async () => {
    const accountId = await addAccount(world.database);
    const [jobId] = await addJobs(world.database, accountId, 1);
    await age([jobId!], 400);
    await retention.eraseExpired();
    expect(await written(accountId)).toEqual([jobId]);
  });

  it('is erased in slices, however much there is', async () => {
    const { accountId, jobIds } = await endedJobs(250);
    await age(jobIds, 91);
    await retention.eraseExpired();
    expect(await written(accountId)).toEqual([]);
  });

  it('of an erased account goes at once, with what waits, and with what renders when it has ended', async () => {
    const accountId = await addAccount(world.database, { concurrentJobs: 1 });
    const stranger = await endedJobs(1);
    const jobIds = await addJobs(world.database, accountId, 3);
    const {
      leased: [lease],
    } = await claimOnce(world.database, [freeWorker(1)]);
    await askForErasure(world.database, accountId);
    await retention.eraseAccounts();
    expect(await written(accountId)).toEqual([lease!.job.jobId]);
    expect(await written(stranger.accountId)).toEqual(stranger.jobIds);
    expect(
      (await world.database.query(`select from job where job_id = any($1) and state = 'cancelled'`, [jobIds])).rowCount,
    ).toBe(2);
    await orders.cancel({ accountId, environment: 'live' }, lease!.job.jobId, 'key_1');
    await retention.eraseAccounts();
    expect(await written(accountId)).toEqual([]);
    expect((await world.database.query('select from content_erasure')).rowCount).toBe(0);
  });

  it('leaves the end users of an erased account without the key to their names', async () => {
    const [gone, stays] = [await addAccount(world.database), await addAccount(world.database)];
    for (const accountId of [gone, stays]) {
      const [jobId] = await addJobs(world.database, accountId, 1, {
        content: { prompt: 'x', metadata: new Map(), endUser: 'ada' },
      });
      await orders.cancel({ accountId, environment: 'live' }, jobId!, 'key_1');
      await orders.eraseContent({ accountId, environment: 'live' }, jobId!);
    }
    await askForErasure(world.database, gone);
    await retention.eraseAccounts();
    expect(
      (await world.database.query('select account_id from end_user_key where account_id = any($1)', [[gone, stays]]))
        .rows,
    ).toEqual([{ account_id: stays }]);
  });
});
