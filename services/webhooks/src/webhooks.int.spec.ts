import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { SchedulerServiceService, type DescribeJobsRequest, type JobDescription } from '@usvideo/contracts/scheduler';
import { WebhooksServiceClient, type Delivery } from '@usvideo/contracts/webhooks';
import { appendEvents, EMPTY_HEAD, eventStoreSchema, inTransaction, openDatabase, type Database } from '@usvideo/event-store';
import { LocalTransport, type Publisher } from '@usvideo/messaging';
import { call, createLogger, dial, type Running } from '@usvideo/runtime';
import { eventually, httpReceiver, postgres, type HttpReceiver, type ReceivedRequest } from '@usvideo/testing';
import { Webhook } from 'standardwebhooks';
import { ulid } from 'ulid';
import { readWebhooksConfig, startWebhooks } from './webhooks.module';

const logger = createLogger('webhooks', 'silent');
const directory = mkdtempSync(join(tmpdir(), 'usv-'));
const address = (name: string) => `unix:${join(directory, `${name}.sock`)}`;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What the scheduler would say, by job id. */
const jobs = new Map<string, JobDescription>();
/** How far the attempts' clock is ahead of the database's. */
let aheadMs = 0;

let transport: LocalTransport;
let publisher: Publisher;
let jobsDatabase: Database;
let database: Database;
let webhooks: Running;
let client: WebhooksServiceClient;
let scheduler: Server;
let receiver: HttpReceiver;
let settings: Record<string, string>;

beforeAll(async () => {
  const server = await postgres();
  jobsDatabase = openDatabase({ url: await server.createDatabase('jobs'), poolSize: 2, applicationName: 'spec' }, () => undefined);
  await jobsDatabase.query(eventStoreSchema);
  transport = new LocalTransport({ logger });
  publisher = transport.publish({ topic: 'usvideo.jobs.v1', database: jobsDatabase });
  scheduler = await startScheduler();
  settings = {
    GRPC_LISTEN: address('webhooks'), DATABASE_URL: await server.createDatabase('webhooks'), SCHEDULER_GRPC_URL: address('scheduler'),
    SECRETS_KEY: randomBytes(32).toString('base64'), OUTBOUND_ALLOW_CIDRS: '127.0.0.1/32', WEBHOOK_TIMEOUT_MS: '1000', WEBHOOK_LEASE_MS: '6000',
  };
  webhooks = await start();
  client = dial(WebhooksServiceClient, settings.GRPC_LISTEN!);
  database = openDatabase({ url: settings.DATABASE_URL!, poolSize: 2, applicationName: 'spec' }, () => undefined);
});

afterAll(async () => {
  client.close();
  await webhooks.stop();
  await publisher.stop();
  await Promise.all([database.end(), jobsDatabase.end()]);
  scheduler.forceShutdown();
  rmSync(directory, { recursive: true });
});

beforeEach(async () => { receiver = await httpReceiver(); aheadMs = 0; });
afterEach(() => receiver.stop());

function start(): Promise<Running> {
  return startWebhooks({ config: readWebhooksConfig(settings), transport, logger, clock: (now) => new Date(now.getTime() + aheadMs) });
}

async function startScheduler(): Promise<Server> {
  const server = new Server();
  server.addService(SchedulerServiceService, {
    describeJobs: ({ request }: { request: DescribeJobsRequest }, answer: (error: null, response: { jobs: JobDescription[] }) => void) => {
      answer(null, { jobs: request.jobIds.flatMap((jobId) => jobs.get(jobId) ?? []) });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address('scheduler'), ServerCredentials.createInsecure(), (error) => (error === null ? resolve() : reject(error)));
  });
  return server;
}

interface Ended { jobId: string; accountId: string; eventId: string }

/** A job ends: the scheduler records its event and can describe it. */
async function endJob(changes: Partial<JobDescription> & { kind?: string } = {}): Promise<Ended> {
  const { kind = 'job_completed', ...description } = changes;
  const jobId = `job_${ulid()}`;
  const accountId = description.accountId ?? `acc_${ulid()}`;
  jobs.set(jobId, {
    jobId, accountId, environment: 'live', status: 'completed', settled: true, duplicateWebhook: false,
    jobJson: JSON.stringify({ id: jobId, status: 'completed', prompt: 'a bear' }), webhookUrl: `${receiver.url}/hook`, ...description,
  });
  const eventId = await record(jobId, accountId, kind);
  return { jobId, accountId, eventId };
}

