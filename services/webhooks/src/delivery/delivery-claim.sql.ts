import { randomUUID } from 'node:crypto';
import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import type { Clock } from './delivery.store';

export interface ClaimLimits {
  /** Deliveries under way at one destination, and for one account. */
  readonly inFlightPerDestination: number;
  readonly inFlightPerAccount: number;
  /** Started for one account by one claim: who has thousands due leaves the processor to others in between. */
  readonly atOncePerAccount: number;
  /** Places in a process for the first delivery of accounts that have none under way, whatever others have. */
  readonly reserved: number;
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
  /** Behind which account the next claim goes on; empty: with the first. */
  readonly turn: string;
  /** There may be more to claim right now. */
  readonly more: boolean;
  /** There may be more of an account that starts as many as it may at once. */
  readonly moreSoon: boolean;
}

const DESTINATIONS_MAX = 256;
/** Another replica may be at some of them. */
const LOOKED_AT = 2;
const ACCOUNTS_MAX = 256;
/** Of the bodies of one claim: a body has 100 KiB and more where a prompt is long. */
const BYTES_MAX = 4 * 1024 * 1024;

/** What is under way at a destination, over the index of leases: it costs what is under way, however much waits. */
const leasedAt = (key: string, now: string, what: string) => `(select ${what} from delivery d
  where d.account_id = ${key}.account_id and d.isolation_key = ${key}.isolation_key and d.status = 'pending' and d.lease_until > ${now})`;

/** What an account has under way, over the same. */
const leasedOf = (account: string, now: string) =>
  `(select count(*) from delivery d where d.account_id = ${account} and d.status = 'pending' and d.lease_until > ${now})`;

/**
 * Who has something due, from behind a place in the circle of accounts on: one step of the index each, so that whoever has a hundred
 * thousand servers in trouble costs no more than whoever has one. A place goes to whoever has the fewest, those under way included, then
 * to whoever was served longest ago, as what was claimed of is due anew from then on: a backlog of many does not come before what is new
 * of another. Whoever has as many as it may is left out, and of reserved places whoever has one.
 */
const DUE_DESTINATIONS = `
with recursive account as (
  (select account_id from destination where next_due_at is not null and account_id > $1 order by account_id limit 1)
  union all
  select after.account_id from account cross join lateral (
    select d.account_id from destination d where d.next_due_at is not null and d.account_id > account.account_id order by d.account_id limit 1
  ) as after
), turn as (
  select account_id, ${leasedOf('account.account_id', '$2')} as leased,
         (select max(d.next_due_at) from destination d where d.account_id = account.account_id and d.next_due_at <= $2) as served_at
  from account limit ${ACCOUNTS_MAX}
)
select due.isolation_key, (select case when count(*) = ${ACCOUNTS_MAX} then max(account_id) else '' end from turn) as next from turn left join lateral (
  select isolation_key, next_due_at, row_number() over (order by next_due_at) as place from (
    select isolation_key, next_due_at from destination d where d.account_id = turn.account_id and d.next_due_at <= $2
    order by next_due_at
    limit least($6::int, greatest(case when $4::int > 0 then $3::int else 1 end - turn.leased, 0))
  ) as oldest
) as due on true order by turn.leased + due.place, turn.served_at, due.next_due_at limit $5`;

const LOCK_DESTINATIONS = `
select t.isolation_key, t.account_id, t.open_until is not null as probing
from unnest($3::text[]) with ordinality as wanted (isolation_key, place) join destination t using (isolation_key)
where t.next_due_at <= $1 order by wanted.place limit $2 for update of t skip locked`;

/** Two replicas that work for the same account at the same moment would each see room for it: one of them waits its turn. */
const LOCK_ACCOUNTS = `
select account_id from (select distinct unnest($1::text[]) as account_id order by 1) as a where pg_try_advisory_xact_lock(hashtext(account_id))`;

/**
 * A statement of its own: it must see everything that was committed before the locks above were granted. Joined into one
 * statement it would judge by an older snapshot and lease deliveries twice.
 */
