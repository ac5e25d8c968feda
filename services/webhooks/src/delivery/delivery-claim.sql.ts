import { randomUUID } from 'node:crypto';
import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import type { Clock } from './delivery.store';

export interface ClaimLimits {
  /** Deliveries under way at one destination, and for one account. */
  readonly inFlightPerDestination: number;
  readonly inFlightPerAccount: number;
  /** Longer than an attempt can take; after it the delivery is anybody's again. */
  readonly leaseMs: number;
}

export interface ClaimedDelivery {
  readonly deliveryId: string;
  readonly leaseId: string;
  readonly accountId: string;
  readonly eventId: string;
  readonly jobId: string;
  readonly url: string;
  readonly isolationKey: string;
  /** The attempt that is about to be made, counted from 1. */
  readonly attempt: number;
  /** The request that is about to be made, probes included. */
  readonly request: number;
  /** Empty for a job's own URL. */
  readonly endpointId: string;
  readonly environment: string;
  readonly event: string;
  /** The server was in trouble: a failure says that it still is, and costs the delivery none of its attempts. */
  readonly probe: boolean;
  readonly traceparent: string;
  readonly body: Buffer;
}

export interface Claim {
  readonly deliveries: readonly ClaimedDelivery[];
  /** There may be more to claim right now. */
  readonly more: boolean;
}

const DESTINATIONS_MAX = 64;

/** A destination whose account is at its limit is looked at again after this long. */
const CAPPED_RECHECK_MS = 500;

const LOCK_DESTINATIONS = `
select isolation_key, account_id, open_until is not null as probing from destination
where next_due_at <= $1 order by next_due_at limit $2 for update skip locked`;

/** Two replicas that work for the same account at the same moment would each see room for it: one of them waits its turn. */
const LOCK_ACCOUNTS = `
select account_id from (select distinct unnest($1::text[]) as account_id order by 1) as a where pg_try_advisory_xact_lock(hashtext(account_id))`;

/**
 * A statement of its own: it must see everything that was committed before the locks above were granted. Joined into one
 * statement it would judge by an older snapshot and lease deliveries twice.
 */
const LEASE = `
with slot as (
  select k.isolation_key, k.account_id,
         k.room - (select count(*) from delivery d where d.isolation_key = k.isolation_key and d.status = 'pending' and d.lease_until > $1) as free
  from unnest($3::text[], $4::text[], $2::integer[]) as k (isolation_key, account_id, room)
), due as (
  select d.delivery_id, d.account_id, d.next_attempt_at
  from slot cross join lateral (
    select delivery_id, account_id, next_attempt_at from delivery
    where isolation_key = slot.isolation_key and status = 'pending' and next_attempt_at <= $1 and (lease_until is null or lease_until <= $1)
    order by next_attempt_at, delivery_id limit greatest(slot.free, 0)
  ) as d
), ranked as (
  select delivery_id, next_attempt_at, account_id, row_number() over (partition by account_id order by next_attempt_at, delivery_id) as place from due
), picked as (
  select delivery_id from ranked
  where place <= $5 - (select count(*) from delivery d where d.account_id = ranked.account_id and d.status = 'pending' and d.lease_until > $1)
  order by next_attempt_at, delivery_id limit $6
)
update delivery d set lease_id = $7, lease_until = $8
from picked, feed_event e
where d.delivery_id = picked.delivery_id and e.event_id = d.event_id
  and d.status = 'pending' and (d.lease_until is null or d.lease_until <= $1)
returning d.delivery_id, d.account_id, d.environment, d.event_id, d.event, d.job_id, d.url, d.isolation_key, d.attempts + 1 as attempt, d.requests + 1 as request,
          coalesce(d.endpoint_id, '') as endpoint_id, d.traceparent, e.body`;

/** A full destination wakes when a place in it is freed or a lease runs out; any other when its next delivery is due. */
const RESCHEDULE = `
update destination t set next_due_at = case
  when s.leased >= s.room then s.lease_ends
  when s.waiting <= $1 then greatest(least(s.lease_ends, $4::timestamptz), $1)
  else least(s.waiting, s.lease_ends) end
from (
  select k.isolation_key,
    (select count(*) from delivery d where d.isolation_key = k.isolation_key and d.status = 'pending' and d.lease_until > $1) as leased,
    (select min(d.lease_until) from delivery d where d.isolation_key = k.isolation_key and d.status = 'pending' and d.lease_until > $1) as lease_ends,
    (select d.next_attempt_at from delivery d where d.isolation_key = k.isolation_key and d.status = 'pending'
       and (d.lease_until is null or d.lease_until <= $1) order by d.next_attempt_at limit 1) as waiting,
    k.room
  from unnest($3::text[], $2::integer[]) as k (isolation_key, room)
) as s
where t.isolation_key = s.isolation_key`;