async function record(jobId: string, accountId: string, kind: string): Promise<string> {
  const [appended] = await inTransaction(jobsDatabase, (tx, now) => appendEvents(tx, now, [{
    streamId: jobId, accountId, environment: 'live', head: EMPTY_HEAD, events: [{ kind, payload: Buffer.alloc(0), traceparent }],
  }]));
  publisher.nudge();
  return appended!.events[0]!.eventId;
}

async function deliveriesOf({ accountId }: Ended, statuses: string[] = []): Promise<Delivery[]> {
  const query = { accountId, environment: 'live', limit: 100, offset: 0, startingAfter: '', jobId: '', statuses };
  return (await call(client, 'listDeliveries', query)).deliveries;
}

/** The job's one delivery, once it has made this many attempts. */
function attempted(ended: Ended, attempts: number): Promise<Delivery> {
  return eventually(async () => (await deliveriesOf(ended)).find((delivery) => delivery.attempts.length === attempts), { what: `${attempts} attempts recorded` });
}

const verified = async (ended: Ended, request: ReceivedRequest) => {
  const { secret } = await call(client, 'ensureSecret', { accountId: ended.accountId });
  expect(request.headers['x-signature']).toBe(createHmac('sha256', secret).update(request.body).digest('hex'));
  return new Webhook(secret).verify(request.body, request.headers as Record<string, string>);
};

