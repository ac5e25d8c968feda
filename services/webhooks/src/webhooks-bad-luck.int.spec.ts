import { randomBytes } from 'node:crypto';
import { inTransaction } from '@usvideo/event-store';
import { call } from '@usvideo/runtime';
import { eventually, freePort, httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { ulid } from 'ulid';
import { WebhooksStage } from '../test/webhooks-stage';
import { BodiesDue } from './delivery/due';
import { jobsSubscription } from './inbound/jobs.consumer';

const stage = new WebhooksStage();
let receiver: HttpReceiver;

beforeAll(() => stage.open());
afterAll(() => stage.close());
beforeEach(async () => {
  receiver = await httpReceiver();
});
afterEach(() => receiver.stop());

const endJob: WebhooksStage['endJob'] = (changes) => stage.endJob({ webhookUrl: `${receiver.url}/hook`, ...changes });
const never = () => new Promise<void>(() => undefined);

test('a hanging server delays nobody, not even the same account elsewhere', async () => {
  await stage.stopWebhooks();
  await stage.startWebhooks({ WEBHOOK_TIMEOUT_MS: '8000', WEBHOOK_LEASE_MS: '20000' });
  const hanging = await httpReceiver();
  hanging.answerWith(never);
  const accountId = `acc_${ulid()}`;
  const stuck = await endJob({ accountId, webhookUrl: hanging.url });
  for (let index = 0; index < 9; index++) await endJob({ accountId, webhookUrl: hanging.url });
  await hanging.received(4);
  for (let index = 0; index < 5; index++) await endJob({ accountId });
  await receiver.received(5);
  // All five came while the attempts at the hanging server went on: none has been recorded.
  expect(
    (await stage.deliveriesOf({ accountId })).filter(
      (delivery) => delivery.url === hanging.url && delivery.attempts.length > 0,
    ),
  ).toEqual([]);
  expect(hanging.requests).toHaveLength(4);
  const timedOut = async () =>
    (await stage.deliveriesOf(stuck)).find((delivery) => delivery.url === hanging.url && delivery.attempts.length > 0);
  const delivery = await eventually(timedOut, { what: 'the deadline of an attempt has passed' });
  expect(delivery.attempts[0]).toMatchObject({ httpStatus: 0, error: 'timeout' });
  await hanging.stop();
  await stage.stopWebhooks();
  await stage.startWebhooks();
});

test('a server that drips its answer is cut off at the deadline', async () => {
  receiver.answerWith(async (_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(drip));
  });
  const delivery = await stage.attempted(await endJob(), 1);
  expect(delivery.attempts[0]).toMatchObject({
    httpStatus: 0,
    error: 'timeout',
    address: '127.0.0.1',
    responseExcerpt: expect.stringMatching(/^\.+$/),
  });
  expect(delivery.attempts[0]!.durationMs).toBeLessThan(1_500);
});

test('a redirect is a failure and its target is never asked', async () => {
  const target = await httpReceiver();
  receiver.answerWith((_, response) => {
    response.writeHead(307, { location: target.url }).end('moved');
  });
  const delivery = await stage.attempted(await endJob(), 1);
  expect(delivery.attempts[0]).toMatchObject({ httpStatus: 307, error: 'redirect_refused', responseExcerpt: 'moved' });
  expect(target.requests).toHaveLength(0);
  await target.stop();
});

test.each(['http://169.254.169.254/latest', 'http://2852039166/', 'http://[::1]:9/', 'https://127.0.0.2/', 'nonsense'])(
  '%s is never asked',
  async (webhookUrl) => {
    const delivery = await stage.attempted(await endJob({ webhookUrl }), 1);
    expect(delivery).toMatchObject({ status: 'pending', attempts: [{ httpStatus: 0, error: 'url_forbidden' }] });
  },
);

