import type { Database } from '@usvideo/event-store';
import { DeliveryWorld } from '../../test/delivery-world';
import { DeliveryLog } from './delivery-log.sql';

const world = new DeliveryWorld();
let database: Database;

beforeEach(async () => {
  database = await world.begin();
});
afterEach(() => world.end());

const ALL = {
  accountId: 'acc_1',
  environment: 'live',
  limit: 10,
  offset: 0,
  startingAfter: '',
  jobId: '',
  statuses: [],
  endpointId: '',
  event: '',
  deliveryId: '',
};

test('one delivery is shown with every attempt, the newest with all that was answered; a list has the newest of each', async () => {
  const { deliveryId } = await world.make();
  await database.query(
    `
    insert into delivery_attempt (delivery_id, attempt, started_at, duration_ms, http_status, error, response_excerpt, address, probe)
    select $1, n, clock_timestamp(), 7, 503, 'http_error', repeat('x', 16384), '192.0.2.1', n > 4 from generate_series(1, 300) as n`,
    [deliveryId],
  );
  const log = new DeliveryLog(database);
  const [whole] = await log.list({ ...ALL, deliveryId });
  expect(whole!.attempts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  expect(whole!.attempts.map(({ responseExcerpt }) => responseExcerpt.length)).toEqual([
    ...Array<number>(280).fill(1_024),
    ...Array<number>(20).fill(16_384),
  ]);
  expect(whole!.attempts[0]).toMatchObject({ httpStatus: 503, durationMs: 7, address: '192.0.2.1', probe: false });
  const [listed] = await log.list(ALL);
  expect(listed!.attempts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, index) => index + 281));
  expect(new Set(listed!.attempts.map(({ responseExcerpt }) => responseExcerpt.length))).toEqual(new Set([1_024]));
});
