import type { Database } from '@usvideo/event-store';
import { DeliveryWorld } from '../../test/delivery-world';
import { claimDeliveries } from './delivery-claim.sql';
import { DeliveriesDue } from './due';
import { Redeliveries, type RedeliveryQuery } from './redelivery.sql';

const world = new DeliveryWorld();
let database: Database;

beforeEach(async () => {
  database = await world.begin();
});
afterEach(() => world.end());

const ENDED: RedeliveryQuery = {
  accountId: 'acc_1',
  environment: 'live',
  deliveryId: '',
  statuses: [],
  endpointId: '',
  event: '',
  jobId: '',
  createdAfter: undefined,
  createdBefore: undefined,
  startingAfter: '',
};
const limits = { leaseMs: 30_000, inFlightPerDestination: 4, inFlightPerAccount: 6, atOncePerAccount: 6, reserved: 0 };
const refused = {
  httpStatus: 400,
  error: 'http_error',
  retryAfter: undefined,
  responseExcerpt: '',
  durationMs: 1,
  address: '',
};

const redeliver = (changes: Partial<RedeliveryQuery> = {}, clock = world.clock) =>
  new Redeliveries(database, clock, new DeliveriesDue()).make({ ...ENDED, ...changes });
const claim = async () => (await claimDeliveries(database, world.clock, limits, 10)).deliveries;
const rows = async () =>
  (
    await database.query(
      'select delivery_id, attempts, status, redelivery_of, next_attempt_at from delivery order by created_at, delivery_id',
    )
  ).rows;

/** As many attempts as there are, each at its time. */
async function exhaust(): Promise<void> {
  for (const waitMs of [30_000, 120_000, 480_000, 0]) {
    const [delivery] = await claim();
    await world.record({ ...delivery!, ...refused });
    world.aheadMs += waitMs + 1_000;
  }
}

test('has attempts of its own, and those of the delivery that it repeats stay as they were', async () => {
  const { deliveryId } = await world.make();
  await exhaust();
  const {
    deliveryIds: [again],
  } = (await redeliver())!;
  const [repeated] = await claim();
  expect(repeated).toMatchObject({ deliveryId: again, attempt: 1 });
  await world.record({ ...repeated!, ...refused });
  expect(await rows()).toEqual([
    { delivery_id: deliveryId, attempts: 4, status: 'failed', redelivery_of: null, next_attempt_at: null },
    {
      delivery_id: again,
      attempts: 1,
      status: 'pending',
      redelivery_of: deliveryId,
      next_attempt_at: expect.any(Date),
    },
  ]);
});

test("takes those of a time, status and job, a job's own URL as well as an endpoint", async () => {
  for (let index = 0; index < 4; index++) await world.make();
  await database.query(`update delivery set status = 'failed', next_attempt_at = null, created_at = timestamptz '2026-03-01 12:00Z' + make_interval(hours => copy_of.n::int)
    from (select delivery_id as id, row_number() over (order by delivery_id) as n from delivery) as copy_of where copy_of.id = delivery_id`);
  const originals = async (query: Partial<RedeliveryQuery>) => {
    const { deliveryIds } = (await redeliver(query))!;
    const { rows: found } = await database.query(
      'select redelivery_of from delivery where delivery_id = any($1) order by 1',
      [deliveryIds],
    );
    return found.map((row) => row.redelivery_of);
  };
  const at = (hour: number) => new Date(`2026-03-01T${hour}:00:00Z`);
  expect(await originals({ createdAfter: at(14), createdBefore: at(16) })).toEqual(['dlv_00002', 'dlv_00003']);
  expect(await originals({ statuses: ['delivered'] })).toEqual([]);
  expect(await originals({ jobId: 'job_00004', statuses: ['failed'] })).toEqual(['dlv_00004']);
  expect(await originals({ accountId: 'acc_2' })).toEqual([]);
});

test('is due ten a second, behind those that wait already, and no more wait than may', async () => {
  const now = new Date();
  const stopped = () => now;
  for (let index = 0; index < 3; index++) await world.make();
  await database.query(`update delivery set status = 'failed', next_attempt_at = null`);
  await redeliver({}, stopped);
  const due = async () =>
    (
      await database.query<{ due: Date }>(
        `select next_attempt_at as due from delivery where redelivery_of is not null order by 1`,
      )
    ).rows.map((row) => row.due.getTime());
  const [first] = await due();
  await redeliver({}, stopped);
  expect((await due()).map((each) => each - first!)).toEqual([0, 100, 200, 300, 400, 500]);
  await database.query(`
    insert into delivery (delivery_id, account_id, environment, event_id, event, job_id, job_version, url, isolation_key, copy, traceparent, created_at, status, next_attempt_at, redelivery_of)
    select 'dlv_more_' || n, account_id, environment, event_id, event, job_id, job_version, url, isolation_key, 10 + n, '', created_at, 'pending', clock_timestamp(), delivery_id
    from delivery, generate_series(1, 9992) as n where delivery_id = 'dlv_00001'`);
  expect((await redeliver())!.deliveryIds).toHaveLength(2);
  expect(await redeliver()).toBeUndefined();
  expect((await redeliver({ accountId: 'acc_2' }))!.deliveryIds).toEqual([]);
});
