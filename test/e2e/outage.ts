import { eventually, type HttpReceiver } from '@usvideo/testing';
import { type Answer, Customer, type Job, type Problem } from './customer';
import type { BreakablePlatform, StoredPlatform } from './platform';
import { register, type Stage, START_TIMEOUT_MS } from './stage';

const SHORT = { resolution: '480p', duration: 1 };
/** Long enough for another job to wait for it. */
const LONG = { resolution: '720p', duration: 10 };
const ROW_TIMEOUT_MS = 180_000;
const AWAY = { status: 503, error: 'service_unavailable', isToldWhenToRetry: true };

/** What a platform has to be started with for the tests below: the rows that outlast a lease take as long. */
export const SHORT_LEASE = { LEASE_MS: '6000' };
const LEASE_MS = Number(SHORT_LEASE.LEASE_MS);

const away = ({ status, headers, body }: Pick<Answer<Partial<Problem>>, 'status' | 'headers' | 'body'>) => ({
  status,
  error: body.error,
  isToldWhenToRetry: /^\d+$/.test(headers.get('retry-after') ?? ''),
});
const jobOf = async (customer: Customer, id: string) => (await customer.get<Job>(`/v1/videos/${id}`)).body;
const reached = (customer: Customer, id: string, what: string, test: (job: Job) => boolean) =>
  eventually(
    async () => {
      const job = await jobOf(customer, id);
      return test(job) && job;
    },
    { what, deadlineMs: 60_000 },
  );

/** The row of the design that holds also where no other part can be taken away. */
export function storeAway(platformOf: () => StoredPlatform): void {
  it(
    'while the artifact store is away, uploads are tried again inside the lease, and links answer 503',
    async () => {
      const platform = platformOf();
      const { live } = await register(platform);
      const before = await live.ended((await live.create({ ...SHORT, prompt: 'stored before' })).body.id);
      await platform.takeStoreAway();
      const created = await live.create({ ...SHORT, prompt: 'stored later' });
      await eventually(
        async () => (await platform.said('render-fleet')).includes('the artifact store did not take a file'),
        { what: 'an upload to fail', deadlineMs: 60_000 },
      );
      expect((await jobOf(live, created.body.id)).status).toBe('processing');
      const link = await fetch(before.video_url!);
      expect(away({ status: link.status, headers: link.headers, body: (await link.json()) as Problem })).toEqual(AWAY);
      await platform.bringStoreBack();
      const after = await live.ended(created.body.id);
      expect([after.status, after.attempts.length]).toEqual(['completed', 1]);
      expect((await fetch(before.video_url!)).status).toBe(200);
      expect((await fetch(after.video_url!)).status).toBe(200);
    },
    ROW_TIMEOUT_MS,
  );
}

