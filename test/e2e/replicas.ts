import { type HttpReceiver, eventually, httpReceiver } from '@usvideo/testing';
import { Customer, type Job } from './customer';
import type { Cluster } from './platform';
import { openFeed, streamedEvents } from './event-stream';
import type { Stage } from './stage';

const SHORT = { resolution: '480p', duration: 1 };

/** Where there are two of each service and three workers, on an account of its own. */
export function anyReplica(clusterOf: () => Cluster, stageOf: () => Stage): void {
  describe('any replica', () => {
    let receiver: HttpReceiver;
    let cluster: Cluster;
    let stage: Stage;

    beforeAll(async () => {
      cluster = clusterOf();
      stage = stageOf();
      receiver = await httpReceiver();
    });
    afterAll(() => receiver.stop());

    const throughEachGateway = () =>
      ['gateway-1', 'gateway-2'].map((name) => new Customer(cluster.part(name).address, stage.live.key));
    /** As a customer's client does it: again under the same key until somebody has accepted it. */
    const accepted = (customer: Customer, prompt: string) =>
      eventually(
        async () => {
          const answer = await customer.create(
            { ...SHORT, prompt, webhook_url: receiver.url },
            { 'idempotency-key': prompt.replaceAll(' ', '-') },
          );
          if (answer.status === 202) return answer.body.id;
          if (![409, 503].includes(answer.status)) throw new Error(`${answer.status}: ${answer.text}`);
          return undefined;
        },
        { what: `"${prompt}" to be accepted`, deadlineMs: 30_000 },
      );

    it('of the gateway answers the same', async () => {
      const [one, other] = throughEachGateway();
      const { body } = await one!.create({ ...SHORT, prompt: 'seen by both' }, { 'idempotency-key': 'seen-by-both' });
      const again = await other!.create({ ...SHORT, prompt: 'seen by both' }, { 'idempotency-key': 'seen-by-both' });
      expect([again.body.id, again.headers.get('idempotent-replayed')]).toEqual([body.id, 'true']);
      const [seen, alsoSeen] = await Promise.all([one!.ended(body.id), other!.ended(body.id)]);
      expect([seen.status, alsoSeen.status]).toEqual(['completed', 'completed']);
    }, 60_000);

    it.each(['ledger-1', 'scheduler-2', 'webhooks-1', 'accounts'])(
      'may be killed while jobs are accepted and charged: %s',
      async (name) => {
        const creating = Promise.all(
          Array.from({ length: 4 }, (_, index) => accepted(stage.live, `without ${name} ${index}`)),
        );
        await cluster.type(`kill ${name}`);
        const jobs = await Promise.all((await creating).map((id) => stage.live.ended(id)));
        expect(new Set(jobs.map(({ status }) => status))).toEqual(new Set(['completed']));
        await cluster.serving(name);
      },
      120_000,
    );

    it('of the scheduler may be killed, even all of them: a render goes on and is reported', async () => {
      const id = await accepted(stage.sandbox, 'sandbox:slow=5 goes on');
      const rendering = async () => (await stage.sandbox.get<Job>(`/v1/videos/${id}`)).body;
      await eventually(async () => (await rendering()).progress > 0, {
        what: 'the render to start',
        deadlineMs: 20_000,
      });
      await cluster.type('kill scheduler');
      const ended = await eventually(
        async () => {
          const job = await rendering();
          return job.status === 'completed' && job;
        },
        { what: 'the render to be reported', deadlineMs: 60_000 },
      );
      expect(ended.attempts).toHaveLength(1);
    }, 120_000);

    it('of the ledger that hangs is left for the other, and used again when it goes on', async () => {
      await cluster.type('pause ledger-1');
      const ids = await Promise.all(
        Array.from({ length: 4 }, (_, index) => accepted(stage.live, `ledger-1 hangs ${index}`)),
      );
      const jobs = await Promise.all(ids.map((id) => stage.live.ended(id)));
      expect(new Set(jobs.map(({ status }) => status))).toEqual(new Set(['completed']));
      await cluster.type('resume ledger-1');
      await cluster.serving('ledger-1');
    }, 120_000);

    it('of gateway and webhooks may end under a client of the feed, which goes on at another and has everything once', async () => {
      const { live } = stage;
      const [one, other] = ['gateway-2', 'gateway-1'].map((name) => cluster.part(name).address);
      const seen: number[] = [];
      const goOn = (url: string) => openFeed(url, live.key!, String(seen.at(-1) ?? 0));
      const read = async (
        feed: Response,
        isLast: (event: { event: string; data: string }) => boolean,
      ): Promise<void> => {
        for await (const told of streamedEvents(feed)) {
          seen.push(Number(told.id));
          if (isLast(told)) return;
        }
      };
      const completed =
        (id: string) =>
        ({ event, data }: { event: string; data: string }) =>
          event === 'video.completed' && data.includes(id);
      await read(await goOn(one!), completed(await accepted(live, 'before the client goes')));
      const cut = read(await goOn(one!), () => false).catch(() => undefined);
      await cluster.type('kill gateway-2');
      await cluster.type('kill webhooks-2');
      await cut;
      const away = await accepted(live, 'while the client is away');
      await live.ended(away);
      await read(await goOn(other!), completed(away));
      await Promise.all([cluster.serving('gateway-2'), cluster.serving('webhooks-2')]);
      await read(await goOn(one!), completed(await accepted(live, 'at the first again')));
      expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
    }, 120_000);

    it('has done its part: each job is charged once and told of under one id', async () => {
      const { body } = await stage.live.get<{ data: Job[] }>('/v1/videos?limit=100');
      const ended = body.data.filter(({ status }) => status === 'completed');
      await eventually(
        async () => (await stage.live.get<{ held_micros: number }>('/v1/balance')).body.held_micros === 0,
        { what: 'every hold to end' },
      );
      const { body: balance } = await stage.live.get<{ total_spend_micros: number }>('/v1/balance');
      expect(balance.total_spend_micros).toBe(ended.reduce((sum, job) => sum + job.estimated_cost_micros, 0));
      const { body: proof } = await stage.admin.get<{ differences: string[] }>('/admin/v1/ledger/verify');
      expect(proof.differences).toEqual([]);
      const owed = ended.filter((job) => job.webhook_url !== null).map(({ id }) => id);
      const told = () =>
        Map.groupBy(receiver.requests, ({ body: bytes }) => (JSON.parse(bytes.toString('utf8')) as Job).id);
      await eventually(() => owed.every((id) => told().has(id)), { what: 'every webhook', deadlineMs: 90_000 });
      const ids = owed.map(
        (id) =>
          new Set(
            told()
              .get(id)!
              .map(({ headers }) => headers['webhook-id']),
          ).size,
      );
      expect(new Set(ids)).toEqual(new Set([1]));
    }, 120_000);
  });
}
