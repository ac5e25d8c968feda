import { inTransaction } from '@usvideo/event-store';
import { eventually } from '@usvideo/testing';
import { addAccount, addJobs, logger } from '../../test/dispatch-world';
import { fundedRequest, startSagaWorld, traces, type SagaWorld } from '../../test/saga-world';
import { newAccount } from '../../test/scheduler-world';
import type { StoredJob } from '../job/job-row';
import { lockJobs } from '../job/job-writer.sql';
import { FleetEstimate, type FleetEstimateOptions } from './fleet-estimate.loop';
import { WorkerRegistry } from '../workers/worker-registry.service';
import { fleetWantedSlots, queueDepth } from '../metrics';

let world: SagaWorld;
const running: FleetEstimate[] = [];
beforeEach(async () => {
  world = await startSagaWorld();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((estimate) => estimate.stop()));
  await world.close();
});

function startEstimate(slots: number, over: Partial<FleetEstimateOptions> = {}): FleetEstimate {
  const workers = new WorkerRegistry();
  if (slots > 0)
    workers.connect(
      { workerId: `wrk_${slots}`, engine: 'procedural', jobClasses: ['procedural'], slots },
      { send: () => undefined, close: () => undefined },
    );
  const estimate = new FleetEstimate({
    database: world.database,
    logger,
    models: [],
    maxWaitMs: 100_000,
    declaredSlots: 0,
    coldStartMs: 60_000,
    queueEveryMs: 100,
    ...over,
  }).start(workers);
  running.push(estimate);
  return estimate;
}

const newcomer = { accountId: newAccount(), jobClass: 'procedural', expectedMs: 5_000 };
const queued = { expectedMs: 5_000, upToMs: 5_000, concurrentJobs: 10, running: 0 };
const etaOf = (
  estimate: FleetEstimate,
  is: (seconds: number | undefined) => boolean,
  { of = newcomer.accountId, upToMs = 5_000 } = {},
) =>
  eventually(() => is(estimate.etaSeconds({ accountId: of, jobClass: 'procedural' }, { ...queued, upToMs })), {
    what: 'the estimate',
    deadlineMs: 20_000,
  });

/** A refused account with 30 jobs of 5 s before one slot: 155 s with the one that asks. */
async function fullFleet(): Promise<{ estimate: FleetEstimate; accountId: string }> {
  const accountId = await addAccount(world.database, { accountId: newAccount() });
  await addJobs(world.database, accountId, 30);
  const estimate = startEstimate(1);
  await eventually(() => estimate.refusesFor({ ...newcomer, accountId }), { what: 'a full fleet', deadlineMs: 20_000 });
  return { estimate, accountId };
}

describe('the queue as operators see it', () => {
  it('tells what a worker could take from what the limit holds, and what could run', async () => {
    const accountId = await addAccount(world.database, { accountId: newAccount(), concurrentJobs: 2 });
    await addJobs(world.database, accountId, 5);
    const estimate = startEstimate(3);
    const standing = () => estimate.queues()?.queues.find(({ jobClass }) => jobClass === 'procedural');
    await eventually(() => standing()?.eligible.jobs === 2 && standing()?.slots === 3, {
      what: 'the queue of the class',
      deadlineMs: 20_000,
    });
    expect(standing()).toMatchObject({ environment: 'live', held: { jobs: 3 }, accounts: 1, running: 0 });
    expect(estimate.queues()!.ageSeconds).toBeGreaterThanOrEqual(0);
  });
});

describe('the slots that a fleet is scaled by', () => {
  it('are one for an account at limit one with a thousand jobs queued, and none while it is suspended', async () => {
    const accountId = await addAccount(world.database, { accountId: newAccount(), concurrentJobs: 1 });
    await addJobs(world.database, accountId, 1_000);
    startEstimate(0);
    const wanted = async () =>
      (await fleetWantedSlots.get()).values.find(({ labels }) => labels.class === 'procedural')?.value;
    await eventually(async () => (await wanted()) === 1, { what: 'one wanted slot', deadlineMs: 20_000 });
    await world.database.query('update account_slot set suspended = true where account_id = $1', [accountId]);
    await eventually(async () => (await wanted()) === 0, { what: 'no wanted slot', deadlineMs: 20_000 });
  });
});

