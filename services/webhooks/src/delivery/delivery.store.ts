import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import { isolationKey } from './destination';
import { judgeAttempt, type EndedAttempt, type Verdict } from './retry-schedule';

export interface NewDelivery {
  readonly deliveryId: string;
  readonly accountId: string;
  readonly environment: string;
  readonly eventId: string;
  readonly event: string;
  readonly jobId: string;
  readonly jobVersion: bigint;
  readonly url: string;
  readonly copy: number;
  readonly traceparent: string;
}

const WAKE = `
insert into destination (isolation_key, account_id, next_due_at) values ($1, $2, $3)
on conflict (isolation_key) do update set next_due_at = least(destination.next_due_at, excluded.next_due_at)`;

const INSERT = `
insert into delivery (delivery_id, account_id, environment, event_id, event, job_id, job_version, url, isolation_key, copy, traceparent,
                      created_at, status, next_attempt_at, ended_at)
select $1, $2, $3, $4, $5, $6, $7::bigint, $8, $9, $10, $11, $12::timestamptz,
       case when overtaken then 'superseded' else 'pending' end,
       case when overtaken then null else $12::timestamptz end, case when overtaken then $12::timestamptz end
from (select exists (select from delivery where job_id = $6 and url = $8 and job_version > $7::bigint) as overtaken) as later
on conflict (event_id, url, copy) do nothing`;

const SUPERSEDE = `
update delivery set status = 'superseded', next_attempt_at = null, lease_id = null, lease_until = null, ended_at = $4
where job_id = $1 and url = $2 and job_version < $3 and status = 'pending'`;

/** Makes a delivery due at once; what the same URL was still to hear of an earlier status of the job is superseded. */
export async function insertDelivery(tx: Transaction, now: Date, delivery: NewDelivery): Promise<void> {
  const { accountId, copy, deliveryId, environment, event, eventId, jobId, jobVersion, traceparent, url } = delivery;
  const key = isolationKey(accountId, url);
  await tx.query({ name: 'destination_wake', text: WAKE, values: [key, accountId, now] });
  await tx.query({ name: 'delivery_supersede', text: SUPERSEDE, values: [jobId, url, jobVersion, now] });
  await tx.query({
    name: 'delivery_insert', text: INSERT,
    values: [deliveryId, accountId, environment, eventId, event, jobId, jobVersion, url, key, copy, traceparent, now],
  });
}

const END = `
update delivery set status = $3, attempts = $4, next_attempt_at = $5, lease_id = null, lease_until = null,
                    ended_at = case when $5::timestamptz is null then $6::timestamptz end
where delivery_id = $1 and lease_id = $2 and status = 'pending'`;

const INSERT_ATTEMPT = `
insert into delivery_attempt (delivery_id, attempt, started_at, duration_ms, http_status, error, response_excerpt)
values ($1, $2, $3, $4, $5, $6, $7)`;

export interface AttemptRecord extends Omit<EndedAttempt, 'endedAt'> {
  readonly deliveryId: string;
  readonly leaseId: string;
  readonly accountId: string;
  readonly isolationKey: string;
  readonly durationMs: number;
  readonly responseExcerpt: string;
}

/** The database's clock, as tests may shift it. */
export type Clock = (databaseNow: Date) => Date;

/**
 * Records an attempt and what follows from it. Undefined: the lease was lost, to time or to a later status of the job, and the
 * attempt counts for nothing.
 */
export function recordAttempt(database: Database, clock: Clock, record: AttemptRecord): Promise<Verdict | undefined> {
  return inTransaction(database, async (tx, databaseNow) => {
    const endedAt = clock(databaseNow);
    const verdict = judgeAttempt({ ...record, endedAt });
    const nextAttemptAt = verdict.status === 'pending' ? verdict.nextAttemptAt : null;
    // The freed place may let another delivery of the same destination go, so claiming looks at it again at once.
    await tx.query({ name: 'destination_wake', text: WAKE, values: [record.isolationKey, record.accountId, endedAt] });
    const ended = await tx.query({
      name: 'delivery_end', text: END, values: [record.deliveryId, record.leaseId, verdict.status, record.attempt, nextAttemptAt, endedAt],
    });
    if (ended.rowCount === 0) return undefined;
    await tx.query({
      name: 'attempt_insert', text: INSERT_ATTEMPT,
      values: [record.deliveryId, record.attempt, new Date(endedAt.getTime() - record.durationMs), record.durationMs, record.httpStatus, record.error, record.responseExcerpt],
    });
    return verdict;
  });
}
