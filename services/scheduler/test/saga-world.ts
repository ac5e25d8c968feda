import type { CreateJob, CreateJobAnswer } from '@usvideo/contracts/scheduler';
import { inTransaction, type Database } from '@usvideo/event-store';
import { TEST_PICTURE } from '../src/catalogue/models';
import { FleetEstimate } from '../src/capacity/fleet-estimate.loop';
import { JobRenderer } from '../src/views/job-renderer.service';
import { startSubmissions, type SubmissionsOptions } from '../src/submission/submissions.service';
import { JobChanges } from '../src/views/job-changes';
import { JobViews } from '../src/views/job-views.sql';
import { closeSubmissions } from '../src/submission/submission-closer.sql';
import { logger, openWorld } from './dispatch-world';
import { FakeLedger } from './fake-ledger';
import { createRequest, newAccount } from './scheduler-world';

/** The submission saga alone, with short times, over a ledger that can be made to fail. */
export interface SagaWorld {
  readonly ledger: FakeLedger;
  readonly database: Database;
  /** Another process over the same database and ledger. */
  replica(over?: Partial<SubmissionsOptions>): (request: CreateJob) => Promise<CreateJobAnswer>;
  close(): Promise<void>;
}

export async function startSagaWorld(): Promise<SagaWorld> {
  const world = await openWorld();
  const ledger = new FakeLedger();
  const running: { stop(): Promise<void> }[] = [];
  return {
    ledger,
    database: world.database,
    replica: (over) => {
      const estimate = new FleetEstimate({
        database: world.database,
        logger,
        models: [TEST_PICTURE],
        maxWaitMs: 0,
        declaredSlots: 0,
        coldStartMs: 0,
      });
      const views = new JobViews(world.database, new JobChanges(), estimate);
      const submissions = startSubmissions({
        config: { MODELS: [TEST_PICTURE] },
        database: world.database,
        ledger,
        views,
        estimate,
        logger,
        onCommitted: () => undefined,
        wake: { wake: () => undefined },
        renderer: new JobRenderer({ secret: 'a secret of the tests', publicUrl: 'http://localhost:8080' }),
        times: { sagaMs: 600, duplicateMs: 3_000, staleMs: 60_000 },
        ...over,
      });
      running.push(submissions);
      return (request) => submissions.creation.create(request);
    },
    close: async () => {
      await Promise.all(running.map((each) => each.stop()));
      await world.close();
    },
  };
}

/** A funded account and a request of it under a key. */
export function fundedRequest(ledger: FakeLedger, over: Partial<CreateJob> = {}, micros = 1_250_000n): CreateJob {
  const request = createRequest({ accountId: newAccount(), idempotencyKey: 'order-7', ...over });
  ledger.fund(request.accountId, micros);
  return request;
}

/** What the account has left in the scheduler's tables. */
export async function traces(database: Database, accountId: string): Promise<Record<string, unknown>> {
  const { rows } = await database.query(
    `
    select (select count(*)::int from idempotency_key where account_id = $1) as keys,
      (select coalesce(sum(admitted), 0)::int from admission where account_id = $1) as admitted,
      (select count(*)::int from job where account_id = $1) as jobs,
      (select count(*)::int from event where account_id = $1) as events,
      (select coalesce(json_agg(distinct state), '[]') from submission where account_id = $1) as submissions`,
    [accountId],
  );
  return rows[0]!;
}

/** What the sweep does to a submission, done now. */
export async function voidSubmissions(database: Database, accountId: string): Promise<void> {
  const { rows } = await database.query<{ job_id: string }>('select job_id from submission where account_id = $1', [
    accountId,
  ]);
  await inTransaction(database, (tx, now) =>
    closeSubmissions(
      tx,
      now,
      rows.map((row) => ({ type: 'Void', jobId: row.job_id, askLedger: true })),
    ),
  );
}
