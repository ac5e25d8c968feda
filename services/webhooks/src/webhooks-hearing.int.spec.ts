import { AccountEvent } from '@usvideo/contracts/accounts';
import { LedgerEvent } from '@usvideo/contracts/ledger';
import { call } from '@usvideo/runtime';
import { eventually, httpReceiver, type HttpReceiver } from '@usvideo/testing';
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
});
afterEach(() => receiver.stop());

const listen = (path: string, events: string[]) =>
  call(stage.client, 'createEndpoint', {
    accountId,
    environment: 'live',
    url: `${receiver.url}${path}`,
    events,
    description: '',
    headers: [],
  });

const recordMoney = (kind: string, event: LedgerEvent['event']) =>
  stage.recordIn('usvideo.ledger.v1', { accountId, streamId: accountId }, kind, LedgerEvent.encode({ event }).finish());

const parked = async (streamId: string) =>
  (
    await stage.database.query<{ topic: string; kind: string }>(
      'select topic, kind from parked_event where stream_id = $1',
      [streamId],
    )
  ).rows;

test('that a balance has become low is in the feed and told to the endpoints that ask, and to no other', async () => {
  await listen('/money', ['balance.low']);
  await listen('/videos', ['video.completed']);
  await recordMoney('low_balance_threshold_set', {
    $case: 'lowBalanceThresholdSet',
    value: { thresholdMicros: 5_000_000n, author: 'key_1' },
  });
  const eventId = await recordMoney('balance_low', {
    $case: 'balanceLow',
    value: { availableMicros: 4_750_000n, thresholdMicros: 5_000_000n },
  });
  const [request] = await receiver.received(1);
  expect(request).toMatchObject({ path: '/money', headers: { 'webhook-id': eventId } });
  const data = { available: '$4.75', available_micros: 4_750_000, threshold: '$5.00', threshold_micros: 5_000_000 };
  expect(JSON.parse(request!.body.toString())).toEqual({
    event: 'balance.low',
    event_id: eventId,
    created_at: expect.any(String),
    livemode: true,
    data,
  });
  const feed = await call(stage.client, 'readFeed', { accountId, environment: 'live', after: 0n, limit: 100 });
  expect(feed.events.map(({ event, body }) => [event, body.toString()])).toEqual([
    ['balance.low', request!.body.toString()],
  ]);
  await eventually(async () => (await stage.deliveriesOf({ accountId }, ['delivered'])).length === 1, {
    what: 'it is delivered',
  });
  expect(await stage.deliveriesOf({ accountId })).toHaveLength(1);
});

test('an account has its secret once it is heard of', async () => {
  const created = AccountEvent.encode({
    event: { $case: 'accountCreated', value: { accountId, name: 'A test', plan: 'standard' } },
  }).finish();
  await stage.recordIn('usvideo.accounts.v1', { accountId, streamId: accountId }, 'account_created', created);
  const stored = async () =>
    (await stage.database.query('select from account_secret where account_id = $1', [accountId])).rowCount === 1;
  await eventually(stored, { what: 'the secret is made' });
  const secret = await stage.secretOf(accountId);
  expect(secret).toMatch(/^whsec_/);
  expect(await stage.secretOf(accountId)).toBe(secret);
});

test.each(['usvideo.ledger.v1', 'usvideo.accounts.v1'])(
  'a kind of a newer version in %s is set aside until an upgrade',
  async (topic) => {
    await stage.recordIn(topic, { accountId, streamId: accountId }, 'of_a_later_version', new Uint8Array());
    const rows = await eventually(
      async () => {
        const found = await parked(accountId);
        return found.length > 0 && found;
      },
      { what: 'the event is set aside' },
    );
    expect(rows).toEqual([{ topic, kind: 'of_a_later_version' }]);
  },
);
