/** What both dispatchers of `scheduler.ts` are given, and how it gets into their queues. */
import { createRequire } from 'node:module';
import { inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import { PgBoss } from 'pg-boss';
import type pg from 'pg';
import type { Submission } from '../../services/scheduler/src/submission/submission-closer.sql.ts';

const require = createRequire(import.meta.url);
const { MIGRATIONS } =
  require('../../services/scheduler/dist/migrations/all.js') as typeof import('../../services/scheduler/src/migrations/all.ts');
const { closeSubmissions } =
  require('../../services/scheduler/dist/submission/submission-closer.sql.js') as typeof import('../../services/scheduler/src/submission/submission-closer.sql.ts');
const { wakeQueues } =
  require('../../services/scheduler/dist/dispatch/dispatch-wake.sql.js') as typeof import('../../services/scheduler/src/dispatch/dispatch-wake.sql.ts');

export const QUEUE = 'render';
/** Accounts beside the large one and the one whose waits are measured. */
const ACCOUNTS = 1_000;
const LARGE = 'acc_large';
export const PROBE = 'acc_probe';
/** Of all that is queued. */
const LARGE_SHARE = 0.8;
/** Jobs at once of an account, and of the large one, which may fill every slot. */
export const LIMIT = 10;
export const LARGE_LIMIT = 400;
/** Of each process. */
export const WORKERS = 20;
export const SLOTS = 10;
export const RENDER_MS = 20;
const BATCH = 1_000;

/** What a dispatcher says of itself; times are milliseconds since the epoch. */
export interface Told {
  readonly starts: number[];
  readonly probes: [jobId: string, at: number][];
  /** When a slot got its next job, and how long it had none. */
  readonly idle: [at: number, ms: number][];
}

/** A queue of jobs that a dispatcher works on. */
export interface Load {
  fill(jobs: number): Promise<void>;
  /** One job of the small account. */
  probe(jobId: string): Promise<void>;
  /** By how many jobs the accounts that are above their limit are above it, in one snapshot. */
  overLimit(): Promise<number>;
  stop(): Promise<void>;
}

/** The large account was first, and then everybody in turn. */
function* ordered(jobs: number): Generator<readonly [accountId: string, jobId: string]> {
  for (let job = 0; job < jobs; job++) {
    const accountId = job < jobs * LARGE_SHARE ? LARGE : `acc_${String(job % ACCOUNTS).padStart(4, '0')}`;
    yield [accountId, `job_${String(job).padStart(9, '0')}`];
  }
}

function* inBatches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const submission = (accountId: string, jobId: string): Submission => ({
  jobId,
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
});

/** Jobs as their submissions leave them: admitted, recorded as events, in the queue, awake. */
async function submit(database: Database, jobs: readonly (readonly [string, string])[]): Promise<void> {
  const submissions = jobs.map(([accountId, jobId]) => submission(accountId, jobId));
  const columns = [submissions.map(({ jobId }) => jobId), submissions.map(({ accountId }) => accountId)];
  await inTransaction(database, async (tx, now) => {
    await tx.query({
      name: 'bench_open',
      values: [...columns, now],
      text: `insert into submission (job_id, account_id, environment, state, created_at)
        select j, a, 'live', 'authorizing', $3 from unnest($1::text[], $2::text[]) n (j, a)`,
    });
    await tx.query({
      name: 'bench_admit',
      values: [columns[1]],
      text: `update admission a set admitted = a.admitted + n.jobs
        from (select account_id, count(*) as jobs from unnest($1::text[]) u (account_id) group by 1) n where a.account_id = n.account_id`,
    });
    await closeSubmissions(
      tx,
      now,
      submissions.map((each) => ({ type: 'Submit', submission: each })),
    );
  });
  await wakeQueues(database, submissions);
}

export async function schedulerLoad(url: string): Promise<Load> {
  await migrateDatabase({ url, migrations: MIGRATIONS, logger: createLogger('scheduler', 'silent') });
  const database = openDatabase({ url, poolSize: 4, applicationName: 'bench' }, () => undefined);
  return {
    fill: async (jobs) => {
      const accounts = [
        LARGE,
        PROBE,
        ...Array.from({ length: ACCOUNTS }, (_, index) => `acc_${String(index).padStart(4, '0')}`),
      ];
      await database.query(
        `insert into account_slot (account_id, environment, concurrent_jobs) select a, 'live', case a when $2 then $3::integer else $4::integer end from unnest($1::text[]) a`,
        [accounts, LARGE, LARGE_LIMIT, LIMIT],
      );
      await database.query(
        `insert into admission (account_id, environment) select a, 'live' from unnest($1::text[]) a`,
        [accounts],
      );
      for (const batch of inBatches(ordered(jobs))) await submit(database, batch);
      await database.query('vacuum analyze');
    },
    probe: (jobId) => submit(database, [[PROBE, jobId]]),
    overLimit: async () => {
      const { rows } = await database.query<{ over: number }>(`
        select coalesce(sum(n.jobs - s.concurrent_jobs), 0)::integer as over
        from (select account_id, count(*) as jobs from job_queue where state = 'leased' group by 1) n
        join account_slot s using (account_id) where n.jobs > s.concurrent_jobs`);
      return rows[0]!.over;
    },
    stop: () => database.end(),
  };
}

export async function queueLoad(url: string, pool: pg.Pool): Promise<Load> {
  const boss = new PgBoss({ connectionString: url, max: 4, supervise: false, schedule: false });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true });
  const job = ([accountId, jobId]: readonly [string, string]) => ({
    data: { accountId, jobId },
    group: { id: accountId, ...(accountId === LARGE ? { tier: 'large' } : {}) },
  });
  return {
    fill: async (jobs) => {
      for (const batch of inBatches(ordered(jobs))) await boss.insert(QUEUE, batch.map(job));
      await pool.query('vacuum analyze');
    },
    probe: async (jobId) => {
      await boss.insert(QUEUE, [job([PROBE, jobId])]);
    },
    overLimit: async () => {
      const { rows } = await pool.query<{ over: number }>(
        `select coalesce(sum(n.jobs - n.most), 0)::integer as over from (
          select count(*) as jobs, case group_id when $1 then $2::integer else $3::integer end as most
          from pgboss.job where state = 'active' group by group_id) n where n.jobs > n.most`,
        [LARGE, LARGE_LIMIT, LIMIT],
      );
      return rows[0]!.over;
    },
    stop: () => boss.stop({ graceful: false }),
  };
}
