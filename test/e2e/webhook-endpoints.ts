import type { HttpReceiver } from '@usvideo/testing';
import { Webhook } from 'standardwebhooks';
import type { Stage } from './stage';

interface Told { readonly id: string; readonly sequence: number; readonly event: string; readonly job_id: string; readonly data: { readonly status: string } }

/** Endpoints and the feed: an account is told of everything, may read it again, and goes on where it was. */
export function webhookEndpoints(stage: () => Stage): void {
  describe('an endpoint and the feed', () => {
    let receiver: HttpReceiver;
    beforeAll(async () => { receiver = await stage().platform.receiver(); });
    afterAll(() => receiver.stop());

    it('tell of every video, once and in order', async () => {
      const { sandbox } = stage();
      const made = await sandbox.post<{ id: string; secret: string }>('/v1/webhooks/endpoints', { url: `${receiver.url}/all`, events: ['video.processing', 'video.completed', 'video.failed'] });
      expect(made.status).toBe(201);
      const { body: job } = await sandbox.create({ prompt: 'a bear', resolution: '480p', duration: 1 });
      await sandbox.ended(job.id);
      const requests = await receiver.received(2, 30_000);
      const events = requests.map((request) => new Webhook(made.body.secret).verify(request.body.toString('utf8'), request.headers as Record<string, string>) as { event: string; id: string });
      expect(events.map(({ event, id }) => [event, id]).sort()).toEqual([['video.completed', job.id], ['video.processing', job.id]]);

      const feed = await sandbox.get<{ data: Told[]; next_cursor: string }>('/v1/events');
      expect(feed.body.data.map(({ event, job_id: jobId, sequence }) => [sequence, event, jobId])).toEqual([[1, 'video.processing', job.id], [2, 'video.completed', job.id]]);
      expect(feed.body.data[1]!.data.status).toBe('completed');
      const stream = await fetch(`${sandbox.url}/v1/events`, { headers: { 'authorization': `Bearer ${sandbox.key}`, 'accept': 'text/event-stream', 'last-event-id': '1' } });
      let text = '';
      for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (text.includes('\n\nid: 2\n')) break;
      }
      expect(text).toContain('id: 2\nevent: video.completed\ndata: {');

      const { body: log } = await sandbox.get<{ data: { id: string; event: string }[] }>(`/v1/webhooks/deliveries?event=video.completed&endpoint_id=${made.body.id}`);
      expect((await sandbox.post(`/v1/webhooks/deliveries/${log.data[0]!.id}/redeliver`)).status).toBe(202);
      const again = (await receiver.received(3, 30_000))[2]!;
      expect(again.headers['webhook-id']).toBe(feed.body.data[1]!.id);
      expect((await sandbox.delete(`/v1/webhooks/endpoints/${made.body.id}`)).status).toBe(200);
    }, 90_000);
  });
}
