import { ulid } from 'ulid';
import { inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { postgres, type TestPostgres } from '@usvideo/testing';
import type { Environment } from '../src/job/job';
import type { LeaseSettings } from '../src/leasing/lease';
import type { FreeWorker } from '../src/limits/virtual-time';
import type { RemoteEngines } from '../src/catalogue/remote-engines';
import { claim, type Claimed } from '../src/leasing/claim.sql';
import { wakeQueues } from '../src/dispatch/dispatch-wake.sql';
import { MIGRATIONS } from '../src/migrations/all';
import { closeSubmissions, type Submission } from '../src/submission/submission-closer.sql';

export const logger = createLogger('scheduler-test', 'silent');
export const settings: LeaseSettings = { leaseMs: 20_000, renderTimeoutMs: 900_000 };

export interface World {
  readonly database: Database;
  readonly url: string;
  close(): Promise<void>;
}

/** A migrated database of the scheduler with nothing in it. */
export async function openWorld(): Promise<World> {
  const server: TestPostgres = await postgres();
  const url = await server.createDatabase('scheduler');
  await migrateDatabase({ url, migrations: MIGRATIONS, logger });
  let closing = false;
  const database = openDatabase({ url, poolSize: 20, applicationName: 'scheduler-test' }, (error) => {
    if (!closing) throw error;
  });
  return {
    database,
    url,
    close: async () => {
      closing = true;
      await database.end();
      await server.stop();
    },
  };
}

export interface AccountOptions {
  readonly concurrentJobs?: number;
  readonly environment?: Environment;
  readonly accountId?: string;
}

export async function addAccount(
  database: Database,
  { concurrentJobs = 10, environment = 'live', accountId = `acc_${ulid()}` }: AccountOptions = {},
): Promise<string> {
  await database.query('insert into account_slot (account_id, environment, concurrent_jobs) values ($1, $2, $3)', [
    accountId,
    environment,
    concurrentJobs,
  ]);
  await database.query('insert into admission (account_id, environment) values ($1, $2)', [accountId, environment]);
  return accountId;
}

/** Jobs as submissions leave them: admitted, in the queue, with their event, and awake. */
export async function addJobs(
  database: Database,
  accountId: string,
  count: number,
  over: Partial<Submission> & { readonly asleep?: boolean } = {},
): Promise<string[]> {
  const { asleep = false, ...fields } = over;
  const submissions = Array.from({ length: count }, (): Submission => ({
    jobId: `job_${ulid()}`,
    accountId,
    environment: 'live',
    apiKeyId: 'key_1',
    jobClass: 'procedural',
    expectedGpuMs: 5_000,
    estimatedCostMicros: 1_250_000n,
    deadlineSeconds: 86_400,
    holdSeconds: 0,
    traceparent: '',
    content: { prompt: 'a lighthouse', metadata: new Map() },
    terms: {
      model: 'test-picture',
      mode: 'text_to_video',
      resolution: '720p',
      aspectRatio: '16:9',
      durationSeconds: 5,
      seed: 7,
    },
    ...fields,
  }));
  await inTransaction(database, async (tx, now) => {
    await tx.query({
      name: 'test_open',
      values: [submissions.map((each) => each.jobId), accountId, submissions[0]?.environment ?? 'live', now],
      text: "insert into submission (job_id, account_id, environment, state, created_at) select j, $2, $3, 'authorizing', $4 from unnest($1::text[]) j",
    });
    await tx.query({
      name: 'test_admit',
      values: [accountId, submissions[0]?.environment ?? 'live', count],
      text: 'update admission set admitted = admitted + $3 where account_id = $1 and environment = $2',
    });
    await closeSubmissions(
      tx,
      now,
      submissions.map((submission) => ({ type: 'Submit', submission })),
    );
  });
  if (!asleep && submissions[0]) await wakeQueues(database, [submissions[0]]);
  return submissions.map((each) => each.jobId);
}

export function freeWorker(freeSlots: number, over: Partial<FreeWorker> = {}): FreeWorker {
  return { workerId: 'wrk_1', engine: 'procedural', jobClasses: ['procedural'], freeSlots, ...over };
}

let leases = 0;

export function claimOnce(
  database: Database,
  workers: readonly FreeWorker[],
  over: { patient?: boolean; settings?: LeaseSettings; remote?: RemoteEngines } = {},
): Promise<Claimed> {
  return inTransaction(database, (tx, now) =>
    claim(tx, now, { workers, patient: false, settings, newLeaseId: () => `lease_${(leases += 1)}`, ...over }),
  );
}

/** Accounts whose counters do not equal the rows they count. */
export async function drift(database: Database): Promise<unknown[]> {
  const { rows } = await database.query(`
    select s.account_id, s.running, s.departed, a.admitted, count(q.job_id) filter (where q.state = 'leased') as leased, count(q.job_id) filter (where q.state = 'queued') as queued
    from account_slot s join admission a using (account_id, environment) left join job_queue q using (account_id, environment)
    group by 1, 2, 3, 4
    having s.running <> count(q.job_id) filter (where q.state = 'leased') or a.admitted - s.departed <> count(q.job_id) filter (where q.state = 'queued')`);
  return rows;
}
