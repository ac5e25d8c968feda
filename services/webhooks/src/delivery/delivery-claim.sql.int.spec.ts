import { inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { SecretBox, createLogger, GuardedHttpClient, migrateDatabase } from '@usvideo/runtime';
import { eventually, httpReceiver, postgres, Signal } from '@usvideo/testing';
import { claimDeliveries, type ClaimLimits } from './delivery-claim.sql';
import { insertDelivery, recordAttempt, type NewDelivery } from './delivery.store';
import { DeliveriesDue } from './due';
import { DeliveryWorker } from './delivery-worker.loop';
import { WEBHOOKS_MIGRATIONS } from '../migrations/all';
import { EndpointNotices } from '../endpoints/endpoint-notices.store';
import { EndpointStore } from '../endpoints/endpoint.store';
import { SecretStore } from '../secrets/secret.store';
import { SigningSecretStore } from '../secrets/signing-secret.store';
import { endParked } from './parked.loop';

const logger = createLogger('webhooks', 'silent');
const limits: ClaimLimits = { leaseMs: 30_000, inFlightPerDestination: 4, inFlightPerAccount: 6 };
const answered = { httpStatus: 200, error: '', retryAfter: undefined, responseExcerpt: '', durationMs: 1, address: '' };
const timedOut = { ...answered, httpStatus: 0, error: 'timeout' };

let url: string;
let database: Database;
let made: number;
let aheadMs: number;
const clock = (now: Date) => new Date(now.getTime() + aheadMs);
const open = () => openDatabase({ url, poolSize: 8, applicationName: 'spec' }, () => undefined);

beforeEach(async () => {
  url = await (await postgres()).createDatabase('webhooks');
  await migrateDatabase({ url, migrations: WEBHOOKS_MIGRATIONS, logger });
  database = open();
  made = 0;
  aheadMs = 0;
});

afterEach(() => database.end());

async function make(changes: Partial<NewDelivery> = {}, beforeCommit = async () => {}): Promise<NewDelivery> {
  made += 1;
  const id = String(made).padStart(5, '0');
  const delivery: NewDelivery = {
    deliveryId: `dlv_${id}`, eventId: `evt_${id}`, jobId: `job_${id}`, accountId: 'acc_1', environment: 'live', event: 'video.completed',
    jobVersion: 5n, url: 'https://a.example/', copy: 1, traceparent: '', ...changes,
  };
  await inTransaction(database, async (tx, now) => {
    await tx.query({
      name: 'spec_event',
      text: `insert into feed_event (account_id, environment, seq, event_id, event, job_id, job_version, recorded_at, traceparent, body)
             values ($1, 'live', $2, $3, $4, $5, $6, $7, '', 'body')`,
      values: [delivery.accountId, made, delivery.eventId, delivery.event, delivery.jobId, delivery.jobVersion, now],
    });
    await insertDelivery(tx, clock(now), delivery);
    await beforeCommit();
  });
  return delivery;
}

const claim = (slots = 100, from = database) => claimDeliveries(from, clock, limits, slots);
const claimedIds = async (slots = 100) => (await claim(slots)).deliveries.map((delivery) => delivery.deliveryId).sort();
const statuses = async () => (await database.query('select delivery_id, status from delivery order by 1')).rows.map((row) => row.status);

async function mostUnderWay(by: 'isolation_key' | 'account_id'): Promise<number> {
  const { rows } = await database.query<{ under_way: number }>(
    `select count(*)::int as under_way from delivery where lease_until is not null and status = 'pending' group by ${by} order by 1 desc limit 1`);
  return rows[0]?.under_way ?? 0;
}

/** A transaction has come as far as it can without a lock that another holds, unless it needed none. */
function somebodyWaits(isDone = () => false): Promise<boolean> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return eventually(async () => isDone() || (await database.query(waiting)).rowCount === 1, { what: 'a transaction waits for a lock' });
}

test('a destination never has more under way than it may, and a freed place is taken', async () => {
  for (let index = 0; index < 6; index++) await make();
  const { deliveries } = await claim();
  expect(deliveries).toHaveLength(4);
  expect(await claimedIds()).toEqual([]);
  await recordAttempt(database, clock, { ...deliveries[0]!, ...answered });
  expect(await claimedIds()).toEqual(['dlv_00005']);
});

