import { createHmac } from 'node:crypto';
import { JobEvent } from '@usvideo/contracts/scheduler';
import type { CreateEndpointRequest, Endpoint } from '@usvideo/contracts/webhooks';
import { call, hasStatus, status } from '@usvideo/runtime';
import { eventually, httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { Webhook } from 'standardwebhooks';
import { ulid } from 'ulid';
import { WebhooksStage } from '../test/webhooks-stage';

const stage = new WebhooksStage();
let receiver: HttpReceiver;
let accountId: string;

beforeAll(() => stage.open());
afterAll(() => stage.close());
beforeEach(async () => {
  receiver = await httpReceiver();
  accountId = `acc_${ulid()}`;
  stage.aheadMs = 0;
});
afterEach(() => receiver.stop());

const owner = () => ({ accountId, environment: 'live' });
const endJob: WebhooksStage['endJob'] = (changes) => stage.endJob({ accountId, webhookUrl: undefined, ...changes });
const ask = (changes: Partial<CreateEndpointRequest> = {}) =>
  call(stage.client, 'createEndpoint', {
    ...owner(),
    url: `${receiver.url}/endpoint`,
    events: ['video.completed', 'video.failed'],
    description: '',
    headers: [],
    ...changes,
  });

async function create(changes: Partial<CreateEndpointRequest> = {}): Promise<Endpoint & { secret: string }> {
  const { endpoint, faults, secret } = await ask(changes);
  expect(faults).toEqual([]);
  return { ...endpoint!, secret };
}

const refusedWith = async (request: Promise<unknown>) =>
  request.then(
    () => 'answered',
    (error: unknown) => (hasStatus(error, status.NOT_FOUND) ? 'not found' : error),
  );

describe('an endpoint', () => {
  test('hears what it asks for, signed with its own secret, with the headers it wants', async () => {
    const endpoint = await create({ headers: [{ name: 'Authorization', value: 'Bearer 0123456789abcdef' }] });
    expect(endpoint).toMatchObject({ enabled: true, headers: [{ name: 'Authorization', value: '••••cdef' }] });
    await endJob({ kind: 'job_cancelled' });
    const ended = await endJob();
    const [request] = await receiver.received(1);
    expect(request!.headers).toMatchObject({ authorization: 'Bearer 0123456789abcdef', 'webhook-id': ended.eventId });
    expect(
      new Webhook(endpoint.secret).verify(request!.body, request!.headers as Record<string, string>),
    ).toMatchObject({ event: 'video.completed' });
    expect(await stage.secretOf(accountId)).not.toBe(endpoint.secret);
    expect(await stage.attempted({ ...ended, accountId }, 1)).toMatchObject({
      endpointId: endpoint.endpointId,
      status: 'delivered',
    });
    expect(receiver.requests).toHaveLength(1);
    const { rows } = await stage.database.query(
      `select encode(headers_sealed, 'escape') as sealed from endpoint where account_id = $1`,
      [accountId],
    );
    expect(rows[0].sealed).not.toContain('0123456789abcdef');
  });

  test('whose URL is that of the job, too, is told once', async () => {
    const endpoint = await create();
    const ended = await endJob({ webhookUrl: endpoint.url });
    await stage.attempted(ended, 1);
    expect((await stage.deliveriesOf({ accountId })).map((delivery) => delivery.endpointId)).toEqual([
      endpoint.endpointId,
    ]);
  });

  test("is told of the first attempt at rendering where it asks; the job's URL is not", async () => {
    await create({ events: ['video.processing'] });
    const ended = await endJob({ webhookUrl: `${receiver.url}/job`, status: 'processing', settled: false });
    for (const attempt of [1, 2]) {
      const event = { $case: 'jobLeased' as const, value: { attempt, leaseId: 'l', workerId: 'w', engine: 'e' } };
      await stage.record(ended, 'job_leased', Buffer.from(JobEvent.encode({ event }).finish()));
    }
    await receiver.received(2);
    const told = async () =>
      (await stage.deliveriesOf({ accountId })).filter((delivery) => delivery.status !== 'pending');
    const deliveries = await eventually(
      async () => {
        const all = await told();
        return all.length === 2 && all;
      },
      { what: 'both are delivered' },
    );
    expect(deliveries.map((delivery) => [delivery.event, new URL(delivery.url).pathname]).sort()).toEqual([
      ['video.completed', '/job'],
      ['video.processing', '/endpoint'],
    ]);
  });

  test.each<[string, Partial<CreateEndpointRequest>, string]>([
    ['a private address', { url: 'https://10.0.0.1/' }, 'url'],
    ['a URL with credentials', { url: 'https://a:b@example.com/' }, 'url'],
    ['an unknown event', { events: ['video.started'] }, 'events'],
    ['no event', { events: [] }, 'events'],
    ['a header of the connection', { headers: [{ name: 'Host', value: 'x' }] }, 'headers.Host'],
    ['an injected header', { headers: [{ name: 'X-A', value: 'a\r\nb: c' }] }, 'headers.X-A'],
  ])('%s is refused, by name', async (_, changes, field) => {
    expect((await ask(changes)).faults.map((fault) => fault.field)).toEqual([field]);
  });

  test('has a URL of its own in its account and environment', async () => {
    await create();
    expect((await ask()).faults).toEqual([{ field: 'url', message: 'is the URL of another endpoint' }]);
    expect((await ask({ environment: 'test' })).faults).toEqual([]);
  });

  test("is its owner's only", async () => {
    const { endpointId } = await create();
    for (const other of [
      { accountId: 'acc_other', environment: 'live' },
      { accountId, environment: 'test' },
    ]) {
      const request = { ...other, endpointId };
      expect((await call(stage.client, 'listEndpoints', request)).endpoints).toEqual([]);
      for (const method of ['deleteEndpoint', 'getSecret', 'sendTestEvent'] as const)
        expect(await refusedWith(call(stage.client, method, request))).toBe('not found');
      expect(await refusedWith(call(stage.client, 'rotateSecret', { ...request, overlapSeconds: 0 }))).toBe(
        'not found',
      );
      expect(
        await refusedWith(
          call(stage.client, 'updateEndpoint', { ...request, enabled: false, events: undefined, headers: undefined }),
        ),
      ).toBe('not found');
    }
  });

  test('that is changed hears accordingly; disabled or deleted it hears nothing, and what it was owed has failed', async () => {
    receiver.answerWith(500);
    const { endpointId } = await create();
    const update = (changes: object) =>
      call(stage.client, 'updateEndpoint', {
        ...owner(),
        endpointId,
        events: undefined,
        headers: undefined,
        ...changes,
      });
    const ended = await endJob();
    await stage.attempted(ended, 1);
    expect((await update({ enabled: false })).endpoint).toMatchObject({
      enabled: false,
      disabledReason: 'customer',
      disabledAt: expect.any(Date),
    });
    expect(await stage.deliveriesOf({ accountId })).toEqual([
      expect.objectContaining({ status: 'failed', nextAttemptAt: undefined }),
    ]);
    await endJob();
    expect((await update({ enabled: true, events: { events: ['video.failed'] } })).endpoint).toMatchObject({
      enabled: true,
      disabledReason: '',
      events: ['video.failed'],
    });
    await endJob();
    receiver.answerWith(200);
    const failed = await endJob({ kind: 'job_failed' });
    expect(
      (
        await eventually(async () => (await stage.deliveriesOf({ accountId }, ['delivered']))[0], {
          what: 'the last is delivered',
        })
      ).eventId,
    ).toBe(failed.eventId);
    expect(await stage.deliveriesOf({ accountId })).toHaveLength(2);
    await call(stage.client, 'deleteEndpoint', { ...owner(), endpointId });
    expect((await call(stage.client, 'listEndpoints', { ...owner(), endpointId: '' })).endpoints).toEqual([]);
  });

  test('that says 410 is disabled, and those who ask are told', async () => {
    const told = await httpReceiver();
    await create({ url: told.url, events: ['webhook.disabled'] });
    receiver.answerWith(410);
    const { endpointId } = await create();
    await endJob();
    const [notice] = await told.received(1);
    expect(JSON.parse(notice!.body.toString())).toMatchObject({
      event: 'webhook.disabled',
      livemode: true,
      data: { endpoint_id: endpointId, reason: 'gone' },
    });
    expect((await call(stage.client, 'listEndpoints', { ...owner(), endpointId })).endpoints[0]).toMatchObject({
      enabled: false,
      disabledReason: 'gone',
    });
    await told.stop();
  });

  test('is tried on demand', async () => {
    const { endpointId } = await create();
    const { deliveryId, eventId } = await call(stage.client, 'sendTestEvent', { ...owner(), endpointId });
    const [request] = await receiver.received(1);
    expect(JSON.parse(request!.body.toString())).toMatchObject({
      event: 'webhook.test',
      event_id: eventId,
      data: { endpoint_id: endpointId },
    });
    expect(await stage.attempted({ jobId: '', accountId, eventId }, 1)).toMatchObject({
      deliveryId,
      event: 'webhook.test',
    });
  });
});

test('of an account that is erased no endpoint is left, nor what was told of anything but jobs', async () => {
  receiver.answerWith((_, response) => {
    response.writeHead(500).end('an answer');
  });
  const { endpointId } = await create();
  const { eventId } = await call(stage.client, 'sendTestEvent', { ...owner(), endpointId });
  await stage.attempted({ jobId: '', accountId, eventId }, 1);
  const kept = await create({ url: `${receiver.url}/another`, environment: 'test' });
  await call(stage.client, 'eraseAccount', { accountId: 'acc_other' });
  expect(
    (await call(stage.client, 'listEndpoints', { accountId, environment: 'test', endpointId: kept.endpointId }))
      .endpoints,
  ).toHaveLength(1);
  for (let again = 0; again < 2; again++) await call(stage.client, 'eraseAccount', { accountId });
  for (const environment of ['live', 'test'])
    expect((await call(stage.client, 'listEndpoints', { accountId, environment, endpointId: '' })).endpoints).toEqual(
      [],
    );
  expect(
    (await stage.database.query('select from signing_secret where owner = any($1)', [[endpointId, kept.endpointId]]))
      .rowCount,
  ).toBe(0);
  const [delivery] = await stage.deliveriesOf({ accountId });
  expect(delivery).toMatchObject({
    status: 'superseded',
    url: '',
    nextAttemptAt: undefined,
    attempts: [{ responseExcerpt: '', address: '' }],
  });
  expect((await call(stage.client, 'readFeed', { ...owner(), after: 0n, limit: 10 })).events).toEqual([
    expect.objectContaining({ eventId, body: Buffer.alloc(0) }),
  ]);
});

describe('a secret', () => {
  test('that is rotated goes on beside the new one for a while: receivers with either accept what is sent', async () => {
    const { endpointId, secret: old } = await create();
    const { secret } = await call(stage.client, 'rotateSecret', { ...owner(), endpointId, overlapSeconds: 3_600 });
    expect(secret).toMatchObject({ previousSecret: old, previousExpiresAt: expect.any(Date) });
    await endJob();
    const [request] = await receiver.received(1);
    const headers = request!.headers as Record<string, string>;
    for (const known of [old, secret!.secret])
      expect(new Webhook(known).verify(request!.body, headers)).toMatchObject({ event: 'video.completed' });
    expect(headers['x-signature']).toBe(createHmac('sha256', old).update(request!.body).digest('hex'));
    expect(headers['x-signature-next']).toBe(createHmac('sha256', secret!.secret).update(request!.body).digest('hex'));
  });

  test('of an account is rotated in one environment, at once where it has leaked', async () => {
    const registered = await stage.secretOf(accountId);
    expect(await call(stage.client, 'getSecret', { ...owner(), endpointId: '' })).toEqual({
      secret: registered,
      previousSecret: undefined,
      previousExpiresAt: undefined,
    });
    const { secret } = await call(stage.client, 'rotateSecret', { ...owner(), endpointId: '', overlapSeconds: 0 });
    expect(secret).toMatchObject({ previousSecret: undefined });
    expect(secret!.secret).not.toBe(registered);
    expect((await call(stage.client, 'getSecret', { accountId, environment: 'test', endpointId: '' })).secret).toBe(
      registered,
    );
    await endJob({ webhookUrl: receiver.url });
    const [request] = await receiver.received(1);
    expect(request!.headers['x-signature']).toBe(
      createHmac('sha256', secret!.secret).update(request!.body).digest('hex'),
    );
  });
});

describe('a redelivery', () => {
  const redeliver = (changes: object) =>
    call(stage.client, 'redeliver', {
      ...owner(),
      deliveryId: '',
      statuses: [],
      endpointId: '',
      event: '',
      jobId: '',
      createdAfter: undefined,
      createdBefore: undefined,
      startingAfter: '',
      ...changes,
    });

  test('sends the same bytes under the same id, apart from the delivery it repeats', async () => {
    await create();
    const ended = await endJob();
    const { deliveryId } = await stage.attempted(ended, 1);
    const { deliveryIds } = await redeliver({ deliveryId });
    const requests = await receiver.received(2);
    expect(requests[1]!.body).toEqual(requests[0]!.body);
    expect(requests.map((request) => request.headers['webhook-id'])).toEqual([ended.eventId, ended.eventId]);
    const all = await eventually(
      async () => {
        const found = await stage.deliveriesOf({ accountId }, ['delivered']);
        return found.length === 2 && found;
      },
      { what: 'both are delivered' },
    );
    expect(all.find((delivery) => delivery.deliveryId === deliveryIds[0])).toMatchObject({ redeliveryOf: deliveryId });
    expect(all.find((delivery) => delivery.deliveryId === deliveryId)!.attempts).toHaveLength(1);
    expect(
      await refusedWith(
        call(stage.client, 'redeliver', {
          ...owner(),
          accountId: 'acc_other',
          deliveryId,
          statuses: [],
          endpointId: '',
          event: '',
          jobId: '',
          createdAfter: undefined,
          createdBefore: undefined,
          startingAfter: '',
        }),
      ),
    ).toBe('not found');
  });

  test('of all that failed in a time is spread over time, the oldest first', async () => {
    receiver.answerWith(410);
    const ended: Awaited<ReturnType<typeof endJob>>[] = [];
    while (ended.length < 3) {
      ended.push(await endJob({ webhookUrl: receiver.url }));
      // Jobs are heard in no order of their own, and which is older is asked below.
      await eventually(async () => (await stage.deliveriesOf({ accountId }, ['failed'])).length === ended.length, {
        what: 'it has failed',
      });
    }
    receiver.answerWith(200);
    const { deliveryIds, nextCursor } = await redeliver({
      statuses: ['failed'],
      createdAfter: new Date(Date.now() - 3_600_000),
    });
    expect([deliveryIds.length, nextCursor]).toEqual([3, '']);
    const requests = await receiver.received(6);
    const again = requests.slice(3);
    expect(again.map((request) => request.headers['webhook-id']).sort()).toEqual(
      ended.map(({ eventId }) => eventId).sort(),
    );
    const made = await stage.deliveriesOf({ accountId }, []);
    const chosen = deliveryIds.map((id) => made.find(({ deliveryId }) => deliveryId === id)!);
    expect(chosen.map(({ eventId }) => eventId)).toEqual(ended.map(({ eventId }) => eventId));
    // Each came no earlier than a tenth of a second after the one before it was due, however late the others were.
    const waitedMs = chosen.map(
      ({ eventId, createdAt }) =>
        again.find(({ headers }) => headers['webhook-id'] === eventId)!.receivedAt.getTime() - createdAt!.getTime(),
    );
    expect(waitedMs.map((ms, index) => ms >= index * 100)).toEqual([true, true, true]);
  });
});
