import type { FeedEvent } from '@usvideo/contracts/webhooks';
import { call } from '@usvideo/runtime';
import { eventually, httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { ulid } from 'ulid';
import { WebhooksStage } from '../test/webhooks-stage';
import { removeExpired } from './retention/retention.loop';

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

describe('the feed', () => {
  const read = (after: bigint, limit = 100) => call(stage.client, 'readFeed', { ...owner(), after, limit });
  const seqs = (events: readonly FeedEvent[]) => events.map((event) => Number(event.seq));
  const readable = (count: number) =>
    eventually(
      async () => {
        const page = await read(0n);
        return page.events.length === count && page;
      },
      { what: `${count} events can be read` },
    );

  /** Jobs are heard in no order of their own: the next one ends when this one is in the feed. */
  const endHeard: typeof endJob = async (changes) => {
    const ended = await endJob(changes);
    const heard = () => stage.database.query('select from feed_event where event_id = $1', [ended.eventId]);
    await eventually(async () => (await heard()).rowCount === 1, { what: 'it is heard' });
    return ended;
  };

  test('is read in order, page by page, from any place', async () => {
    const ended = [await endHeard(), await endHeard(), await endHeard()];
    const { events } = await readable(3);
    expect(events.map((event) => event.eventId)).toEqual(ended.map(({ eventId }) => eventId));
    expect(seqs(events)).toEqual([1, 2, 3]);
    expect(JSON.parse(events[0]!.body.toString())).toMatchObject({ event: 'video.completed', id: ended[0]!.jobId });
    const first = await read(0n, 2);
    expect([seqs(first.events), first.more]).toEqual([[1, 2], true]);
    const second = await read(2n, 2);
    expect([seqs(second.events), second.more]).toEqual([[3], false]);
    expect(await read(3n)).toMatchObject({ events: [], more: false, expired: false, unknown: false });
    expect(await read(4n)).toMatchObject({ unknown: true });
    expect(
      (await call(stage.client, 'readFeed', { accountId, environment: 'test', after: 0n, limit: 100 })).events,
    ).toEqual([]);
  });

  test('ends before an event that is not told yet, so that none is read before it', async () => {
    await endJob();
    await readable(1);
    const late = await endHeard({ jobJson: 'no object' });
    await endJob();
    await eventually(
      async () =>
        (
          await stage.database.query('select from feed_event where account_id = $1 and seq = 3 and body is not null', [
            accountId,
          ])
        ).rowCount === 1,
      { what: 'the third is rendered' },
    );
    expect(seqs((await read(0n)).events)).toEqual([1]);
    expect((await read(0n, 0)).newest).toBe(1n);
    stage.jobs.set(late.jobId, { ...stage.jobs.get(late.jobId)!, jobJson: '{"id":"mended"}' });
    await stage.database.query('update feed_intent set check_at = clock_timestamp() where account_id = $1', [
      accountId,
    ]);
    expect(seqs((await readable(3)).events)).toEqual([1, 2, 3]);
  });

  test('tells whoever watches that it has grown', async () => {
    const stream = stage.client.watchFeeds({});
    const heard: string[] = [];
    stream.on('data', (hint: { accountId: string }) => heard.push(hint.accountId)).on('error', () => undefined);
    await eventually(
      async () => {
        await endJob();
        return heard.includes(accountId);
      },
      { what: 'a hint of this account' },
    );
    stream.cancel();
  });

  test('keeps what is young enough; behind a place that is not kept any more it has expired', async () => {
    const old = [await endHeard({ webhookUrl: receiver.url }), await endHeard()];
    await receiver.received(1);
    await endHeard();
    await readable(3);
    await stage.attempted(old[0]!, 1);
    await stage.database.query(
      `update feed_event set recorded_at = recorded_at - interval '31 days' where account_id = $1 and seq <= 2`,
      [accountId],
    );
    await removeExpired(stage.database, { feedDays: 30, deliveryDays: 60 });
    expect(seqs((await read(0n)).events)).toEqual([3]);
    expect(await stage.deliveriesOf({ accountId })).toEqual([]);
    expect((await stage.database.query('select from destination where account_id = $1', [accountId])).rowCount).toBe(0);
    expect(await read(1n)).toMatchObject({ expired: true, events: [] });
    expect(seqs((await read(2n)).events)).toEqual([3]);
  });
});
