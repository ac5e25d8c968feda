import { createHmac } from 'node:crypto';
import { eventually, type HttpReceiver, type ReceivedRequest } from '@usvideo/testing';
import { Webhook } from 'standardwebhooks';
import type { Customer } from './customer';
import { openFeed, streamedEvents } from './event-stream';
import type { Stage } from './stage';

interface Told {
  readonly id: string;
  readonly sequence: number;
  readonly event: string;
  readonly job_id: string | null;
  readonly data: { readonly status: string } | null;
}
interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly status: string;
  readonly url: string;
  readonly redelivery_of: string | null;
  readonly attempts: { readonly response_excerpt: string }[];
}
interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string;
}

const VIDEO = { prompt: 'a bear', resolution: '480p', duration: 1 };

/** Endpoints and the feed: an account is told of everything, may have it sent again, and goes on where it was. */
export function webhookEndpoints(stage: () => Stage): void {
  describe('an endpoint and the feed', () => {
    let receiver: HttpReceiver;
    let sandbox: Customer;
    let endpoint: { readonly id: string; readonly secret: string };
    let jobId: string;

    beforeAll(async () => {
      receiver = await stage().platform.receiver();
      ({ sandbox } = stage());
    });
    afterAll(() => receiver.stop());

    const listen = async (customer: Customer, path: string, events: string[]) => {
      const made = await customer.post<{ id: string; secret: string }>('/v1/webhooks/endpoints', {
        url: `${receiver.url}${path}`,
        events,
        description: `of ${path}`,
      });
      expect(made.status).toBe(201);
      return made.body;
    };
    const at = (path: string) => receiver.requests.filter((request) => request.path === path);
    const arrived = (path: string, count: number) =>
      eventually(() => at(path).length >= count && at(path), {
        what: `${count} requests at ${path}`,
        deadlineMs: 30_000,
      });
    const verified = (request: ReceivedRequest) =>
      new Webhook(endpoint.secret).verify(request.body.toString('utf8'), request.headers as Record<string, string>) as {
        event: string;
        id: string;
      };
    const log = async (query: string) =>
      (await sandbox.get<Page<Delivery>>(`/v1/webhooks/deliveries?${query}`)).body.data;

    it('tell of every video, once and in order', async () => {
      endpoint = await listen(sandbox, '/all', ['video.completed', 'video.failed']);
      jobId = (await sandbox.create(VIDEO)).body.id;
      await sandbox.ended(jobId);
      const [request] = await arrived('/all', 1);
      expect(verified(request!)).toMatchObject({ event: 'video.completed', id: jobId });
      expect(request!.headers['x-signature']).toBe(
        createHmac('sha256', endpoint.secret).update(request!.body).digest('hex'),
      );
      const { body: feed } = await sandbox.get<Page<Told>>('/v1/events');
      expect(feed.data.map(({ event, job_id: job, sequence }) => [sequence, event, job])).toEqual([
        [1, 'video.processing', jobId],
        [2, 'video.completed', jobId],
      ]);
      expect([feed.next_cursor, feed.data[1]!.data!.status]).toEqual(['2', 'completed']);
      const told = streamedEvents(await openFeed(sandbox.url, sandbox.key!, '1'));
      expect((await told.next()).value).toMatchObject({ id: '2', event: 'video.completed' });
      await told.return(undefined);
    }, 90_000);

    it('let a page follow without a key', async () => {
      const { body: made } = await sandbox.post<{ token: string }>('/v1/stream-tokens', {});
      const response = await fetch(`${sandbox.url}/v1/events?after=0&token=${made.token}`, {
        headers: { accept: 'text/event-stream', origin: 'https://page.example' },
      });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      const told = streamedEvents(response);
      expect((await told.next()).value).toMatchObject({ id: '1', event: 'video.processing' });
      await told.return(undefined);
    });

    it('send again what is asked for: one delivery, or those of a time', async () => {
      const since = new Date(Date.now() - 3_600_000).toISOString();
      const [completed] = await eventually(
        async () => {
          const found = await log('event=video.completed&status=delivered');
          return found.length === 1 && found;
        },
        { what: 'it is recorded' },
      );
      const single = await sandbox.post<{ delivery_ids: string[] }>(
        `/v1/webhooks/deliveries/${completed!.id}/redeliver`,
      );
      expect(single.status).toBe(202);
      const again = (await arrived('/all', 2))[1]!;
      expect(verified(again)).toMatchObject({ event: 'video.completed', id: jobId });
      const wanted = { endpoint_id: endpoint.id, status: ['delivered'], created_after: since };
      expect(
        (await sandbox.post('/v1/webhooks/deliveries/redeliver', { ...wanted, created_before: since })).body,
      ).toMatchObject({ delivery_ids: [] });
      const many = await sandbox.post<{ delivery_ids: string[] }>('/v1/webhooks/deliveries/redeliver', wanted);
      expect([many.status, many.body.delivery_ids.length]).toEqual([202, 1]);
      expect(new Set((await arrived('/all', 3)).map((request) => request.headers['webhook-id'])).size).toBe(1);
      const repeated = await log(`endpoint_id=${endpoint.id}`);
      expect(repeated.map(({ redelivery_of: of }) => of).sort()).toEqual([completed!.id, completed!.id, null]);
    }, 60_000);

    it('are shown as they were made', async () => {
      const path = `/v1/webhooks/endpoints/${endpoint.id}`;
      const { body } = await sandbox.get<Record<string, unknown>>(path);
      expect(body).toMatchObject({ description: 'of /all', url: `${receiver.url}/all`, enabled: true });
      expect(body).not.toHaveProperty('secret');
      const { body: list } = await sandbox.get<Page<{ id: string; description: string }>>('/v1/webhooks/endpoints');
      expect(list.data.map(({ id, description }) => [id, description])).toContainEqual([endpoint.id, 'of /all']);
    });

    it('keep nothing of what was erased, and no gap in its place', async () => {
      expect((await sandbox.delete(`/v1/videos/${jobId}/content`)).status).toBe(200);
      const feed = async () => (await sandbox.get<Page<Told>>('/v1/events')).body.data;
      const erased = await eventually(
        async () => {
          const events = await feed();
          return events.every(({ data }) => data === null) && events;
        },
        { what: 'the bodies are erased' },
      );
      expect(erased.map(({ sequence }) => sequence)).toEqual([1, 2]);
      for (const { attempts, url } of await log(`job_id=${jobId}`))
        expect([url, attempts.map((attempt) => attempt.response_excerpt).join('')]).toEqual(['', '']);
      expect((await sandbox.delete(`/v1/webhooks/endpoints/${endpoint.id}`)).status).toBe(200);
    }, 30_000);

    it('tell that the balance has become low', async () => {
      const { live } = stage();
      await listen(live, '/money', ['balance.low']);
      const { body: balance } = await live.get<{ available_micros: number }>('/v1/balance');
      await live.put('/v1/balance/threshold', { threshold_usd: (balance.available_micros / 1_000_000).toFixed(2) });
      const { body: job } = await live.create(VIDEO);
      const [request] = await arrived('/money', 1);
      expect(JSON.parse(request!.body.toString())).toMatchObject({
        event: 'balance.low',
        livemode: true,
        data: { threshold_micros: balance.available_micros },
      });
      await live.ended(job.id);
      expect(at('/money')).toHaveLength(1);
    }, 60_000);
  });
}
