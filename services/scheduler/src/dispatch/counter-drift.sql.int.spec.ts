import {
  addAccount,
  addJobs,
  claimOnce,
  drift,
  freeWorker,
  logger,
  openWorld,
  type World,
} from '../../test/dispatch-world';
import { repairDrift } from './counter-drift.sql';
import { counterDrift } from '../metrics';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

async function repairs(): Promise<number> {
  const before = (await counterDrift.get()).values[0]?.value ?? 0;
  await repairDrift(world.database, logger);
  return ((await counterDrift.get()).values[0]?.value ?? 0) - before;
}

describe('counter drift', () => {
  it('is repaired and counted', async () => {
    const account = await addAccount(world.database);
    await addJobs(world.database, account, 5);
    await claimOnce(world.database, [freeWorker(2)]);
    await world.database.query('update account_slot set running = 7, departed = departed + 1');
    expect(await drift(world.database)).toHaveLength(1);
    expect(await repairs()).toBe(1);
    expect(await drift(world.database)).toEqual([]);
  });

  it('is not seen where there is none, also while a submission is being authorized', async () => {
    const account = await addAccount(world.database);
    await addJobs(world.database, account, 3);
    await world.database.query(
      "insert into submission (job_id, account_id, environment, state, created_at) values ('job_1', $1, 'live', 'authorizing', now())",
      [account],
    );
    await world.database.query('update admission set admitted = admitted + 1');
    expect(await repairs()).toBe(0);
  });
});
