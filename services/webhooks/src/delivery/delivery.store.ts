import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import { breakerAfter, isTrouble, type Breaker } from './breaker';
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
  /** Undefined for a job's own URL. */
  readonly endpointId?: string | undefined;
}

const WAKE = `
insert into destination (isolation_key, account_id, next_due_at) values ($1, $2, $3)
on conflict (isolation_key) do update set next_due_at = greatest(least(destination.next_due_at, excluded.next_due_at), destination.open_until)
returning counted_since, succeeded, failed, broken_since, open_until, probes_failed`;

const INSERT = `
insert into delivery (delivery_id, account_id, environment, event_id, event, job_id, job_version, url, isolation_key, copy, traceparent,
                      created_at, status, next_attempt_at, ended_at, endpoint_id)
select $1, $2, $3, $4, $5, $6, $7::bigint, $8, $9, $10, $11, $12::timestamptz,
       case when overtaken then 'superseded' else 'pending' end,
       case when overtaken then null else $12::timestamptz end, case when overtaken then $12::timestamptz end, $13
from (select exists (select from delivery where job_id = $6 and job_id <> '' and url = $8 and job_version > $7::bigint) as overtaken) as later
on conflict (event_id, url, copy) do nothing`;

const SUPERSEDE = `
update delivery set status = 'superseded', next_attempt_at = null, lease_id = null, lease_until = null, ended_at = $4
where job_id = $1 and job_id <> '' and url = $2 and job_version < $3 and status = 'pending' and redelivery_of is null`;

/** Makes a delivery due at once; what the same URL was still to hear of an earlier status of the job is superseded. */
export async function insertDelivery(tx: Transaction, now: Date, delivery: NewDelivery): Promise<void> {
  const { accountId, copy, deliveryId, endpointId, environment, event, eventId, jobId, jobVersion, traceparent, url } = delivery;
  const key = isolationKey(accountId, url);
  await tx.query({ name: 'destination_wake', text: WAKE, values: [key, accountId, now] });
  await tx.query({ name: 'delivery_supersede', text: SUPERSEDE, values: [jobId, url, jobVersion, now] });
  await tx.query({
    name: 'delivery_insert', text: INSERT,
    values: [deliveryId, accountId, environment, eventId, event, jobId, jobVersion, url, key, copy, traceparent, now, endpointId ?? null],
  });
}

const END = `
update delivery set status = $3, attempts = $4, requests = $7, next_attempt_at = $5, lease_id = null, lease_until = null,
                    ended_at = case when $5::timestamptz is null then $6::timestamptz end
where delivery_id = $1 and lease_id = $2 and status = 'pending'`;

const INSERT_ATTEMPT = `
insert into delivery_attempt (delivery_id, attempt, started_at, duration_ms, http_status, error, response_excerpt, address, probe)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

const SET_BREAKER = `
update destination set counted_since = $2, succeeded = $3, failed = $4, broken_since = $5, open_until = $6, probes_failed = $7,
                       next_due_at = case when $6::timestamptz is null then next_due_at else greatest(next_due_at, $6) end
where isolation_key = $1`;

interface BreakerRow { counted_since: Date | null; succeeded: number; failed: number; broken_since: Date | null; open_until: Date | null; probes_failed: number }

export interface AttemptRecord extends Omit<EndedAttempt, 'endedAt'> {
  readonly deliveryId: string;
  readonly leaseId: string;
  readonly accountId: string;
  readonly isolationKey: string;
  readonly request: number;
  readonly probe: boolean;
  readonly durationMs: number;
  readonly responseExcerpt: string;
  readonly address: string;
}

/** The database's clock, as tests may shift it. */
export type Clock = (databaseNow: Date) => Date;

/**
 * Records an attempt and what follows from it. Undefined: the lease was lost, to time or to a later status of the job, and the
 * attempt counts for nothing. A failed probe leaves the delivery as it was, to wait on.
 */
export function recordAttempt(database: Database, clock: Clock, record: AttemptRecord): Promise<Verdict | undefined> {
  return inTransaction(database, async (tx, databaseNow) => {
    const endedAt = clock(databaseNow);
    const trouble = isTrouble(record);
    const spared = record.probe && trouble;
    const verdict: Verdict = spared ? { status: 'pending', nextAttemptAt: endedAt } : judgeAttempt({ ...record, endedAt });
    const nextAttemptAt = verdict.status === 'pending' ? verdict.nextAttemptAt : null;
    // The freed place may let another delivery of the same destination go, so claiming looks at it again at once.
    const woken = await tx.query<BreakerRow>({ name: 'destination_wake', text: WAKE, values: [record.isolationKey, record.accountId, endedAt] });
    const ended = await tx.query({
      name: 'delivery_end', text: END,
      values: [record.deliveryId, record.leaseId, verdict.status, spared ? record.attempt - 1 : record.attempt, nextAttemptAt, endedAt, record.request],
    });
    if (ended.rowCount === 0) return undefined;
    await tx.query({
      name: 'attempt_insert', text: INSERT_ATTEMPT,
      values: [record.deliveryId, record.request, new Date(endedAt.getTime() - record.durationMs), record.durationMs, record.httpStatus, record.error, record.responseExcerpt,
        record.address, record.probe],
    });
    await setBreaker(tx, record.isolationKey, breakerAfter(readBreaker(woken.rows[0]!), trouble, endedAt));
    return verdict;
  });
}

async function setBreaker(tx: Transaction, key: string, breaker: Breaker): Promise<void> {
  const { brokenSince, countedSince, failed, openUntil, probesFailed, succeeded } = breaker;
  await tx.query({ name: 'destination_breaker', text: SET_BREAKER, values: [key, countedSince ?? null, succeeded, failed, brokenSince ?? null, openUntil ?? null, probesFailed] });
}

function readBreaker(row: BreakerRow): Breaker {
  return {
    countedSince: row.counted_since ?? undefined, succeeded: row.succeeded, failed: row.failed,
    brokenSince: row.broken_since ?? undefined, openUntil: row.open_until ?? undefined, probesFailed: row.probes_failed,
  };
}
