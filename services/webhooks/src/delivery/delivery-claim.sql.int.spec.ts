import type { Database } from '@usvideo/event-store';
import { SecretBox } from '@usvideo/runtime';
import { eventually, Signal } from '@usvideo/testing';
import { DeliveryWorld } from '../../test/delivery-world';
import { EndpointNotices } from '../endpoints/endpoint-notices.store';
import { EndpointStore } from '../endpoints/endpoint.store';
import { claimDeliveries, releaseDeliveries, type ClaimLimits } from './delivery-claim.sql';
import { DeliveriesDue } from './due';
import { endParked } from './parked.loop';

const limits: ClaimLimits = {
  leaseMs: 30_000,
  inFlightPerDestination: 4,
  inFlightPerAccount: 6,
  atOncePerAccount: 6,
  reserved: 0,
};
const answered = { httpStatus: 200, error: '', retryAfter: undefined, responseExcerpt: '', durationMs: 1, address: '' };
const timedOut = { ...answered, httpStatus: 0, error: 'timeout' };

const world = new DeliveryWorld();
const { clock, make } = world;
let database: Database;

beforeEach(async () => {
  database = await world.begin();
});
afterEach(() => world.end());

const claim = (slots = 100, from = database) => claimDeliveries(from, clock, limits, slots);
const claimedIds = async (slots = 100) => (await claim(slots)).deliveries.map((delivery) => delivery.deliveryId).sort();
const statuses = async () =>
  (await database.query('select delivery_id, status from delivery order by 1')).rows.map((row) => row.status);

async function mostUnderWay(by: 'isolation_key' | 'account_id'): Promise<number> {
  const { rows } = await database.query<{ under_way: number }>(
    `select count(*)::int as under_way from delivery where lease_until is not null and status = 'pending' group by ${by} order by 1 desc limit 1`,
  );
  return rows[0]?.under_way ?? 0;
}

/** A transaction has come as far as it can without a lock that another holds, unless it needed none. */
function somebodyWaits(isDone = () => false): Promise<boolean> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return eventually(async () => isDone() || (await database.query(waiting)).rowCount === 1, {
    what: 'a transaction waits for a lock',
  });
}

test('a destination never has more under way than it may, and a freed place is taken', async () => {
  for (let index = 0; index < 6; index++) await make();
  const { deliveries } = await claim();
  expect(deliveries).toHaveLength(4);
  expect(await claimedIds()).toEqual([]);
  await world.record({ ...deliveries[0]!, ...answered });
  expect(await claimedIds()).toEqual(['dlv_00005']);
});

test('an account never has more under way than it may, over all its destinations', async () => {
  for (let index = 0; index < 12; index++) await make({ url: `https://host${index % 4}.example/` });
  await make({ accountId: 'acc_2' });
  const { deliveries } = await claim();
  expect(deliveries.filter((delivery) => delivery.accountId === 'acc_1')).toHaveLength(6);
  expect(deliveries.filter((delivery) => delivery.accountId === 'acc_2')).toHaveLength(1);
  world.aheadMs += 501;
  expect(await claimedIds()).toEqual([]);
  expect(await mostUnderWay('account_id')).toBe(6);
});

test('one claim starts no more of an account than may start at once, and says that there is more', async () => {
  for (let index = 0; index < 6; index++) await make({ url: `https://host${index % 2}.example/` });
  await make({ accountId: 'acc_2' });
  const some = () => claimDeliveries(database, clock, { ...limits, atOncePerAccount: 3 }, 100);
  const counted = async () => {
    const { deliveries, moreSoon } = await some();
    return [deliveries.filter(({ accountId }) => accountId === 'acc_1').length, deliveries.length, moreSoon];
  };
  expect([await counted(), await counted(), await counted()]).toEqual([
    [3, 4, true],
    [3, 3, true],
    [0, 0, false],
  ]);
});

test('what an account has under way counts when it gets more', async () => {
  for (let index = 0; index < 4; index++) await make({ url: `https://early${index}.example/` });
  expect(await claimedIds()).toHaveLength(4);
  for (let index = 0; index < 6; index++) await make({ url: `https://late${index % 2}.example/` });
  expect(await claimedIds()).toHaveLength(2);
  expect(await mostUnderWay('account_id')).toBe(6);
});