/** What the platform promises to do while one of its parts is away, and what becomes of it afterwards; a row of the design each. */
export function outages(platformOf: () => BreakablePlatform): void {
  describe('while a part is away', () => {
    let platform: BreakablePlatform;
    let receiver: HttpReceiver;
    let stage: Stage;
    let live: Customer;
    let sandbox: Customer;

    beforeAll(async () => {
      platform = platformOf();
      receiver = await platform.receiver();
    });
    afterAll(() => receiver.stop());
    beforeEach(async () => {
      stage = await register(platform);
      ({ live, sandbox } = stage);
    });

    const expectSoundMoney = async () => {
      const { body } = await stage.admin.get<{ differences: string[]; postings_sum_micros: number }>(
        '/admin/v1/ledger/verify',
      );
      expect([body.differences, body.postings_sum_micros]).toEqual([[], 0]);
    };
    /** So that whatever is created after it waits. */
    const renderingAlone = async (request: { prompt: string; webhook_url?: string }) => {
      await stage.admin.put(`/admin/v1/accounts/${stage.accountId}/limits`, {
        environment: 'live',
        concurrent_jobs: 1,
      });
      const { id } = (await live.create({ ...LONG, ...request })).body;
      await reached(live, id, 'the render to start', (job) => job.status === 'processing');
      return id;
    };

    async function during(part: string, work: () => Promise<void>): Promise<void> {
      await platform.stopPart(part);
      try {
        await work();
      } finally {
        await platform.startPart(part);
      }
    }

    it(
      'the ledger: creates and balances answer 503, cancels commit, renders go on, and the money follows',
      async () => {
        await renderingAlone({ prompt: 'may be over before the ledger is away' });
        const rendering = (await live.create({ ...LONG, prompt: 'goes on' })).body.id;
        const waiting = (await live.create({ ...SHORT, prompt: 'to be cancelled' })).body.id;
        const again = { 'idempotency-key': 'made-when-the-ledger-is-back' };
        await during('ledger', async () => {
          // First, because the job waits only as long as the others render.
          const cancelled = await live.post<Job>(`/v1/videos/${waiting}/cancel`);
          expect([cancelled.status, cancelled.body.status, cancelled.body.billing?.settled]).toEqual([
            200,
            'cancelled',
            false,
          ]);
          expect(away(await live.create({ ...SHORT, prompt: 'refused' }, again))).toEqual(AWAY);
          expect(away(await live.get('/v1/balance'))).toEqual(AWAY);
          expect(away(await live.post('/v1/quotes', SHORT))).toEqual(AWAY);
          expect(await live.ended(rendering)).toMatchObject({
            status: 'completed',
            billing: { state: 'charged', settled: false },
          });
        });
        await reached(live, rendering, 'the charge to be settled', (job) => job.billing.settled);
        await reached(live, waiting, 'the release to be settled', (job) => job.billing.settled);
        const accepted = await live.create({ ...SHORT, prompt: 'refused' }, again);
        expect([accepted.status, accepted.headers.get('idempotent-replayed')]).toEqual([202, null]);
        expect((await live.ended(accepted.body.id)).status).toBe('completed');
        const { body } = await live.get<{ data: { status: string }[] }>('/v1/videos');
        expect(body.data).toHaveLength(4);
        await eventually(async () => (await live.get<{ held_micros: number }>('/v1/balance')).body.held_micros === 0, {
          what: 'every hold to end',
        });
        await expectSoundMoney();
      },
      ROW_TIMEOUT_MS,
    );

    it(
      'Kafka: creates, cancels, renders and settlements go on, and feed and webhooks follow',
      async () => {
        const ids: string[] = [];
        const told = () => receiver.requests.map(({ body }) => (JSON.parse(body.toString('utf8')) as Job).id);
        const ofTheFeed = (figure: string) =>
          platform.ask('webhooks', `select ${figure} from feed_event where account_id = '${stage.accountId}'`);
        const noticed = async () => (await platform.said('webhooks')).split('the consumer group was left').length;
        const before = await noticed();
        await during('kafka', async () => {
          // A look at the publisher's log that is under way may bring an event across even afterwards.
          await eventually(async () => (await noticed()) > before, {
            what: 'webhooks to notice that Kafka is away',
            deadlineMs: 60_000,
          });
          const paid = await renderingAlone({ prompt: 'paid without Kafka', webhook_url: receiver.url });
          const waiting = await live.create({ ...SHORT, prompt: 'cancelled without Kafka', webhook_url: receiver.url });
          expect(waiting.status).toBe(202);
          const cancelled = await live.post<Job>(`/v1/videos/${waiting.body.id}/cancel`);
          expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
          expect(await live.ended(paid)).toMatchObject({ status: 'completed' });
          ids.push(paid, waiting.body.id);
          for (const id of ids) await reached(live, id, 'the money to be settled', (job) => job.billing.settled);
          await expectSoundMoney();
        });
        const whole =
          "(count(*) filter (where event <> 'video.processing') = 2 and count(*) = max(seq) and count(distinct job_id) = 2)::text";
        await eventually(async () => (await ofTheFeed(whole)) === 'true', {
          what: 'the feed that waited',
          deadlineMs: 90_000,
        });
        await eventually(() => told().includes(ids[0]!), { what: 'the webhook that waited', deadlineMs: 90_000 });
        // The other was cancelled by its own key, which needs no notice.
        expect(told()).toEqual([ids[0]]);
      },
      ROW_TIMEOUT_MS,
    );

    it(
      'accounts: keys that worked go on working, and nobody can tell about others',
      async () => {
        expect((await live.get('/v1/balance')).status).toBe(200);
        const stranger = new Customer(live.url, `usv_live_${'x'.repeat(43)}`);
        await during('accounts', async () => {
          // A key is asked about again after five seconds; the answers go on beyond that.
          const statuses = new Set<number>();
          for (const end = Date.now() + 6_000; Date.now() < end;) statuses.add((await live.get('/v1/balance')).status);
          expect([...statuses]).toEqual([200]);
          const created = await live.create({ ...SHORT, prompt: 'with a key that was known' });
          expect(created.status).toBe(202);
          expect((await live.ended(created.body.id)).status).toBe('completed');
          expect(away(await stranger.get('/v1/balance'))).toEqual(AWAY);
        });
        await eventually(async () => (await stranger.get('/v1/balance')).status === 401, {
          what: 'accounts to know that there is no such key',
        });
      },
      ROW_TIMEOUT_MS,
    );

    storeAway(platformOf);

    it(
      'the scheduler: the API answers 503, running renders keep their results and report later',
      async () => {
        const { body } = await sandbox.create({ ...SHORT, prompt: 'sandbox:slow=6 reported later' });
        await reached(
          sandbox,
          body.id,
          'the render to start',
          (job) => job.status === 'processing' && job.progress > 0,
        );
        await during('scheduler', async () => {
          // Longer than the lease and the render last.
          for (const end = Date.now() + LEASE_MS + 1_000; Date.now() < end;) {
            expect(away(await sandbox.get(`/v1/videos/${body.id}`))).toEqual(AWAY);
          }
          expect(away(await sandbox.get('/v1/videos'))).toEqual(AWAY);
          expect(away(await sandbox.post(`/v1/videos/${body.id}/cancel`))).toEqual(AWAY);
          expect(away(await live.create({ ...SHORT, prompt: 'refused' }))).toEqual(AWAY);
        });
        const job = await sandbox.ended(body.id);
        expect([job.status, job.attempts.length]).toEqual(['completed', 1]);
        const { body: list } = await live.get<{ data: unknown[] }>('/v1/videos');
        expect(list.data).toEqual([]);
        await expectSoundMoney();
      },
      ROW_TIMEOUT_MS,
    );

    it(
      'everything, killed with -9: nothing stays behind, and all is there again afterwards',
      async () => {
        const done = await live.ended((await live.create({ ...SHORT, prompt: 'from an earlier life' })).body.id);
        expect(await platform.partsRunning()).toBeGreaterThanOrEqual(8);
        await platform.kill();
        await eventually(async () => (await platform.partsRunning()) === 0, {
          what: 'every part to end',
          deadlineMs: 30_000,
        });
        await platform.start();
        const again = new Customer(platform.credentials.api_url, live.key);
        expect(await jobOf(again, done.id)).toMatchObject({ status: 'completed', billing: { settled: true } });
        expect((await again.ended((await again.create({ ...SHORT, prompt: 'in this life' })).body.id)).status).toBe(
          'completed',
        );
      },
      START_TIMEOUT_MS + ROW_TIMEOUT_MS,
    );
  });
}