const LEASE = `
with account as (
  select account_id, ${leasedOf('a.account_id', '$1')} as leased from (select distinct unnest($4::text[]) as account_id) as a
), slot as (
  select k.isolation_key, k.account_id, k.room - ${leasedAt('k', '$1', 'count(*)')} as free
  from unnest($3::text[], $4::text[], $2::integer[]) as k (isolation_key, account_id, room)
), due as (
  select d.delivery_id, d.event_id, d.account_id, d.next_attempt_at
  from slot cross join lateral (
    select delivery_id, event_id, account_id, next_attempt_at from delivery
    where isolation_key = slot.isolation_key and status = 'pending' and next_attempt_at <= $1 and (lease_until is null or lease_until <= $1)
    order by next_attempt_at, delivery_id limit greatest(slot.free, 0)
  ) as d
), ranked as (
  select delivery_id, event_id, next_attempt_at, nth as at_once, leased + nth as place from (
    select *, row_number() over (partition by account_id order by next_attempt_at, delivery_id) as nth from due
  ) as own join account using (account_id)
), eligible as (
  select delivery_id, event_id, place, next_attempt_at from (
    select *, row_number() over (order by place, next_attempt_at, delivery_id) as nth from ranked where place <= $5::int and at_once <= $10::int
  ) as ordered where nth <= $6::int and (place = 1 or nth <= $9::int)
), picked as (
  select delivery_id from (
    select delivery_id, row_number() over turn as nth, sum(coalesce(octet_length(e.body), 0)) over turn as bytes
    from eligible join feed_event e using (event_id) window turn as (order by eligible.place, next_attempt_at, delivery_id)
  ) as weighed where bytes <= ${BYTES_MAX} or nth = 1
)
update delivery d set lease_id = $7, lease_until = $8
from picked, feed_event e
where d.delivery_id = picked.delivery_id and e.event_id = d.event_id
  and d.status = 'pending' and (d.lease_until is null or d.lease_until <= $1)
returning d.delivery_id, d.account_id, d.environment, d.event_id, d.event, d.job_id, d.url, d.isolation_key, d.attempts + 1 as attempt, d.requests + 1 as request,
          coalesce(d.endpoint_id, '') as endpoint_id, d.traceparent, e.body`;

/** A full destination wakes when a place in it is freed or a lease runs out, any other when its next delivery is due: at once where only places or bytes were short. */
const RESCHEDULE = `
update destination t set next_due_at = case
  when s.leased >= s.room then s.lease_ends
  when s.waiting <= $1 then $1
  else least(s.waiting, s.lease_ends) end
from (
  select k.isolation_key, k.room, ${leasedAt('k', '$1', 'count(*)')} as leased, ${leasedAt('k', '$1', 'min(d.lease_until)')} as lease_ends,
    (select d.next_attempt_at from delivery d where d.isolation_key = k.isolation_key and d.status = 'pending'
       and (d.lease_until is null or d.lease_until <= $1) order by d.next_attempt_at limit 1) as waiting
  from unnest($3::text[], $2::integer[], $4::text[]) as k (isolation_key, room, account_id)
) as s
where t.isolation_key = s.isolation_key`;

/** Leases due deliveries into free places of the process: destinations first, then their work on a fresh snapshot. */
export function claimDeliveries(
  database: Database,
  clock: Clock,
  limits: ClaimLimits,
  slots: number,
  turn = '',
): Promise<Claim> {
  return inTransaction(database, async (tx, databaseNow) => {
    const now = clock(databaseNow);
    const open = Math.max(0, slots - limits.reserved);
    const atOnce = Math.min(DESTINATIONS_MAX, slots);
    const { keys, next } = await dueDestinations(tx, now, { ...limits, open, keys: LOOKED_AT * atOnce }, turn);
    const more = keys.length > atOnce || next !== '';
    if (keys.length === 0) return { deliveries: [], turn: next, more, moreSoon: false };
    const locked = await tx.query<DestinationRow>({
      name: 'claim_destinations',
      text: LOCK_DESTINATIONS,
      values: [now, atOnce, keys],
    });
    const destinations = await withLockedAccounts(tx, locked.rows);
    const deliveries = destinations.length === 0 ? [] : await lease(tx, now, { ...limits, open, slots }, destinations);
    return { deliveries, turn: next, more, moreSoon: anyHas(limits.atOncePerAccount, deliveries) };
  });
}