test('a server is one destination, whatever path and query its URLs have', async () => {
  for (let index = 0; index < 20; index++) await make({ url: `https://a.example/${index}?job=${index}#${index}` });
  expect(await claimedIds()).toHaveLength(4);
  expect((await database.query('select from destination')).rowCount).toBe(1);
});

test('whoever waits with little is in the first claim, however many servers of another account have waited for longer', async () => {
  for (let index = 0; index < 200; index++)
    await make({ accountId: 'acc_heavy', url: `https://host${index}.example/` });
  await make({ accountId: 'acc_light' });
  await make({ accountId: 'acc_z_light' });
  const { deliveries } = await claim(4);
  expect(deliveries.map((delivery) => delivery.accountId).sort()).toEqual([
    'acc_heavy',
    'acc_heavy',
    'acc_light',
    'acc_z_light',
  ]);
});

/** Backlogs of twenty accounts, at three servers each. */
async function backlogs(): Promise<void> {
  for (let index = 0; index < 120; index++)
    await make({ accountId: `acc_${index % 20}`, url: `https://host${index % 3}.example/` });
}

test('what is new of one comes before the backlog of many, while that is under way', async () => {
  await backlogs();
  expect(new Set((await claim(20)).deliveries.map((delivery) => delivery.accountId)).size).toBe(20);
  await make({ accountId: 'acc_new' });
  const { deliveries } = await claim(5);
  expect(deliveries).toHaveLength(5);
  expect(deliveries.map((delivery) => delivery.accountId)).toContain('acc_new');
});

test('what is new of one comes before the backlog of many that were served meanwhile', async () => {
  await backlogs();
  // Turns are told apart by the millisecond.
  const later = () => (world.aheadMs += 10);
  const serve = async () => {
    later();
    const { deliveries } = await claim(12);
    for (const delivery of deliveries) await world.record({ ...delivery, ...answered });
    return deliveries.map((delivery) => delivery.accountId);
  };
  await serve();
  later();
  await make({ accountId: 'acc_new' });
  expect([...(await serve()), ...(await serve())]).toContain('acc_new');
});

test('reserved places are for the first delivery of accounts that have none under way', async () => {
  const claimReserving = async (slots: number) =>
    (await claimDeliveries(database, clock, { ...limits, reserved: 2 }, slots)).deliveries.map(
      (delivery) => delivery.accountId,
    );
  for (let index = 0; index < 6; index++) await make({ url: `https://host${index % 3}.example/` });
  expect(await claimReserving(5)).toEqual(['acc_1', 'acc_1', 'acc_1']);
  expect(await claimReserving(2)).toEqual([]);
  for (let index = 0; index < 2; index++) await make({ accountId: 'acc_2' });
  expect(await claimReserving(2)).toEqual(['acc_2']);
  expect(await claimReserving(1)).toEqual([]);
});

test('more accounts than one claim looks at have their turn one after the other', async () => {
  for (let index = 0; index < 300; index++) await make({ accountId: `acc_${String(index).padStart(3, '0')}` });
  await database.query(
    `update destination set next_due_at = next_due_at + interval '1 hour' where account_id < 'acc_290'`,
  );
  const first = await claimDeliveries(database, clock, limits, 100);
  expect([first.deliveries, first.turn, first.more]).toEqual([[], 'acc_255', true]);
  const second = await claimDeliveries(database, clock, limits, 100, first.turn);
  expect([second.deliveries.length, second.turn, second.more]).toEqual([10, '', false]);
});

test('a claim holds no more bytes than it may, and one that is larger than that by itself', async () => {
  const body = 'x'.repeat(3 * 1024 * 1024);
  for (let index = 0; index < 2; index++) await make({ accountId: `acc_${index}`, body });
  await make({ accountId: 'acc_2', body: `${body}${body}` });
  const sizes = [];
  for (let round = 0; round < 4; round++)
    sizes.push((await claim()).deliveries.map((delivery) => delivery.body.length));
  expect(sizes).toEqual([[body.length], [body.length], [2 * body.length], []]);
});