test('a server that is not there is tried again later', async () => {
  const delivery = await stage.attempted(await endJob({ webhookUrl: `http://127.0.0.1:${await freePort()}/` }), 1);
  expect(delivery).toMatchObject({
    status: 'pending',
    attempts: [{ httpStatus: 0, error: 'connection_failed', address: '127.0.0.1' }],
  });
});

test('410 ends a delivery; a large answer is kept as its beginning', async () => {
  receiver.answerWith((_, response) => {
    response.writeHead(410).end('g'.repeat(100_000));
  });
  const ended = await endJob();
  const delivery = await stage.attempted(ended, 1);
  expect(delivery).toMatchObject({ status: 'failed', nextAttemptAt: undefined });
  expect(delivery.attempts[0]!.responseExcerpt).toBe('g'.repeat(1_024));
  const whole = await call(stage.client, 'listDeliveries', {
    accountId: ended.accountId,
    environment: 'live',
    limit: 1,
    offset: 0,
    startingAfter: '',
    jobId: '',
    statuses: [],
    endpointId: '',
    event: '',
    deliveryId: delivery.deliveryId,
  });
  expect(whole.deliveries[0]!.attempts[0]).toMatchObject({ responseExcerpt: 'g'.repeat(16_384), address: '127.0.0.1' });
});

test('an answer with NUL in it is kept all the same', async () => {
  receiver.answerWith((_, response) => {
    response.writeHead(500).end('a\u0000b');
  });
  expect((await stage.attempted(await endJob(), 1)).attempts[0]!.responseExcerpt).toBe('a\uFFFDb');
});

test('a job that cannot be rendered holds up no other', async () => {
  const accountId = `acc_${ulid()}`;
  await endJob({ accountId, jobJson: 'not an object' });
  const good = await endJob({ accountId });
  const [request] = await receiver.received(1);
  expect(request!.headers['webhook-id']).toBe(good.eventId);
});

test('two hundred of the largest jobs of one account hold up nobody else, and are told themselves', async () => {
  const heavy = `acc_${ulid()}`;
  stage.stopScheduler();
  const jobJson = (id: number) => JSON.stringify({ id: `heavy ${id}`, prompt: 'x'.repeat(105_000) });
  for (let index = 0; index < 200; index++)
    await endJob({ accountId: heavy, webhookUrl: undefined, jobJson: jobJson(index) });
  await stage.startScheduler();
  const light = await endJob();
  const [request] = await receiver.received(1, 20_000);
  expect(request!.headers['webhook-id']).toBe(light.eventId);
  const filled = async () =>
    (await stage.database.query('select from feed_event where account_id = $1 and body is not null', [heavy]))
      .rowCount === 200;
  await eventually(filled, { what: 'the large jobs are told, too', deadlineMs: 30_000 });
});

test('a job that is too large for any answer fails alone', async () => {
  const accountId = `acc_${ulid()}`;
  stage.stopScheduler();
  await endJob({ accountId, jobJson: JSON.stringify({ id: 'x'.repeat(17 * 1024 * 1024) }) });
  const others = [await endJob({ accountId }), await endJob({ accountId })];
  await stage.startScheduler();
  const requests = await receiver.received(2, 20_000);
  expect(requests.map((request) => request.headers['webhook-id']).sort()).toEqual(
    others.map(({ eventId }) => eventId).sort(),
  );
});

test('a scheduler that is away delays webhooks and loses none', async () => {
  stage.stopScheduler();
  const ended = await endJob();
  const recorded = async () =>
    (await stage.database.query('select from feed_intent where event_id = $1', [ended.eventId])).rowCount === 1;
  await eventually(recorded, { what: 'the intent is recorded' });
  await stage.startScheduler();
  const [request] = await receiver.received(1, 20_000);
  expect(request!.headers['webhook-id']).toBe(ended.eventId);
});

