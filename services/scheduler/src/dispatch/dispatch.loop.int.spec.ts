import { CommitOutcomeUnknown, openDatabase, type Database } from '@usvideo/event-store';
import { TcpProxy } from '@usvideo/testing';
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
import { spansOf } from '../../test/recorded-spans';
import type { StoredJob } from '../job/job-row';
import { JobReports } from '../leasing/job-reports.sql';
import { JobChanges } from '../views/job-changes';
import { WorkerRegistry } from '../workers/worker-registry.service';
import { DispatchLoop } from './dispatch.loop';

let world: World;
let proxy: TcpProxy;
let database: Database;
let granted: (readonly StoredJob[])[];
let askedAgain: string[][];
let loop: DispatchLoop;

beforeEach(async () => {
  world = await openWorld();
  proxy = await TcpProxy.to(world.url);
  database = openDatabase({ url: proxy.through(world.url), poolSize: 2, applicationName: 'lossy' }, () => undefined);
  [granted, askedAgain] = [[], []];
  const workers = new WorkerRegistry();
  workers.connect(
    { workerId: 'wrk_1', engine: 'procedural', jobClasses: ['procedural'], slots: 2 },
    { send: () => undefined, close: () => undefined },
  );
  const grants = {
    send: async (jobs: readonly StoredJob[]) => {
      granted.push(jobs);
    },
    resend: async (workerIds: string[]) => {
      askedAgain.push(workerIds);
      return 0;
    },
  };
  loop = new DispatchLoop({ database, workers, grants: grants as never, changes: new JobChanges(), settings, logger });
});
afterEach(async () => {
  await database.end();
  await proxy.stop();
  await world.close();
});

it('looks for leases that it granted without knowing, once, after a claim whose outcome nobody knows', async () => {
  await addJobs(world.database, await addAccount(world.database), 1);
  let lose = true;
  proxy.onClientData((chunk, line) => {
    if (!lose || !chunk.includes('commit')) return;
    lose = false;
    line.loseAnswer();
  });
  await expect(loop.pass()).rejects.toThrow(CommitOutcomeUnknown);
  expect(
    (await world.database.query("select 1 from job_queue where state = 'leased' and worker_id = 'wrk_1'")).rowCount,
  ).toBe(1);
  expect([granted, askedAgain]).toEqual([[], []]);
  await loop.pass();
  await loop.pass();
  expect(askedAgain).toEqual([['wrk_1']]);
});

it('records each wait of a job from when it began to wait', async () => {
  await addJobs(world.database, await addAccount(world.database), 1, {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
  const reports = new JobReports({
    database: world.database,
    settings,
    onChanged: () => undefined,
    onCommitted: () => undefined,
  });
  const spans = await spansOf(async () => {
    await loop.pass();
    const [job] = granted[0]!;
    expect(
      await reports.submit({ type: 'HandBack', jobId: job!.jobId, leaseId: job!.state.attempts[0]!.leaseId }),
    ).toMatchObject({ refusal: '', changed: true });
    await loop.pass();
  });
  const waits = spans
    .filter(({ name }) => name === 'queue wait')
    .map(({ startTimeUnixNano, endTimeUnixNano }) => [BigInt(startTimeUnixNano), BigInt(endTimeUnixNano)] as const);
  expect(waits).toHaveLength(2);
  expect(waits[1]![0]).toBeGreaterThanOrEqual(waits[0]![1]);
});

it('gives a worker no more than its slots, whoever granted what it holds', async () => {
  await addJobs(world.database, await addAccount(world.database), 3);
  expect((await claimOnce(world.database, [freeWorker(2, { workerId: 'wrk_1' })])).leased).toHaveLength(2);
  await loop.pass();
  expect(granted.flat()).toEqual([]);
  expect((await world.database.query("select 1 from job_queue where state = 'leased'")).rowCount).toBe(2);
});