function anyHas(atOnce: number, deliveries: readonly ClaimedDelivery[]): boolean {
  const counts = new Map<string, number>();
  for (const { accountId } of deliveries) counts.set(accountId, (counts.get(accountId) ?? 0) + 1);
  return [...counts.values()].includes(atOnce);
}

async function dueDestinations(
  tx: Transaction,
  now: Date,
  limits: ClaimLimits & { open: number; keys: number },
  turn: string,
): Promise<{ keys: string[]; next: string }> {
  const { rows } = await tx.query<{ isolation_key: string | null; next: string }>({
    name: 'claim_due',
    text: DUE_DESTINATIONS,
    values: [turn, now, limits.inFlightPerAccount, limits.open, limits.keys, limits.atOncePerAccount],
  });
  return { keys: rows.flatMap((row) => row.isolation_key ?? []), next: rows[0]?.next ?? '' };
}

async function lease(
  tx: Transaction,
  now: Date,
  limits: ClaimLimits & { open: number; slots: number },
  destinations: readonly DestinationRow[],
): Promise<ClaimedDelivery[]> {
  const leaseId = `lease_${randomUUID()}`;
  const keys = destinations.map((destination) => destination.isolation_key);
  const rooms = destinations.map(({ probing }) => (probing ? 1 : limits.inFlightPerDestination));
  const accounts = destinations.map((destination) => destination.account_id);
  const { rows } = await tx.query<ClaimRow>({
    name: 'claim_lease',
    text: LEASE,
    values: [
      now,
      rooms,
      keys,
      accounts,
      limits.inFlightPerAccount,
      limits.slots,
      leaseId,
      new Date(now.getTime() + limits.leaseMs),
      limits.open,
      limits.atOncePerAccount,
    ],
  });
  await tx.query({ name: 'claim_reschedule', text: RESCHEDULE, values: [now, rooms, keys, accounts] });
  const probed = new Set(destinations.filter(({ probing }) => probing).map((destination) => destination.isolation_key));
  return rows.map((row) => readClaim(row, leaseId, probed.has(row.isolation_key)));
}

async function withLockedAccounts(tx: Transaction, destinations: DestinationRow[]): Promise<DestinationRow[]> {
  const { rows } = await tx.query<{ account_id: string }>({
    name: 'claim_accounts',
    text: LOCK_ACCOUNTS,
    values: [destinations.map((destination) => destination.account_id)],
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
where isolation_key in (select isolation_key from destination where isolation_key = any($1) order by isolation_key collate "C" for update)`;

/** Gives deliveries back whose attempt was broken off by our own end: they are due again at once, and no attempt was made. */
export async function releaseDeliveries(
  database: Database,
  clock: Clock,
  deliveries: readonly ClaimedDelivery[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await inTransaction(database, async (tx, databaseNow) => {
    const keys = deliveries.map((delivery) => delivery.isolationKey);
    await tx.query({ name: 'release_wake', text: WAKE_RELEASED, values: [keys, clock(databaseNow)] });
    const leases = [deliveries.map((delivery) => delivery.deliveryId), deliveries.map((delivery) => delivery.leaseId)];
    await tx.query({ name: 'release_leases', text: RELEASE, values: leases });
  });
}

interface DestinationRow {
  isolation_key: string;
  account_id: string;
  probing: boolean;
}

interface ClaimRow {
  delivery_id: string;
  account_id: string;
  environment: string;
  event_id: string;
  event: string;
  job_id: string;
  url: string;
  isolation_key: string;
  attempt: number;
  request: number;
  endpoint_id: string;
  traceparent: string;
  body: Buffer;
}

function readClaim(row: ClaimRow, leaseId: string, probe: boolean): ClaimedDelivery {
  return {
    deliveryId: row.delivery_id,
    leaseId,
    accountId: row.account_id,
    environment: row.environment,
    eventId: row.event_id,
    event: row.event,
    jobId: row.job_id,
    url: row.url,
    isolationKey: row.isolation_key,
    attempt: row.attempt,
    request: row.request,
    endpointId: row.endpoint_id,
    probe,
    traceparent: row.traceparent,
    body: row.body,
  };
}
