import { createRequire } from 'node:module';
import { createLogger, migrateDatabase } from '@usvideo/runtime';
import type pg from 'pg';

const { WEBHOOKS_MIGRATIONS } = createRequire(import.meta.url)(
  '../../services/webhooks/dist/migrations/all.js',
) as typeof import('../../services/webhooks/src/migrations/all.ts');

export interface Target {
  readonly url: string;
  readonly accountId: string;
}

const BODY = `json_build_object('id', 'due_' || n, 'object', 'video', 'status', 'completed', 'prompt', repeat('x', 800))::text`;

/** Each of these URLs gets its share, one after the other. */
const SHARED = `from generate_series(0, $1::int - 1) as n
join unnest($2::text[], $3::text[]) with ordinality as t (url, account_id, place) on t.place = 1 + n % cardinality($2::text[])`;

const shares = (count: number, targets: readonly Target[]) => [
  count,
  targets.map(({ url }) => url),
  targets.map(({ accountId }) => accountId),
];

/** What the service would have after an outage: events with their bodies, deliveries that are due, and the servers that they go to. */
export async function backlogOfService(pool: pg.Pool, count: number, targets: readonly Target[]): Promise<void> {
  // The service makes its tables when it starts; here they are needed before.
  await migrateDatabase({
    url: pool.options.connectionString!,
    migrations: WEBHOOKS_MIGRATIONS,
    logger: createLogger('webhooks', 'silent'),
  });
  const values = shares(count, targets);
  const prefix = targets[0]!.accountId;
  await pool.query(
    `insert into feed_event (account_id, environment, seq, event_id, event, job_id, job_version, recorded_at, traceparent, body)
    select t.account_id, 'test', n + 1, 'evt_${prefix}' || n, 'video.completed', 'due_${prefix}' || n, 1, clock_timestamp(), '', convert_to(${BODY}, 'UTF8') ${SHARED}`,
    values,
  );
  const key = `t.account_id || ' ' || substring(t.url from '^[^/]+//[^/]+')`;
  await pool.query(
    `insert into delivery (delivery_id, account_id, environment, event_id, event, job_id, job_version, url, isolation_key, traceparent, created_at, status, next_attempt_at)
    select 'dlv_${prefix}' || n, t.account_id, 'test', 'evt_${prefix}' || n, 'video.completed', 'due_${prefix}' || n, 1, t.url, ${key}, '', clock_timestamp(), 'pending', clock_timestamp() ${SHARED}`,
    values,
  );
  await pool.query(
    `insert into destination (isolation_key, account_id, next_due_at) select isolation_key, min(account_id), clock_timestamp() from delivery group by isolation_key on conflict do nothing`,
  );
  await pool.query('analyze');
}

export async function backlogOfQueue(pool: pg.Pool, count: number, targets: readonly Target[]): Promise<void> {
  await pool.query(
    `select graphile_worker.add_jobs(array(
    select ('hook', json_build_object('url', t.url, 'body', ${BODY}), null, null, 4, null, null, null)::graphile_worker.job_spec ${SHARED}))`,
    shares(count, targets),
  );
  await pool.query('analyze');
}