test('an ended job reaches its URL once, signed, with the event before the job', async () => {
  const ended = await endJob();
  const [request] = await receiver.received(1);
  expect(request).toMatchObject({ method: 'POST', path: '/hook' });
  expect(request!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': ended.eventId });
  expect(request!.body.toString()).toBe(`{"event":"video.completed","id":"${ended.jobId}","status":"completed","prompt":"a bear"}`);
  expect(await verified(ended, request!)).toMatchObject({ event: 'video.completed' });
  expect(await attempted(ended, 1)).toMatchObject({ status: 'delivered', event: 'video.completed', eventId: ended.eventId, nextAttemptAt: undefined });
  expect(receiver.requests).toHaveLength(1);
});

test.each([['job_failed', 'video.failed'], ['job_cancelled', 'video.cancelled']])('%s is told as %s', async (kind, name) => {
  const ended = await endJob({ kind });
  const [request] = await receiver.received(1);
  expect(await verified(ended, request!)).toMatchObject({ event: name });
});

test('a job without a URL is in the feed and delivered to nobody', async () => {
  const accountId = `acc_${ulid()}`;
  for (let index = 0; index < 3; index++) await endJob({ accountId, webhookUrl: undefined });
  const feed = await eventually(async () => {
    const { rows } = await database.query('select seq, body is not null as filled from feed_event where account_id = $1 order by seq', [accountId]);
    return rows.length === 3 && rows.every((row) => row.filled) && rows;
  }, { what: 'the feed is complete' });
  expect(feed.map((row) => row.seq)).toEqual([1n, 2n, 3n]);
  expect(await deliveriesOf({ accountId, jobId: '', eventId: '' })).toEqual([]);
});

test('a webhook waits a second for its job to settle, and tells what was true then', async () => {
  const before = Date.now();
  const unsettled = await endJob({ settled: false });
  await receiver.received(1);
  expect(receiver.requests[0]!.receivedAt.getTime() - before).toBeGreaterThanOrEqual(950);
  const settling = await endJob({ settled: false });
  jobs.set(settling.jobId, { ...jobs.get(settling.jobId)!, settled: true, jobJson: '{"id":"settled"}' });
  const requests = await receiver.received(2);
  expect(await verified(settling, requests[1]!)).toMatchObject({ id: 'settled' });
  await attempted(unsettled, 1);
});

test('a body is fetched once: later attempts send the same bytes', async () => {
  receiver.answerWith(500);
  const ended = await endJob();
  await attempted(ended, 1);
  jobs.set(ended.jobId, { ...jobs.get(ended.jobId)!, jobJson: '{"id":"changed"}' });
  receiver.answerWith(200);
  aheadMs = 31_000;
  const requests = await receiver.received(2);
  expect(requests[1]!.body).toEqual(requests[0]!.body);
  expect(requests[1]!.headers['webhook-id']).toBe(ended.eventId);
  expect(await attempted(ended, 2)).toMatchObject({ status: 'delivered' });
});

test('four attempts, each at its time after the end of the one before, then no more', async () => {
  receiver.answerWith(500);
  const ended = await endJob();
  let delivery = await attempted(ended, 1);
  for (const [index, waitMs] of [30_000, 120_000, 480_000].entries()) {
    const { startedAt, durationMs } = delivery.attempts[index]!;
    expect(delivery.nextAttemptAt!.getTime() - startedAt!.getTime() - durationMs).toBe(waitMs);
    aheadMs += waitMs;
    delivery = await attempted(ended, index + 2);
    const late = delivery.attempts[index + 1]!.startedAt!.getTime() - startedAt!.getTime() - durationMs - waitMs;
    expect(late).toBeGreaterThanOrEqual(-5);
    expect(late).toBeLessThan(waitMs / 10);
  }
  expect(delivery).toMatchObject({ status: 'failed', nextAttemptAt: undefined });
  expect(delivery.attempts.map((attempt) => [attempt.attempt, attempt.httpStatus, attempt.error])).toEqual([1, 2, 3, 4].map((attempt) => [attempt, 500, 'http_error']));
});

test('a hanging server delays nobody, not even the same account elsewhere', async () => {
  const hanging = await httpReceiver();
  hanging.answerWith(() => new Promise(() => undefined));
  const accountId = `acc_${ulid()}`;
  const stuck = await endJob({ accountId, webhookUrl: hanging.url });
  for (let index = 0; index < 9; index++) await endJob({ accountId, webhookUrl: hanging.url });
  await hanging.received(4);
  const before = Date.now();
  for (let index = 0; index < 5; index++) await endJob({ accountId });
  await receiver.received(5);
  expect(Date.now() - before).toBeLessThan(1_000);
  expect(hanging.requests).toHaveLength(4);
  const attempt = (await eventually(async () => (await deliveriesOf(stuck)).find((delivery) => delivery.attempts.length > 0 && delivery.url === hanging.url), { what: 'the deadline passed' })).attempts[0]!;
  expect(attempt).toMatchObject({ httpStatus: 0, error: 'timeout' });
  await hanging.stop();
});

test('a redirect is a failure and its target is never asked', async () => {
  const target = await httpReceiver();
  receiver.answerWith((_, response) => { response.writeHead(307, { location: target.url }).end('moved'); });
  const ended = await endJob();
  expect((await attempted(ended, 1)).attempts[0]).toMatchObject({ httpStatus: 307, error: 'redirect_refused', responseExcerpt: 'moved' });
  expect(target.requests).toHaveLength(0);
  await target.stop();
});

test.each(['http://169.254.169.254/latest', 'http://2852039166/', 'http://[::1]:9/', 'https://127.0.0.2/'])('%s is never asked', async (webhookUrl) => {
  const ended = await endJob({ webhookUrl });
  expect((await attempted(ended, 1)).attempts[0]).toMatchObject({ httpStatus: 0, error: 'url_forbidden' });
});

test('410 ends a delivery; a large answer is kept as its beginning', async () => {
  receiver.answerWith((_, response) => { response.writeHead(410).end('g'.repeat(100_000)); });
  const delivery = await attempted(await endJob(), 1);
  expect(delivery).toMatchObject({ status: 'failed', nextAttemptAt: undefined });
  expect(delivery.attempts[0]!.responseExcerpt).toBe('g'.repeat(1_024));
});

test('the sandbox can ask for its webhook twice: two deliveries under one webhook-id', async () => {
  const ended = await endJob({ duplicateWebhook: true });
  const requests = await receiver.received(2);
  expect(requests.map((request) => request.headers['webhook-id'])).toEqual([ended.eventId, ended.eventId]);
  expect(await deliveriesOf(ended)).toHaveLength(2);
  expect(await deliveriesOf({ ...ended, accountId: 'acc_other' })).toEqual([]);
});

test('an erased job leaves no body, URL or answer, and what was still to be sent is superseded', async () => {
  receiver.answerWith((_, response) => { response.writeHead(500).end('a bear'); });
  const ended = await endJob();
  await attempted(ended, 1);
  await inTransaction(jobsDatabase, (tx, now) => appendEvents(tx, now, [{
    streamId: ended.jobId, accountId: ended.accountId, environment: 'live', head: { version: 1n, hash: Buffer.alloc(32) },
    events: [{ kind: 'content_erased', payload: Buffer.alloc(0), traceparent }],
  }]));
  publisher.nudge();
  const delivery = await eventually(async () => (await deliveriesOf(ended, ['superseded']))[0], { what: 'the erasure is heard' });
  expect(delivery).toMatchObject({ url: '', nextAttemptAt: undefined, attempts: [{ responseExcerpt: '' }] });
  const { rows } = await database.query('select body from feed_event where job_id = $1', [ended.jobId]);
  expect(rows).toEqual([{ body: null }]);
});

test('a scheduler that is away delays webhooks and loses none', async () => {
  scheduler.forceShutdown();
  const ended = await endJob();
  await eventually(async () => (await database.query('select from feed_intent where event_id = $1', [ended.eventId])).rowCount === 1, { what: 'the intent is recorded' });
  scheduler = await startScheduler();
  const [request] = await receiver.received(1, 20_000);
  expect(request!.headers['webhook-id']).toBe(ended.eventId);
});

test('an orderly stop gives an attempt under way back; it is made again at once, under the same id and number', async () => {
  receiver.answerWith(() => new Promise(() => undefined));
  settings.WEBHOOK_TIMEOUT_MS = '20000';
  settings.WEBHOOK_LEASE_MS = '60000';
  await webhooks.stop();
  webhooks = await start();
  const ended = await endJob();
  await receiver.received(1);
  await webhooks.stop();
  receiver.answerWith(200);
  webhooks = await start();
  const requests = await receiver.received(2);
  expect(requests.map((request) => request.headers['webhook-id'])).toEqual([ended.eventId, ended.eventId]);
  expect(await eventually(() => attempted(ended, 1), { what: 'webhooks answers again' })).toMatchObject({ status: 'delivered' });
});

test('another SECRETS_KEY than the stored secrets have stops the service from starting', async () => {
  await call(client, 'ensureSecret', { accountId: 'acc_1' });
  const config = readWebhooksConfig({ ...settings, SECRETS_KEY: randomBytes(32).toString('base64') });
  await expect(startWebhooks({ config, transport, logger })).rejects.toThrow('SECRETS_KEY');
});

test('a job that cannot be rendered holds up no other', async () => {
  const accountId = `acc_${ulid()}`;
  await endJob({ accountId, jobJson: 'not an object' });
  const good = await endJob({ accountId });
  const [request] = await receiver.received(1);
  expect(request!.headers['webhook-id']).toBe(good.eventId);
});

test('an account has one secret, also when asked for twenty times at once', async () => {
  const accountId = `acc_${ulid()}`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(client, 'ensureSecret', { accountId })));
  expect(new Set(answers.map((answer) => answer.secret)).size).toBe(1);
  expect(Buffer.from(answers[0]!.secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
  const { rows } = await database.query(`select encode(sealed, 'escape') as sealed from account_secret where account_id = $1`, [accountId]);
  expect(rows[0].sealed).not.toContain(answers[0]!.secret);
});

test('a lease that could end before its attempt stops the service from starting', async () => {
  const config = readWebhooksConfig({ ...settings, WEBHOOK_TIMEOUT_MS: '15000', WEBHOOK_LEASE_MS: '15000' });
  await expect(startWebhooks({ config, transport, logger })).rejects.toThrow('too short');
});