test('an account never has more under way than it may, over all its destinations', async () => {
  for (let index = 0; index < 12; index++) await make({ url: `https://host${index % 4}.example/` });
  await make({ accountId: 'acc_2' });
  const { deliveries } = await claim();
  expect(deliveries.filter((delivery) => delivery.accountId === 'acc_1')).toHaveLength(6);
  expect(deliveries.filter((delivery) => delivery.accountId === 'acc_2')).toHaveLength(1);
});

test('two claimers at once do not each find room for the same account', async () => {
  for (let index = 0; index < 6; index++) await make({ url: `https://host${index % 2}.example/` });
  const holder = await database.connect();
  await holder.query('begin; select from delivery where delivery_id = \'dlv_00001\' for update');
  const first = claim();
  await somebodyWaits();
  for (let index = 0; index < 6; index++) await make({ url: `https://host${2 + (index % 2)}.example/` });
  await make({ accountId: 'acc_2' });
  expect((await claim()).deliveries.map((delivery) => delivery.accountId)).toEqual(['acc_2']);
  await holder.query('commit');
  holder.release();
  expect((await first).deliveries).toHaveLength(6);
  expect(await mostUnderWay('account_id')).toBe(6);
});

test('a delivery that arrives while its destination is being claimed is not forgotten', async () => {
  await make();
  const inserted = new Signal('inserted');
  const commit = new Signal('commit');
  const arriving = make({}, async () => { inserted.emit(); await commit.wait(); });
  await inserted.wait();
  let claimed = false;
  const meanwhile = claimedIds().finally(() => { claimed = true; });
  await somebodyWaits(() => claimed);
  commit.emit();
  await arriving;
  expect([...await meanwhile, ...await claimedIds()].sort()).toEqual(['dlv_00001', 'dlv_00002']);
});

test('what has no free slot waits', async () => {
  for (let index = 0; index < 5; index++) await make({ accountId: `acc_${index}` });
  expect(await claimedIds(2)).toHaveLength(2);
});

test('ten claimers at once lease every delivery exactly once', async () => {
  for (let index = 0; index < 120; index++) await make({ accountId: `acc_${index % 12}`, url: `https://host${index % 5}.example/` });
  const pools = Array.from({ length: 3 }, open);
  const leased: string[] = [];
  const drain = async (pool: Database) => {
    const { deliveries } = await claim(7, pool);
    leased.push(...deliveries.map((delivery) => delivery.deliveryId));
    expect(await mostUnderWay('isolation_key')).toBeLessThanOrEqual(limits.inFlightPerDestination);
    expect(await mostUnderWay('account_id')).toBeLessThanOrEqual(limits.inFlightPerAccount);
    await Promise.all(deliveries.map((delivery) => recordAttempt(pool, clock, { ...delivery, ...answered })));
    // Destinations of an account that was at its limit are looked at again half a second later.
    if (deliveries.length === 0) aheadMs += 501;
  };
  await eventually(async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => drain(pools[index % 3]!)));
    return leased.length >= 120;
  }, { what: 'all deliveries are made', deadlineMs: 25_000 });
  expect(new Set(leased).size).toBe(120);
  expect(leased).toHaveLength(120);
  await Promise.all(pools.map((pool) => pool.end()));
});

test('a lease that ran out is claimed again, and its late record counts for nothing', async () => {
  await make();
  const [first] = (await claim()).deliveries;
  aheadMs = limits.leaseMs + 1;
  const [second] = (await claim()).deliveries;
  expect(second).toMatchObject({ deliveryId: first!.deliveryId, attempt: 1 });
  expect(await recordAttempt(database, clock, { ...first!, ...answered })).toBeUndefined();
  expect(await recordAttempt(database, clock, { ...second!, ...answered })).toEqual({ status: 'delivered' });
  expect((await database.query('select from delivery_attempt')).rowCount).toBe(1);
});

test('what is due later is not claimed before its time', async () => {
  await make();
  const [delivery] = (await claim()).deliveries;
  await recordAttempt(database, clock, { ...delivery!, ...answered, httpStatus: 500, error: 'http_error' });
  aheadMs = 29_000;
  expect(await claimedIds()).toEqual([]);
  aheadMs = 30_100;
  expect(await claimedIds()).toEqual(['dlv_00001']);
});