describe('the estimate of waiting', () => {
  it('refuses whose wait is above the bound, without a trace, and nobody else', async () => {
    const { estimate, accountId } = await fullFleet();
    const create = world.replica({ estimate });
    world.ledger.fund(accountId, 1_000_000_000n);
    const whale = await create(fundedRequest(world.ledger, { accountId, idempotencyKey: 'order-8' }));
    expect(whale).toMatchObject({ refusal: 'capacity_exhausted', jobId: '' });
    expect(whale.retryAfterMs).toBeGreaterThanOrEqual(155_000 - 80_000);
    expect(whale.retryAfterMs).toBeLessThan(155_000 - 80_000 + 5_000);
    expect(await traces(world.database, accountId)).toMatchObject({ keys: 0, jobs: 30, submissions: ['submitted'] });
    expect(world.ledger.calls).toEqual([]);
    expect(await create(fundedRequest(world.ledger))).toMatchObject({ refusal: '' });
    expect(
      await create(fundedRequest(world.ledger, { accountId, idempotencyKey: '', environment: 'test' })),
    ).toMatchObject({ refusal: '' });
  });

  it('answers a replay also then', async () => {
    const accountId = newAccount();
    const request = fundedRequest(world.ledger, { accountId });
    const first = await world.replica()(request);
    await addJobs(world.database, accountId, 30);
    const estimate = startEstimate(1);
    await eventually(() => estimate.refusesFor({ ...newcomer, accountId }), {
      what: 'a full fleet',
      deadlineMs: 20_000,
    });
    expect(await world.replica({ estimate })(request)).toMatchObject({
      refusal: '',
      jobId: first.jobId,
      replayed: true,
    });
  });

  it('stops refusing only well below the bound', async () => {
    const { estimate, accountId } = await fullFleet();
    const jobsLeft = (jobs: number) =>
      world.database.query(
        'delete from job_queue where account_id = $1 and job_id not in (select job_id from job_queue where account_id = $1 limit $2)',
        [accountId, jobs],
      );
    const seen = (jobs: number) =>
      eventually(
        async () => {
          const { values } = await queueDepth.get();
          const own = values.filter(({ labels }) => labels.class === 'procedural' && labels.environment === 'live');
          return own.reduce((sum, { value }) => sum + value, 0) === jobs;
        },
        { what: `a queue of ${jobs} jobs`, deadlineMs: 20_000 },
      );
    await jobsLeft(17);
    await seen(17);
    expect(estimate.refusesFor({ ...newcomer, accountId })).toBe(10_000);
    await jobsLeft(15);
    await seen(15);
    expect(estimate.refusesFor({ ...newcomer, accountId })).toBeUndefined();
    await addJobs(world.database, accountId, 2);
    await seen(17);
    expect(estimate.refusesFor({ ...newcomer, accountId })).toBeUndefined();
  });

  it('takes a fleet without workers for a cold start', async () => {
    const accountId = await addAccount(world.database);
    await addJobs(world.database, accountId, 30);
    const unknown = startEstimate(0);
    const declared = startEstimate(0, { declaredSlots: 10 });
    await etaOf(declared, (seconds) => seconds === 65);
    expect(declared.refusesFor({ ...newcomer, accountId })).toBeUndefined();
    expect(unknown.refusesFor({ ...newcomer, accountId })).toBeUndefined();
    expect(unknown.etaSeconds(newcomer, queued)).toBeUndefined();
  });

  it('counts the workers of every replica, and the shares of large accounts', async () => {
    const [standard, enterprise] = [
      await addAccount(world.database),
      await addAccount(world.database, { concurrentJobs: 50 }),
    ];
    await addJobs(world.database, standard, 10);
    await addJobs(world.database, enterprise, 10);
    startEstimate(3);
    const estimate = startEstimate(2);
    // 5 slots; until the newcomer has 5 s the enterprise account is given 25 s and the standard one 5 s. Its second job follows, once a
    // slot is free.
    await etaOf(estimate, (seconds) => seconds === 13, { upToMs: 10_000 });
    // Until the enterprise account has 5 s the standard one is given 1 s.
    await etaOf(estimate, (seconds) => seconds === 7, { of: enterprise, upToMs: 10_000 });
  });

  it('learns at which pace jobs are really rendered', async () => {
    const [jobId] = await addJobs(world.database, await addAccount(world.database), 1);
    const job = await inTransaction(world.database, async (tx) => (await lockJobs(tx, [jobId!])).get(jobId!)!);
    const estimate = startEstimate(1);
    await etaOf(estimate, (seconds) => seconds === 8);
    const startedAt = new Date();
    estimate.ended({
      ...job,
      state: {
        ...job.state,
        name: 'completed',
        endedAt: new Date(startedAt.getTime() + 15_000),
        attempts: [
          { attempt: 1, leaseId: 'lease_1', workerId: 'wrk_1', engine: 'procedural', startedAt, counts: true },
        ],
      },
    } satisfies StoredJob);
    await etaOf(estimate, (seconds) => seconds === 23);
  });
});
