import { WebhooksServiceService } from '@usvideo/contracts/webhooks';
import { call } from '@usvideo/runtime';
import { askEverything, httpReceiver, type AskedService, type HttpReceiver } from '@usvideo/testing';
import { ulid } from 'ulid';
import { WebhooksStage } from '../test/webhooks-stage';

const stage = new WebhooksStage();
let receiver: HttpReceiver;
beforeAll(async () => {
  receiver = await httpReceiver();
  await stage.open();
});
afterAll(async () => {
  await stage.close();
  await receiver.stop();
});

const isRead = (name: string) => /^(get|list|read)/.test(name);

test('a stranger, or the other environment, learns and changes nothing of endpoints, deliveries and the feed', async () => {
  const service: AskedService = {
    definition: WebhooksServiceService as unknown as AskedService['definition'],
    client: stage.client,
  };
  const accountId = `acc_${ulid()}`;
  const url = `${receiver.url}/of-the-owner`;
  const live = { accountId, environment: 'live' };
  const { endpoint } = await call(stage.client, 'createEndpoint', {
    ...live,
    url,
    events: ['video.completed'],
    description: '',
    headers: [],
  });
  const ended = await stage.endJob({ accountId, webhookUrl: url });
  await receiver.received(1);
  const { deliveryId } = await stage.attempted(ended, 1);
  const { endpointId } = endpoint!;
  const known = {
    environment: 'live',
    endpointId,
    deliveryId,
    jobId: ended.jobId,
    limit: 10,
    offset: 0,
    after: 0n,
    statuses: [],
  };
  const own = () => askEverything(service, { ...known, accountId }, isRead);
  const before = await own();
  expect(before.given.get('listDeliveries')).toContain('of-the-owner');
  expect(before.given.get('readFeed')).toContain(ended.eventId);
  const ids = [endpointId, deliveryId, ended.jobId, ended.eventId, 'of-the-owner'];
  for (const stranger of [{ accountId: `acc_${ulid()}` }, { accountId, environment: 'test' }]) {
    const isMeant = (_: string, request: object) => stranger.accountId !== accountId || 'environment' in request;
    const { given, refused } = await askEverything(service, { ...known, ...stranger }, isMeant);
    expect(given.size + refused.size).toBeGreaterThan(6);
    expect([...given].filter(([, answer]) => ids.some((id) => answer.includes(id)))).toEqual([]);
    expect([...refused].filter(([, reason]) => /^(2|13) /.test(reason))).toEqual([]);
    expect(await own()).toEqual(before);
  }
});
