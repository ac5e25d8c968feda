import type { Database } from '@usvideo/event-store';
import { DeliveryWorld } from '../../test/delivery-world';
import { claimDeliveries } from '../delivery/delivery-claim.sql';
import { removeExpired } from './retention.loop';

const world = new DeliveryWorld();
let database: Database;

beforeEach(async () => {
  database = await world.begin();
});
afterEach(() => world.end());

const limits = { leaseMs: 30_000, inFlightPerDestination: 4, inFlightPerAccount: 6, atOncePerAccount: 6, reserved: 0 };
const claim = async () => (await claimDeliveries(database, world.clock, limits, 10)).deliveries;
const remove = () => removeExpired(database, { feedDays: 30, deliveryDays: 30 });
const count = async (table: string) =>
  Number((await database.query<{ count: bigint }>(`select count(*) from ${table}`)).rows[0]!.count);

async function deliver(httpStatus: number): Promise<void> {
  const [delivery] = await claim();
  await world.record({
    ...delivery!,
    httpStatus,
    error: '',
    retryAfter: undefined,
    responseExcerpt: '',
    durationMs: 1,
    address: '',
  });
}

test('a server that nothing waits for is forgotten, and known again when something does', async () => {
  await world.make();
  await remove();
  expect(await count('destination')).toBe(1);
  await deliver(200);
  expect(await claim()).toEqual([]);
  await remove();
  expect(await count('destination')).toBe(0);
  await world.make();
  expect(await claim()).toHaveLength(1);
});

test('a delivery goes after its time with all that was answered; one that is still to be made stays', async () => {
  await world.make();
  await deliver(200);
  await world.make();
  await database.query(`update delivery set created_at = created_at - interval '31 days'`);
  await remove();
  expect([await count('delivery'), await count('delivery_attempt'), await count('feed_event')]).toEqual([1, 0, 2]);
});

test('an event goes with its body and with whatever was delivered of it', async () => {
  await world.make();
  await deliver(500);
  await world.make();
  await database.query(`update feed_event set recorded_at = recorded_at - interval '31 days' where seq = 1`);
  await remove();
  expect([await count('delivery'), await count('delivery_attempt'), await count('feed_event')]).toEqual([1, 0, 1]);
});
