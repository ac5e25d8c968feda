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
import { JobChanges } from '../views/job-changes';
import { JobReports } from '../leasing/job-reports.sql';
import { extendGrace } from '../leasing/lease-grace.sql';
import { Heartbeats } from '../workers/heartbeats.loop';
import { WorkerRegistry } from '../workers/worker-registry.service';
import { LeaseExpiry } from './lease-expiry.loop';

let world: World;
let reports: JobReports;
beforeEach(async () => {
  world = await openWorld();
  reports = new JobReports({
    database: world.database,
    settings,
    onChanged: () => undefined,
    onCommitted: () => undefined,
  });
});
afterEach(async () => {
  await reports.settled();
  await world.close();
});

const replica = (database = world.database) => new LeaseExpiry({ database, reports, settings });
const states = async () =>
  (await world.database.query<{ state: string }>('select state from job_queue order by job_id')).rows.map(
    ({ state }) => state,
  );
const graceIsOver = () => world.database.query("update lease_grace set until = '-infinity'");

/** Six renders whose leases ended while nobody could write a heartbeat. */
async function sixLapsed(): Promise<void> {
  await addJobs(world.database, await addAccount(world.database), 6);
  await claimOnce(world.database, [freeWorker(6)]);
  await world.database.query("update job_queue set lease_until = clock_timestamp() - interval '1 second'");
}

const six = (state: string) => Array.from({ length: 6 }, () => state);

it('takes leases that lapsed while everything was there', async () => {
  const expiry = replica();
  await expiry.sweep();
  await graceIsOver();
  await sixLapsed();
  await expiry.sweep();
  expect(await states()).toEqual(six('queued'));
});

it('takes none for the time of a lease after a start, on no replica', async () => {
  const other = replica();
  await other.sweep();
  await graceIsOver();
  await sixLapsed();
  await replica().sweep();
  await other.sweep();
  expect(await states()).toEqual(six('leased'));
});

it('takes none after a sweep that came back late, as from a database that stood still', async () => {
  let clock = 0;
  const now = jest.spyOn(performance, 'now').mockImplementation(() => clock);
  try {
    const slow = {
      query: (statement: never) => {
        clock += settings.leaseMs;
        return world.database.query(statement);
      },
    };
    const expiry = replica(slow as unknown as World['database']);
    await sixLapsed();
    await expiry.sweep();
    expect(await states()).toEqual(six('leased'));
  } finally {
    now.mockRestore();
  }
});

it('takes none after a sweep that failed, however quickly it did', async () => {
  let isAway = false;
  const refusing = {
    query: (statement: never) => (isAway ? Promise.reject(new Error('away')) : world.database.query(statement)),
  };
  const expiry = replica(refusing as unknown as World['database']);
  await expiry.sweep();
  await graceIsOver();
  await sixLapsed();
  isAway = true;
  await expect(expiry.sweep()).rejects.toThrow('away');
  isAway = false;
  await expiry.sweep();
  expect(await states()).toEqual(six('leased'));
});

it('takes none while another replica gives time for heartbeats that it could not write', async () => {
  const expiry = replica();
  await expiry.sweep();
  await graceIsOver();
  await sixLapsed();
  let isAway = true;
  const database = {
    query: (statement: never) => (isAway ? Promise.reject(new Error('away')) : world.database.query(statement)),
  };
  const heartbeats = new Heartbeats({
    database: database as unknown as World['database'],
    workers: new WorkerRegistry(),
    changes: new JobChanges(),
    settings,
    logger,
  });
  heartbeats.beat('wrk_1', [{ jobId: 'job_other', leaseId: 'lease_other', progress: 1 }], () => undefined);
  await expect(heartbeats.write()).rejects.toThrow('away');
  isAway = false;
  await heartbeats.write();
  await expiry.sweep();
  expect(await states()).toEqual(six('leased'));
});

it('judges a silence again under the lock, by the same grace', async () => {
  await sixLapsed();
  const { rows } = await world.database.query<{ job_id: string; lease_id: string }>(
    'select job_id, lease_id from job_queue',
  );
  await extendGrace(world.database, settings.leaseMs);
  const [{ job_id: jobId, lease_id: leaseId }] = rows as [(typeof rows)[number]];
  expect(await reports.submit({ type: 'LoseLease', jobId, leaseId, reason: 'lease_expired' })).toMatchObject({
    refusal: 'lease_alive',
    changed: false,
  });
});
