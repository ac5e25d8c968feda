import { createHmac } from 'node:crypto';
import { call, hasStatus, status } from '@usvideo/runtime';
import { eventually, httpReceiver, type HttpReceiver, type ReceivedRequest } from '@usvideo/testing';
import { Webhook } from 'standardwebhooks';
import { ulid } from 'ulid';
import { WebhooksStage, type EndedJob } from '../test/webhooks-stage';

const stage = new WebhooksStage();
let receiver: HttpReceiver;

beforeAll(() => stage.open());
afterAll(() => stage.close());
beforeEach(async () => {
  receiver = await httpReceiver();
  stage.aheadMs = 0;
});
afterEach(() => receiver.stop());

const endJob: WebhooksStage['endJob'] = (changes) => stage.endJob({ webhookUrl: `${receiver.url}/hook`, ...changes });

async function verified({ accountId }: EndedJob, request: ReceivedRequest): Promise<unknown> {
  const secret = await stage.secretOf(accountId);
  expect(request.headers['x-signature']).toBe(createHmac('sha256', secret).update(request.body).digest('hex'));
  return new Webhook(secret).verify(request.body, request.headers as Record<string, string>);
}

test('an ended job reaches its URL once, signed, with the event before the job', async () => {
  const ended = await endJob();
  const [request] = await receiver.received(1);
  expect(request).toMatchObject({ method: 'POST', path: '/hook' });
  expect(request!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': ended.eventId });
  expect(request!.body.toString()).toBe(
    `{"event":"video.completed","id":"${ended.jobId}","status":"completed","prompt":"a bear"}`,
  );
  expect(await verified(ended, request!)).toMatchObject({ event: 'video.completed' });
  expect(await stage.attempted(ended, 1)).toMatchObject({
    status: 'delivered',
    event: 'video.completed',
    eventId: ended.eventId,
    nextAttemptAt: undefined,
  });
  expect(receiver.requests).toHaveLength(1);
});

test.each([
  ['job_failed', 'video.failed'],
  ['job_cancelled', 'video.cancelled'],
])('%s is told as %s', async (kind, name) => {
  const ended = await endJob({ kind });
  const [request] = await receiver.received(1);
  expect(await verified(ended, request!)).toMatchObject({ event: name });
});

test('a job that its own key cancelled is told to the endpoints that ask and in the feed, not at its own URL', async () => {
  const accountId = `acc_${ulid()}`;
  const fields = { url: `${receiver.url}/all`, events: ['video.cancelled'], description: '', headers: [] };
  await call(stage.client, 'createEndpoint', { accountId, environment: 'live', ...fields });
  const { jobId } = await endJob({ accountId, kind: 'job_cancelled', byOwnKey: true });
  const later = await endJob({ accountId });
  await receiver.received(2);
  const told = (await stage.deliveriesOf({ accountId })).map((delivery) => [
    delivery.event,
    delivery.jobId,
    new URL(delivery.url).pathname,
  ]);
  expect(told.sort()).toEqual([
    ['video.cancelled', jobId, '/all'],
    ['video.completed', later.jobId, '/hook'],
  ]);
  const { rows } = await stage.database.query('select event from feed_event where account_id = $1 order by seq', [
    accountId,
  ]);
  expect(rows.map(({ event }) => event)).toEqual(['video.cancelled', 'video.completed']);
});

test('a job without a URL is in the feed and delivered to nobody', async () => {
  const accountId = `acc_${ulid()}`;
  for (let index = 0; index < 3; index++) await endJob({ accountId, webhookUrl: undefined });
  const feed = await eventually(
    async () => {
      const { rows } = await stage.database.query(
        'select seq, body is not null as filled from feed_event where account_id = $1 order by seq',
        [accountId],
      );
      return rows.length === 3 && rows.every((row) => row.filled) && rows;
    },
    { what: 'the feed is complete' },
  );
  expect(feed.map((row) => row.seq)).toEqual([1n, 2n, 3n]);
  expect(await stage.deliveriesOf({ accountId })).toEqual([]);
});

test('a webhook waits a second for its job to settle', async () => {
  const before = Date.now();
  const ended = await endJob({ settled: false });
  const [request] = await receiver.received(1);
  expect(request!.receivedAt.getTime() - before).toBeGreaterThanOrEqual(950);
  await stage.attempted(ended, 1);
});

test('a webhook tells what was true once its job had settled', async () => {
  const ended = await endJob({ settled: false });
  stage.jobs.set(ended.jobId, { ...stage.jobs.get(ended.jobId)!, settled: true, jobJson: '{"id":"settled"}' });
  const [request] = await receiver.received(1);
  expect(await verified(ended, request!)).toMatchObject({ id: 'settled' });
});

test('a body is fetched once: later attempts send the same bytes', async () => {
  receiver.answerWith(500);
  const ended = await endJob();
  await stage.attempted(ended, 1);
  stage.jobs.set(ended.jobId, { ...stage.jobs.get(ended.jobId)!, jobJson: '{"id":"changed"}' });
  receiver.answerWith(200);
  stage.aheadMs = 31_000;
  const requests = await receiver.received(2);
  expect(requests[1]!.body).toEqual(requests[0]!.body);
  expect(requests[1]!.headers['webhook-id']).toBe(ended.eventId);
  expect(await stage.attempted(ended, 2)).toMatchObject({ status: 'delivered' });
});

test('four attempts, each at its time after the end of the one before, then no more', async () => {
  receiver.answerWith(500);
  const ended = await endJob();
  let delivery = await stage.attempted(ended, 1);
  for (const [index, waitMs] of [30_000, 120_000, 480_000].entries()) {
    const { durationMs, startedAt } = delivery.attempts[index]!;
    const endedAt = startedAt!.getTime() + durationMs;
    expect(delivery.nextAttemptAt!.getTime() - endedAt).toBe(waitMs);
    stage.aheadMs += waitMs;
    delivery = await stage.attempted(ended, index + 2);
    const lateMs = delivery.attempts[index + 1]!.startedAt!.getTime() - endedAt - waitMs;
    // The measured duration is rounded, and so is a start that is counted back from the end.
    expect(lateMs).toBeGreaterThanOrEqual(-2);
    expect(lateMs).toBeLessThan(waitMs / 10);
  }
  expect(delivery).toMatchObject({ status: 'failed', nextAttemptAt: undefined });
  expect(delivery.attempts.map((attempt) => [attempt.attempt, attempt.httpStatus, attempt.error])).toEqual(
    [1, 2, 3, 4].map((attempt) => [attempt, 500, 'http_error']),
  );
});

test('a server that is too busy says itself when it wants the next attempt', async () => {
  receiver.answerWith((_, response) => {
    response.writeHead(503, { 'retry-after': '45' }).end();
  });
  const {
    attempts: [attempt],
    nextAttemptAt,
  } = await stage.attempted(await endJob(), 1);
  expect(nextAttemptAt!.getTime() - attempt!.startedAt!.getTime() - attempt!.durationMs).toBe(45_000);
});

test('the sandbox can ask for its webhook twice: two deliveries under one webhook-id', async () => {
  const ended = await endJob({ duplicateWebhook: true });
  const requests = await receiver.received(2);
  expect(requests.map((request) => request.headers['webhook-id'])).toEqual([ended.eventId, ended.eventId]);
  expect(await stage.deliveriesOf(ended)).toHaveLength(2);
});

test('an erased job leaves no body, URL or answer, and what was still to be sent is superseded', async () => {
  receiver.answerWith((_, response) => {
    response.writeHead(500).end('a bear');
  });
  const ended = await endJob();
  await stage.attempted(ended, 1);
  await stage.record(ended, 'content_erased');
  const delivery = await eventually(async () => (await stage.deliveriesOf(ended, ['superseded']))[0], {
    what: 'the erasure is heard',
  });
  expect(delivery).toMatchObject({ url: '', nextAttemptAt: undefined, attempts: [{ responseExcerpt: '' }] });
  const { rows } = await stage.database.query('select body from feed_event where job_id = $1', [ended.jobId]);
  expect(rows).toEqual([{ body: null }]);
});

test('the log is read page by page, newest first, by its owner only', async () => {
  const accountId = `acc_${ulid()}`;
  for (let index = 0; index < 5; index++) await endJob({ accountId });
  const all = await eventually(
    async () => {
      const deliveries = await stage.deliveriesOf({ accountId }, ['delivered']);
      return deliveries.length === 5 && deliveries;
    },
    { what: 'all are delivered' },
  );
  const page = (changes: object) =>
    call(stage.client, 'listDeliveries', {
      accountId,
      environment: 'live',
      limit: 2,
      offset: 0,
      startingAfter: '',
      jobId: '',
      statuses: [],
      endpointId: '',
      event: '',
      deliveryId: '',
      ...changes,
    });
  const second = await page({ startingAfter: all[1]!.deliveryId });
  expect(second.deliveries).toEqual(all.slice(2, 4));
  expect(second.hasMore).toBe(true);
  expect(await page({ offset: 4 })).toEqual({ deliveries: all.slice(4), hasMore: false });
  expect((await page({ jobId: all[3]!.jobId })).deliveries).toEqual([all[3]]);
  expect((await page({ environment: 'test' })).deliveries).toEqual([]);
  expect(await stage.deliveriesOf({ accountId: 'acc_other' })).toEqual([]);
  for (const foreign of [
    { startingAfter: 'dlv_none' },
    { startingAfter: all[1]!.deliveryId, environment: 'test' },
    { startingAfter: all[1]!.deliveryId, accountId: 'acc_other' },
  ]) {
    expect(hasStatus(await page(foreign).catch((error: unknown) => error), status.INVALID_ARGUMENT)).toBe(true);
  }
});

test('an account has one secret, also when asked for twenty times at once, and it is stored encrypted', async () => {
  const accountId = `acc_${ulid()}`;
  const secrets = new Set(await Promise.all(Array.from({ length: 20 }, () => stage.secretOf(accountId))));
  const [secret] = [...secrets];
  expect(secrets.size).toBe(1);
  expect(Buffer.from(secret!.slice('whsec_'.length), 'base64')).toHaveLength(32);
  const { rows } = await stage.database.query(
    `select encode(sealed, 'escape') as sealed from account_secret where account_id = $1`,
    [accountId],
  );
  expect(rows[0].sealed).not.toContain(secret);
});
