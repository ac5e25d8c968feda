import { WriterLane, type Database, type Transaction } from '@usvideo/event-store';
import { breakerAfter, isTrouble, type Breaker } from './breaker';
import { isolationKey } from './destination';
import { judgeAttempt, type EndedAttempt, type AttemptResult } from './retry-schedule';

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
on conflict (isolation_key) do update set next_due_at = greatest(least(destination.next_due_at, excluded.next_due_at), destination.open_until)`;

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
  const { accountId, copy, deliveryId, endpointId, environment, event, eventId, jobId, jobVersion, traceparent, url } =
    delivery;
  const key = isolationKey(accountId, url);
  await tx.query({ name: 'destination_wake', text: WAKE, values: [key, accountId, now] });
  await tx.query({ name: 'delivery_supersede', text: SUPERSEDE, values: [jobId, url, jobVersion, now] });
  await tx.query({
    name: 'delivery_insert',
    text: INSERT,
    values: [
      deliveryId,
      accountId,
      environment,
      eventId,
      event,
      jobId,
      jobVersion,
      url,
      key,
      copy,
      traceparent,
      now,
      endpointId ?? null,
    ],
  });
}

/** Their servers, each once and in one order: whoever makes or claims a delivery takes these rows first, too. */
const WAKE_ALL = `
insert into destination (isolation_key, account_id, next_due_at) select n.key, n.account_id, $3 from unnest($1::text[], $2::text[]) as n (key, account_id) order by n.key collate "C"
on conflict (isolation_key) do update set next_due_at = greatest(least(destination.next_due_at, excluded.next_due_at), destination.open_until)
returning isolation_key, counted_since, succeeded, failed, broken_since, open_until, probes_failed`;

const END = `
update delivery d set status = n.status, attempts = n.attempts, requests = n.requests, next_attempt_at = n.next_attempt_at, lease_id = null, lease_until = null,
                      ended_at = case when n.next_attempt_at is null then $7::timestamptz end
