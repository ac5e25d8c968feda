import type { Database } from '@usvideo/event-store';
import { eventually, httpReceiver, type HttpReceiver, Signal } from '@usvideo/testing';
import { DeliveryWorld } from '../../test/delivery-world';
import { webhookAttempts } from '../metrics';

const world = new DeliveryWorld();
let database: Database;
let receiver: HttpReceiver;

beforeEach(async () => {
  database = await world.begin();
  receiver = await httpReceiver();
});
afterEach(async () => {
  await receiver.stop();
  await world.end();
});

const never = () => new Promise<void>(() => undefined);
const leased = async () => (await database.query('select from delivery where lease_until is not null')).rowCount;

test('no more attempts are under way than there are places in the process', async () => {
  receiver.answerWith(never);
  for (let index = 0; index < 5; index++)
    await world.make({ accountId: `acc_${index}`, url: `${receiver.url}/${index}` });
  const worker = world.worker(database, { slots: 2 });
  await worker.run();
  await receiver.received(2);
  await worker.run();
  expect(await leased()).toBe(2);
  await worker.stop();
  expect(await leased()).toBe(0);
}, 20_000);

test('an attempt that was given back counts for nothing, however it ends', async () => {
  const answer = new Signal('answer');
  const ended = new Signal('the attempt has ended');
  receiver.answerWith(async (_, response) => {
    await answer.wait();
    response.writeHead(200).end();
  });
  await world.make({ url: receiver.url });
  const error = jest.fn();
  const worker = world.worker(database, {
    lookSoon: () => ended.emit(),
    logger: Object.assign(Object.create(world.logger), { error }),
  });
  await worker.run();
  await receiver.received(1);
  const before = (await webhookAttempts.get()).values;
  await worker.stop();
  answer.emit();
  await ended.wait();
  expect((await webhookAttempts.get()).values).toEqual(before);
  expect(error).not.toHaveBeenCalled();
  expect((await database.query('select from delivery_attempt')).rowCount).toBe(0);
}, 20_000);

test('killed between sending and recording: the delivery is made again under the same webhook-id and attempt', async () => {
  const dying = world.open();
  const arrived = new Promise<void>((resolve) => {
    receiver.answerWith((_, response) => {
      // The process loses its database at the moment the answer goes out, as it would with kill -9.
      void dying.end().then(() => {
        response.writeHead(200).end();
        resolve();
      });
    });
  });
  const { eventId } = await world.make({ url: receiver.url });
  await world.worker(dying).run();
  await arrived;
  receiver.answerWith(200);
  const survivor = world.worker(database);
  await survivor.run();
  expect(receiver.requests).toHaveLength(1);
  world.aheadMs = 30_001;
  await survivor.run();
  const requests = await receiver.received(2);
  expect(requests.map((request) => request.headers['webhook-id'])).toEqual([eventId, eventId]);
  expect(requests[1]!.body).toEqual(requests[0]!.body);
  await eventually(async () => (await database.query('select status from delivery')).rows[0].status === 'delivered', {
    what: 'the second attempt is recorded',
  });
  await survivor.stop();
});
