import { jobsWithoutHold } from '../metrics';
import { addAccount, addJobs, logger, openWorld, type World } from '../../test/dispatch-world';
import { FakeLedger } from '../../test/fake-ledger';
import { MissingHolds } from './missing-holds.loop';
import { UnsettledJobs } from './unsettled-jobs.sql';

let world: World;
let ledger: FakeLedger;
let missing: MissingHolds;
beforeEach(async () => {
  world = await openWorld();
  ledger = new FakeLedger();
  missing = new MissingHolds({ jobs: new UnsettledJobs(world.database), ledger, logger });
});
afterEach(() => world.close());

const found = async () => (await jobsWithoutHold.get()).values[0]!.value;

/** Jobs with a hold each. */
async function heldJobs(count: number, environment: 'live' | 'test' = 'live'): Promise<string[]> {
  const accountId = await addAccount(world.database, { environment });
  ledger.fund(accountId, 1_250_000n * BigInt(count));
  const jobIds = await addJobs(world.database, accountId, count, { environment });
  for (const jobId of jobIds)
    await ledger.placeHold(
      { accountId, jobId, apiKeyId: 'key_1', model: 'test-picture', resolution: '720p', durationSeconds: 5 },
      1_000,
    );
  return jobIds;
}

/** All pages of it. */
async function look(): Promise<number> {
  while (await missing.look());
  return found();
}

it('alarms at the next look when a job that has not ended has no hold, until it has ended', async () => {
  const [lost] = await heldJobs(3);
  expect(await look()).toBe(0);
  ledger.holds.delete(lost!);
  expect(await look()).toBe(1);
  await world.database.query('delete from job_queue where job_id = $1', [lost]);
  expect(await look()).toBe(0);
});

it('looks at every page of them', async () => {
  const jobIds = (await heldJobs(1_001)).sort();
  for (const jobId of [jobIds[0]!, jobIds[500]!, jobIds[1_000]!]) ledger.holds.delete(jobId);
  expect(await missing.look()).toBe(true);
  expect(await look()).toBe(3);
  expect(await look()).toBe(3);
});

it('misses none of a job that ends while it is looked at, nor of a test job, nor by what an older ledger answers', async () => {
  const [ending, other] = await heldJobs(2);
  const [test] = await heldJobs(1, 'test');
  ledger.holds.delete(test!);
  const pendingHoldsOf = ledger.pendingHoldsOf.bind(ledger);
  jest.spyOn(ledger, 'pendingHoldsOf').mockImplementationOnce(async (jobIds) => {
    ledger.holds.delete(ending!);
    await world.database.query('delete from job_queue where job_id = $1', [ending]);
    return pendingHoldsOf(jobIds);
  });
  expect(await look()).toBe(0);
  ledger.holds.delete(other!);
  jest
    .spyOn(ledger, 'pendingHoldsOf')
    .mockResolvedValueOnce([{ jobId: 'job_of_another', accountId: 'acc', amountMicros: 1n, placedAt: new Date() }]);
  expect(await look()).toBe(0);
});