/** Leases due deliveries: destinations first, then their work on a fresh snapshot. */
export function claimDeliveries(database: Database, clock: Clock, limits: ClaimLimits, slots: number): Promise<Claim> {
  return inTransaction(database, async (tx, databaseNow) => {
    const now = clock(databaseNow);
    const leaseId = `lease_${randomUUID()}`;
    const locked = await tx.query<DestinationRow>({ name: 'claim_destinations', text: LOCK_DESTINATIONS, values: [now, DESTINATIONS_MAX] });
    if (locked.rows.length === 0) return { deliveries: [], more: false };
    const destinations = await withLockedAccounts(tx, locked.rows);
    const keys = destinations.map((destination) => destination.isolation_key);
    const rooms = destinations.map(({ probing }) => (probing ? 1 : limits.inFlightPerDestination));
    const { rows } = await tx.query<ClaimRow>({
      name: 'claim_lease', text: LEASE,
      values: [now, rooms, keys, destinations.map((d) => d.account_id), limits.inFlightPerAccount, slots, leaseId, new Date(now.getTime() + limits.leaseMs)],
    });
    await tx.query({
      name: 'claim_reschedule', text: RESCHEDULE,
      values: [now, rooms, keys, new Date(now.getTime() + CAPPED_RECHECK_MS)],
    });
    const probed = new Set(destinations.filter(({ probing }) => probing).map((destination) => destination.isolation_key));
    return { deliveries: rows.map((row) => readClaim(row, leaseId, probed.has(row.isolation_key))), more: locked.rows.length === DESTINATIONS_MAX };
  });
}

async function withLockedAccounts(tx: Transaction, destinations: DestinationRow[]): Promise<DestinationRow[]> {
  const { rows } = await tx.query<{ account_id: string }>({
    name: 'claim_accounts', text: LOCK_ACCOUNTS, values: [destinations.map((destination) => destination.account_id)],
  });
  const held = new Set(rows.map((row) => row.account_id));
  return destinations.filter((destination) => held.has(destination.account_id));
}

const RELEASE = `
update delivery d set lease_id = null, lease_until = null
from unnest($1::text[], $2::text[]) as l (delivery_id, lease_id)
where d.delivery_id = l.delivery_id and d.lease_id = l.lease_id and d.status = 'pending'`;

const WAKE_RELEASED = `
update destination set next_due_at = greatest(least(next_due_at, $2), open_until)
where isolation_key in (select isolation_key from destination where isolation_key = any($1) order by 1 for update)`;

/** Gives deliveries back whose attempt was broken off by our own end: they are due again at once, and no attempt was made. */
export async function releaseDeliveries(database: Database, clock: Clock, deliveries: readonly ClaimedDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await inTransaction(database, async (tx, databaseNow) => {
    const keys = deliveries.map((delivery) => delivery.isolationKey);
    await tx.query({ name: 'release_wake', text: WAKE_RELEASED, values: [keys, clock(databaseNow)] });
    const leases = [deliveries.map((delivery) => delivery.deliveryId), deliveries.map((delivery) => delivery.leaseId)];
    await tx.query({ name: 'release_leases', text: RELEASE, values: leases });
  });
}

interface DestinationRow { isolation_key: string; account_id: string; probing: boolean }

interface ClaimRow {
  delivery_id: string; account_id: string; environment: string; event_id: string; event: string; job_id: string; url: string; isolation_key: string;
  attempt: number; request: number; endpoint_id: string; traceparent: string; body: Buffer;
}

function readClaim(row: ClaimRow, leaseId: string, probe: boolean): ClaimedDelivery {
  return {
    deliveryId: row.delivery_id, leaseId, accountId: row.account_id, environment: row.environment, eventId: row.event_id, event: row.event, jobId: row.job_id,
    url: row.url, isolationKey: row.isolation_key, attempt: row.attempt, request: row.request, endpointId: row.endpoint_id, probe,
    traceparent: row.traceparent, body: row.body,
  };
}