test('two claimers at once do not each find room for the same account', async () => {
  for (let index = 0; index < 6; index++) await make({ url: `https://host${index % 2}.example/` });
  const holder = await database.connect();
  await holder.query("begin; select from delivery where delivery_id = 'dlv_00001' for update");
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
  const arriving = make({}, async () => {
    inserted.emit();
    await commit.wait();
  });
  await inserted.wait();
  let claimed = false;
  const meanwhile = claimedIds().finally(() => {
    claimed = true;
  });
  await somebodyWaits(() => claimed);
  commit.emit();
  await arriving;
  expect([...(await meanwhile), ...(await claimedIds())].sort()).toEqual(['dlv_00001', 'dlv_00002']);
});

test('what has no free slot waits', async () => {
  for (let index = 0; index < 5; index++) await make({ accountId: `acc_${index}` });
  expect(await claimedIds(2)).toHaveLength(2);
  expect(await claimedIds(2)).toHaveLength(2);
  expect(await claimedIds(2)).toHaveLength(1);
});

test('ten claimers at once lease every delivery exactly once', async () => {
  for (let index = 0; index < 120; index++)
    await make({ accountId: `acc_${index % 12}`, url: `https://host${index % 5}.example/` });
  const pools = Array.from({ length: 3 }, () => world.open());
  const leased: string[] = [];
  const drain = async (pool: Database) => {
    const { deliveries } = await claim(7, pool);
    leased.push(...deliveries.map((delivery) => delivery.deliveryId));
    expect(await mostUnderWay('isolation_key')).toBeLessThanOrEqual(limits.inFlightPerDestination);
    expect(await mostUnderWay('account_id')).toBeLessThanOrEqual(limits.inFlightPerAccount);
    await Promise.all(deliveries.map((delivery) => world.record({ ...delivery, ...answered }, pool)));
    // Destinations of an account that was at its limit are looked at again half a second later.
    if (deliveries.length === 0) world.aheadMs += 501;
  };
  await eventually(
    async () => {
      await Promise.all(Array.from({ length: 10 }, (_, index) => drain(pools[index % 3]!)));
      return leased.length >= 120;
    },
    { what: 'all deliveries are made', deadlineMs: 25_000 },
  );
  expect(new Set(leased).size).toBe(120);
  expect(leased).toHaveLength(120);
  await Promise.all(pools.map((pool) => pool.end()));
});

test('a lease that ran out is claimed again, and its late record counts for nothing', async () => {
  await make();
  const [first] = (await claim()).deliveries;
  world.aheadMs = limits.leaseMs + 1;
  const [second] = (await claim()).deliveries;
  expect(second).toMatchObject({ deliveryId: first!.deliveryId, attempt: 1 });
  expect(await world.record({ ...first!, ...answered })).toBeUndefined();
  expect(await world.record({ ...second!, ...answered })).toEqual({ status: 'delivered' });
  expect((await database.query('select from delivery_attempt')).rowCount).toBe(1);
});

test('what is given back under a lease that was lost stays with whoever has it', async () => {
  await make();
  const { deliveries: lost } = await claim();
  world.aheadMs = limits.leaseMs + 1;
  const { deliveries: held } = await claim();
  await releaseDeliveries(database, clock, lost);
  expect(await claimedIds()).toEqual([]);
  await releaseDeliveries(database, clock, held);
  expect(await claimedIds()).toEqual(['dlv_00001']);
});

test('what is due later is not claimed before its time', async () => {
  await make();
  const [delivery] = (await claim()).deliveries;
  await world.record({ ...delivery!, ...answered, httpStatus: 500, error: 'http_error' });
  world.aheadMs = 29_000;
  expect(await claimedIds()).toEqual([]);
  world.aheadMs = 30_100;
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
    for (const delivery of deliveries) await world.record({ ...delivery, ...timedOut });
    failed += deliveries.length;
  }
}

const attemptsUsed = async () =>
  (await database.query('select attempts from delivery order by delivery_id')).rows.map((row) => row.attempts);