from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::timestamptz[]) as n (delivery_id, lease_id, status, attempts, requests, next_attempt_at)
where d.delivery_id = n.delivery_id and d.lease_id = n.lease_id and d.status = 'pending'
returning n.lease_id || ' ' || n.delivery_id as lease`;

const INSERT_ATTEMPTS = `
insert into delivery_attempt (delivery_id, attempt, started_at, duration_ms, http_status, error, response_excerpt, address, probe)
select * from unnest($1::text[], $2::integer[], $3::timestamptz[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::boolean[])`;

const SET_BREAKERS = `
update destination t set counted_since = n.counted_since, succeeded = n.succeeded, failed = n.failed, broken_since = n.broken_since, open_until = n.open_until,
                         probes_failed = n.probes_failed, next_due_at = case when n.open_until is null then t.next_due_at else greatest(t.next_due_at, n.open_until) end
from unnest($1::text[], $2::timestamptz[], $3::integer[], $4::integer[], $5::timestamptz[], $6::timestamptz[], $7::integer[])
  as n (key, counted_since, succeeded, failed, broken_since, open_until, probes_failed)
where t.isolation_key = n.key`;

interface BreakerRow {
  isolation_key: string;
  counted_since: Date | null;
  succeeded: number;
  failed: number;
  broken_since: Date | null;
  open_until: Date | null;
  probes_failed: number;
}

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

/** Records attempts and what follows from them, those that end while others are recorded together. */
export class AttemptRecords {
  private readonly lane: WriterLane<AttemptRecord, AttemptResult | undefined>;

  constructor(database: Database, clock: Clock) {
    this.lane = new WriterLane({
      database,
      keyOf: ({ isolationKey: key }) => key,
      apply: async (tx, opening, records) => recordAttempts(tx, clock(await opening), records),
    });
  }

  /**
   * Undefined: the lease was lost, to time or to a later status of the job, and the attempt counts for nothing. A failed probe leaves
   * the delivery as it was, to wait on.
   */
  record(record: AttemptRecord): Promise<AttemptResult | undefined> {
    return this.lane.submit(record);
  }
}

interface Judged {
  readonly record: AttemptRecord;
  readonly result: AttemptResult;
  readonly attempts: number;
}

async function recordAttempts(
  tx: Transaction,
  endedAt: Date,
  records: readonly AttemptRecord[],
): Promise<(AttemptResult | undefined)[]> {
  // A freed place may let another delivery of the same destination go, so claiming looks at it again at once.
  const accounts = new Map(records.map((record) => [record.isolationKey, record.accountId]));
  const woken = await tx.query<BreakerRow>({
    name: 'destinations_wake',
    text: WAKE_ALL,
    values: [[...accounts.keys()], [...accounts.values()], endedAt],
  });
  const judged = records.map((record) => judge(record, endedAt));
  const { rows } = await tx.query<{ lease: string }>({
    name: 'deliveries_end',
    text: END,
    values: [
      records.map((record) => record.deliveryId),
      records.map((record) => record.leaseId),
      judged.map(({ result }) => result.status),
      judged.map(({ attempts }) => attempts),
      records.map((record) => record.request),
      judged.map(({ result }) => (result.status === 'pending' ? result.nextAttemptAt : null)),
      endedAt,
    ],
  });
  const held = new Set(rows.map((row) => row.lease));
  const isHeld = ({ deliveryId, leaseId }: AttemptRecord) => held.has(`${leaseId} ${deliveryId}`);
  const ended = records.filter(isHeld);
  await insertAttempts(tx, endedAt, ended);
  await setBreakers(tx, endedAt, ended, new Map(woken.rows.map((row) => [row.isolation_key, readBreaker(row)])));
  return judged.map(({ record, result }) => (isHeld(record) ? result : undefined));
}

function judge(record: AttemptRecord, endedAt: Date): Judged {
  const spared = record.probe && isTrouble(record);
  const result: AttemptResult = spared
    ? { status: 'pending', nextAttemptAt: endedAt }
    : judgeAttempt({ ...record, endedAt });
  return { record, result, attempts: spared ? record.attempt - 1 : record.attempt };
}

async function insertAttempts(tx: Transaction, endedAt: Date, ended: readonly AttemptRecord[]): Promise<void> {
  if (ended.length === 0) return;
  const column = <T>(of: (record: AttemptRecord) => T) => ended.map(of);
  await tx.query({
    name: 'attempts_insert',
    text: INSERT_ATTEMPTS,
    values: [
      column((record) => record.deliveryId),
      column((record) => record.request),
      column((record) => new Date(endedAt.getTime() - record.durationMs)),
      column((record) => record.durationMs),
      column((record) => record.httpStatus),
      column((record) => record.error),
      column((record) => record.responseExcerpt),
      column((record) => record.address),
      column((record) => record.probe),
    ],
  });
}

async function setBreakers(
  tx: Transaction,
  endedAt: Date,
  ended: readonly AttemptRecord[],
  breakers: Map<string, Breaker>,
): Promise<void> {
  const changed = new Map<string, Breaker>();
  for (const record of ended) {
    const breaker = changed.get(record.isolationKey) ?? breakers.get(record.isolationKey)!;
    changed.set(record.isolationKey, breakerAfter(breaker, isTrouble(record), endedAt));
  }
  if (changed.size === 0) return;
  const column = <T>(of: (breaker: Breaker) => T) => [...changed.values()].map(of);
  await tx.query({
    name: 'breakers_set',
    text: SET_BREAKERS,
    values: [
      [...changed.keys()],
      column((breaker) => breaker.countedSince ?? null),
      column((breaker) => breaker.succeeded),
      column((breaker) => breaker.failed),
      column((breaker) => breaker.brokenSince ?? null),
      column((breaker) => breaker.openUntil ?? null),
      column((breaker) => breaker.probesFailed),
    ],
  });
}

function readBreaker(row: BreakerRow): Breaker {
  return {
    countedSince: row.counted_since ?? undefined,
    succeeded: row.succeeded,
    failed: row.failed,
    brokenSince: row.broken_since ?? undefined,
    openUntil: row.open_until ?? undefined,
    probesFailed: row.probes_failed,
  };
}