test('what a restored scheduler knows nothing of is asked for no more, and what it knows is delivered', async () => {
  stage.stopScheduler();
  const accountId = `acc_${ulid()}`;
  const kept = await endJob({ accountId });
  const lost = await endJob({ accountId });
  const places = await eventually(
    async () => {
      const { rows } = await stage.database.query<{ shard: number; shard_seq: bigint }>(
        'select shard, shard_seq from feed_intent where event_id in ($1, $2) order by shard_seq',
        [kept.eventId, lost.eventId],
      );
      return rows.length === 2 && rows;
    },
    { what: 'two intents' },
  );
  const { restored } = jobsSubscription(stage.database, new BodiesDue());
  await inTransaction(stage.database, (tx) => restored!.reconcile(tx, places[0]!.shard, places[0]!.shard_seq));
  await stage.startScheduler();
  const [request] = await receiver.received(1, 20_000);
  expect(request!.headers['webhook-id']).toBe(kept.eventId);
  expect((await stage.database.query('select from feed_intent where event_id = $1', [lost.eventId])).rowCount).toBe(0);
});

test('an orderly stop gives an attempt under way back; it is made again at once, under the same id and number', async () => {
  receiver.answerWith(never);
  await stage.stopWebhooks();
  await stage.startWebhooks({ WEBHOOK_TIMEOUT_MS: '20000', WEBHOOK_LEASE_MS: '60000' });
  const ended = await endJob();
  await receiver.received(1);
  await stage.stopWebhooks();
  receiver.answerWith(200);
  await stage.startWebhooks();
  const requests = await receiver.received(2);
  expect(requests.map((request) => request.headers['webhook-id'])).toEqual([ended.eventId, ended.eventId]);
  await eventually(async () => (await stage.attempted(ended, 1)).status === 'delivered', {
    what: 'one attempt, and the delivery',
  });
});

test('whoever starts knows how many attempts were made and when the next is due', async () => {
  stage.aheadMs = 0;
  receiver.answerWith(500);
  const ended = await endJob();
  let delivery = await stage.attempted(ended, 1);
  for (const [index, waitMs] of [30_000, 120_000, 480_000].entries()) {
    const dueAt = delivery.nextAttemptAt!;
    await stage.stopWebhooks();
    await stage.startWebhooks();
    expect(
      (await eventually(() => stage.attempted(ended, index + 1), { what: 'webhooks answers again' })).nextAttemptAt,
    ).toEqual(dueAt);
    stage.aheadMs += waitMs;
    delivery = await stage.attempted(ended, index + 2);
    expect(delivery.attempts[index + 1]!.startedAt!.getTime()).toBeGreaterThanOrEqual(dueAt.getTime() - 2);
  }
  expect(delivery).toMatchObject({ status: 'failed', nextAttemptAt: undefined });
  expect(receiver.requests.map((request) => request.headers['webhook-id'])).toEqual(Array(4).fill(ended.eventId));
  stage.aheadMs = 0;
});

test('events that were recorded while webhooks was down are delivered when it is back', async () => {
  await stage.stopWebhooks();
  const ended = await endJob();
  await stage.startWebhooks();
  const [request] = await receiver.received(1);
  expect(request!.headers['webhook-id']).toBe(ended.eventId);
});

describe('it does not start', () => {
  beforeAll(() => stage.stopWebhooks());
  afterAll(() => stage.startWebhooks());

  test('with a lease that could end before its attempt', async () => {
    await expect(stage.startWebhooks({ WEBHOOK_TIMEOUT_MS: '15000', WEBHOOK_LEASE_MS: '15000' })).rejects.toThrow(
      'too short',
    );
  });

  test('with another SECRETS_KEY than the stored secrets have', async () => {
    await expect(stage.startWebhooks({ SECRETS_KEY: randomBytes(32).toString('base64') })).rejects.toThrow(
      'SECRETS_KEY',
    );
  });

  test('with a SECRETS_KEY that is no key', async () => {
    await expect(stage.startWebhooks({ SECRETS_KEY: 'short' })).rejects.toThrow('32 bytes');
  });
});