test('a server in trouble is left alone, then probed by one delivery at a time, and what waits for it loses no attempt', async () => {
  await breakServer();
  await make();
  expect(await claimedIds()).toEqual([]);
  for (const pauseMs of [30_000, 60_000, 120_000]) {
    world.aheadMs += pauseMs + 1_000;
    const { deliveries } = await claim();
    expect(deliveries).toEqual([expect.objectContaining({ probe: true })]);
    expect(await claimedIds()).toEqual([]);
    await world.record({ ...deliveries[0]!, ...timedOut });
    expect(await claimedIds()).toEqual([]);
  }
  expect(await attemptsUsed()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
  const { rows } = await database.query('select probe from delivery_attempt order by probe');
  expect(rows.map((row) => row.probe)).toEqual([...Array<boolean>(10).fill(false), true, true, true]);
});

test('what replicas see of a server is counted together, and known to one that starts later', async () => {
  const replicas = [world.open(), world.open()];
  for (let index = 0; index < 10; index++) await make();
  for (let failed = 0; failed < 10;) {
    const { deliveries } = await claim(100, replicas[failed % 2]);
    for (const delivery of deliveries) await world.record({ ...delivery, ...timedOut }, replicas[failed++ % 2]);
  }
  await Promise.all(replicas.map((replica) => replica.end()));
  await make();
  const later = world.open();
  expect((await claim(100, later)).deliveries).toEqual([]);
  world.aheadMs += 31_000;
  expect((await claim(100, later)).deliveries).toEqual([expect.objectContaining({ probe: true })]);
  await later.end();
});

test('a probe that succeeds lets all that waited go, at the usual pace', async () => {
  await breakServer();
  world.aheadMs += 31_000;
  const [probe] = (await claim()).deliveries;
  expect(await world.record({ ...probe!, ...answered })).toEqual({ status: 'delivered' });
  expect(await claimedIds()).toHaveLength(limits.inFlightPerDestination);
});

test('another account at the same server has a breaker of its own', async () => {
  await breakServer();
  await make({ accountId: 'acc_2' });
  expect((await claim()).deliveries.map((delivery) => delivery.accountId)).toEqual(['acc_2']);
});

test('what no server took for three days has failed and is kept', async () => {
  await breakServer();
  world.aheadMs += 71 * 3_600_000;
  await endParked(database, clock, { disable: async () => undefined });
  expect(new Set(await statuses())).toEqual(new Set(['pending']));
  world.aheadMs += 2 * 3_600_000;
  await endParked(database, clock, { disable: async () => undefined });
  expect(new Set(await statuses())).toEqual(new Set(['failed']));
});

test('an endpoint at a server that took nothing for three days is disabled, and the others of the account are told', async () => {
  const endpoints = new EndpointStore(database, new SecretBox(Buffer.alloc(32, 7)));
  const owner = { accountId: 'acc_1', environment: 'live' };
  const create = async (url: string, events: string[]) => {
    const created = await endpoints.create(owner, { url, events, description: '', headers: [] });
    if (typeof created === 'string') throw new Error(created);
    return created.endpointId;
  };
  const silent = await create('https://a.example/', ['video.completed']);
  const told = await create('https://told.example/', ['webhook.disabled']);
  await breakServer();
  await database.query(`insert into feed_head (account_id, environment, next_seq) values ('acc_1', 'live', 100)`);
  const notices = new EndpointNotices(database, clock, new DeliveriesDue());
  await endParked(database, clock, notices);
  expect((await endpoints.list(owner, silent))[0]).toMatchObject({ enabled: true });
  world.aheadMs += 73 * 3_600_000;
  await endParked(database, clock, notices);
  expect((await endpoints.list(owner, silent))[0]).toMatchObject({
    enabled: false,
    disabledReason: 'unreachable',
    disabledAt: expect.any(Date),
  });
  const [notice] = (await claim()).deliveries;
  expect(notice).toMatchObject({ endpointId: told, event: 'webhook.disabled' });
  expect(JSON.parse(notice!.body.toString())).toMatchObject({
    data: { endpoint_id: silent, url: 'https://a.example/', reason: 'unreachable' },
  });
});