test('a later status of a job supersedes what its URL was still to hear, whichever comes first', async () => {
  const { jobId } = await make();
  await make({ jobId, jobVersion: 7n });
  await make({ jobId, jobVersion: 6n });
  await make({ jobId, jobVersion: 8n, url: 'https://b.example/' });
  expect(await statuses()).toEqual(['superseded', 'pending', 'superseded', 'pending']);
});

/** Fails as many attempts of the account's deliveries as open the breaker of their server. */
async function breakServer(): Promise<void> {
  for (let index = 0; index < 10; index++) await make();
  for (let failed = 0; failed < 10;) {
    const { deliveries } = await claim();
    for (const delivery of deliveries) await recordAttempt(database, clock, { ...delivery, ...timedOut });
    failed += deliveries.length;
  }
}

const attemptsUsed = async () => (await database.query('select attempts from delivery order by delivery_id')).rows.map((row) => row.attempts);

test('a server in trouble is left alone, then probed by one delivery at a time, and what waits for it loses no attempt', async () => {
  await breakServer();
  await make();
  expect(await claimedIds()).toEqual([]);
  for (const pauseMs of [30_000, 60_000, 120_000]) {
    aheadMs += pauseMs + 1_000;
    const { deliveries } = await claim();
    expect(deliveries).toEqual([expect.objectContaining({ probe: true })]);
    expect(await claimedIds()).toEqual([]);
    await recordAttempt(database, clock, { ...deliveries[0]!, ...timedOut });
    expect(await claimedIds()).toEqual([]);
  }
  expect(await attemptsUsed()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
  const { rows } = await database.query('select probe from delivery_attempt order by probe');
  expect(rows.map((row) => row.probe)).toEqual([...Array<boolean>(10).fill(false), true, true, true]);
});

test('a probe that succeeds lets all that waited go, at the usual pace', async () => {
  await breakServer();
  aheadMs += 31_000;
  const [probe] = (await claim()).deliveries;
  expect(await recordAttempt(database, clock, { ...probe!, ...answered })).toEqual({ status: 'delivered' });
  expect(await claimedIds()).toHaveLength(limits.inFlightPerDestination);
});

test('another account at the same server has a breaker of its own', async () => {
  await breakServer();
  await make({ accountId: 'acc_2' });
  expect((await claim()).deliveries.map((delivery) => delivery.accountId)).toEqual(['acc_2']);
});

test('what no server took for three days has failed and is kept', async () => {
  await breakServer();
  aheadMs += 71 * 3_600_000;
  await endParked(database, clock, { disable: async () => undefined });
  expect(new Set(await statuses())).toEqual(new Set(['pending']));
  aheadMs += 2 * 3_600_000;
  await endParked(database, clock, { disable: async () => undefined });
  expect(new Set(await statuses())).toEqual(new Set(['failed']));
});

test('killed between sending and recording: the delivery is made again under the same webhook-id and attempt', async () => {
  const receiver = await httpReceiver();
  const dying = open();
  const arrived = new Promise<void>((resolve) => {
    receiver.answerWith((_, response) => {
      // The process loses its database at the moment the answer goes out, as it would with kill -9.
      void dying.end().then(() => { response.writeHead(200).end(); resolve(); });
    });
  });
  const { eventId } = await make({ url: receiver.url });
  const http = new GuardedHttpClient({ allowCidrs: ['127.0.0.1/32'] });
  const box = new SecretBox(Buffer.alloc(32, 7));
  const worker = (own: Database) => new DeliveryWorker({
    database: own, http, clock, logger, limits, secrets: new SigningSecretStore(own, box, new SecretStore(own, box)), timeoutMs: 5_000, slots: 10, onSlotFreed: () => undefined,
    endpoints: new EndpointStore(own, box), notices: new EndpointNotices(own, clock, new DeliveriesDue()),
  });
  await worker(dying).run();
  await arrived;
  receiver.answerWith(200);
  const survivor = worker(database);
  await survivor.run();
  expect(receiver.requests).toHaveLength(1);
  aheadMs = limits.leaseMs + 1;
  await survivor.run();
  const requests = await receiver.received(2);
  expect(requests.map((request) => request.headers['webhook-id'])).toEqual([eventId, eventId]);
  expect(requests[1]!.body).toEqual(requests[0]!.body);
  await eventually(async () => (await statuses())[0] === 'delivered', { what: 'the second attempt is recorded' });
  await survivor.stop();
  await http.stop();
  await receiver.stop();
});
