import { describeOwnKafka, eventually, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import type { Job } from './customer';
import { Cluster } from './platform';
import { Restoring, runbookRequests } from './restoring';
import { register, type Stage, START_TIMEOUT_MS } from './stage';

const SHORT = { resolution: '480p', duration: 1 };
const STEP_TIMEOUT_MS = 120_000;

interface RestoredShard {
  readonly topic: string;
  readonly heard_seq: number;
  readonly shared_seq: number | null;
  readonly lost: number | null;
}

/** `docs/runbooks/restore.md`, followed for the scheduler: statements, commands and requests are read from it. Each test goes on from the one before. */
describeOwnKafka('after the database of the scheduler was restored from a backup', () => {
  let cluster: Cluster;
  let receiver: HttpReceiver;
  let stage: Stage;
  let restoring: Restoring;
  let kept: Job;
  let lost: Job;

  beforeAll(async () => {
    receiver = await httpReceiver();
    cluster = await Cluster.start({ LOG_LEVEL: 'info' });
    stage = await register(cluster);
    restoring = new Restoring(cluster, 'scheduler');
    kept = await completed('in the backup');
    await heard('in the backup');
    await restoring.backUp();
    lost = await completed('made after the backup');
    await heard('made after the backup');
    await restoring.bringBack();
  }, START_TIMEOUT_MS + STEP_TIMEOUT_MS);
  afterAll(async () => {
    await receiver.stop();
    await cluster?.dispose();
  }, START_TIMEOUT_MS);

  /** The gateway needs a moment to find a service that has just started. */
  async function completed(prompt: string): Promise<Job> {
    const video = { ...SHORT, prompt, webhook_url: `${receiver.url}/${prompt.replaceAll(' ', '-')}` };
    const id = await eventually(
      async () => {
        const { status, body } = await stage.live.create(video, { 'idempotency-key': prompt.replaceAll(' ', '-') });
        return status === 202 && body.id;
      },
      { what: `a job for "${prompt}" to be accepted`, deadlineMs: 30_000 },
    );
    const job = await stage.live.ended(id);
    expect(job.status).toBe('completed');
    return job;
  }
  const told = (prompt: string) =>
    receiver.requests.filter(({ path }) => path === `/${prompt.replaceAll(' ', '-')}`).length;
  const heard = (prompt: string) =>
    eventually(() => told(prompt) === 1, { what: `the webhook of "${prompt}"`, deadlineMs: 60_000 });
  /** The requests of the runbook, which shows those about a consumer for one of them. */
  const [seen, adopting, reconciling, verifying] = runbookRequests;
  const of = (consumer: string, request = seen) => request!.path.replace('/ledger/', `/${consumer}/`);
  const restored = async (consumer: string) =>
    (await stage.admin.get<{ data: RestoredShard[] }>(of(consumer))).body.data;
  const halted = async (consumer: string) => {
    const metrics = await (await fetch(`${cluster.part(consumer).operations}/metrics`)).text();
    return Number(/^usvideo_consumer_halted_shards\{[^}]*\} (\d+)$/m.exec(metrics)?.[1]);
  };
  const halts = (consumer: string, shards: number) =>
    eventually(async () => (await halted(consumer)) === shards, {
      what: `${shards} halted shards of ${consumer}`,
      deadlineMs: 60_000,
    });

  it('the runbook says whom to ask what', () => {
    expect(runbookRequests).toEqual([
      { method: 'GET', path: expect.stringMatching(/\/ledger\/restored$/) },
      { method: 'POST', path: expect.stringMatching(/\/ledger\/adopt$/) },
      { method: 'GET', path: expect.stringContaining('/reconcile') },
      { method: 'GET', path: expect.stringMatching(/\/verify$/) },
    ]);
  });

  it(
    'its relay refuses to publish over what the topic has, and says where to read on',
    async () => {
      await restoring.start();
      const refusal = /"msg":"the relay refuses to publish"/;
      await eventually(() => refusal.test(cluster.logOf('scheduler')), { what: 'the refusal', deadlineMs: 60_000 });
      expect(cluster.logOf('scheduler')).toMatch(
        /the partition of shard \d+ ends at \d+, which the event table has not reached[^"]*docs\/runbooks\/restore\.md/,
      );
      expect(await restoring.command('second')).toEqual({
        code: 1,
        output: expect.stringMatching(
          /scheduler is connected to its database with \d+ sessions: stop all its processes first/,
        ),
      });
      await cluster.type('stop scheduler');
    },
    STEP_TIMEOUT_MS,
  );

  it(
    'the command says what is lost, changes nothing before it is confirmed, and then mints an epoch',
    async () => {
      const { code, output } = await restoring.command('first');
      expect([code, output]).toEqual([2, expect.stringMatching(/\d+ events are lost\n[^]*Nothing was changed/)]);
      expect(output.match(/events are lost/g)).toHaveLength(1);
      expect(await restoring.command('second')).toEqual({
        code: 0,
        output: expect.stringMatching(/The epoch is [-0-9a-f]{36} from here on\. Start scheduler/),
      });
    },
    STEP_TIMEOUT_MS,
  );

  it(
    'its consumers stand still in the shard that lost events, and say so, while jobs are rendered and paid',
    async () => {
      await restoring.start();
      await Promise.all([halts('ledger', 1), halts('webhooks', 1)]);
      for (const consumer of ['ledger', 'webhooks']) {
        const [shard, ...others] = await restored(consumer);
        expect([shard, others]).toEqual([expect.objectContaining({ topic: 'usvideo.jobs.v1' }), []]);
        expect([shard!.lost! > 0, shard!.lost]).toEqual([true, shard!.heard_seq - shard!.shared_seq!]);
      }
      expect((await completed('while they stand still')).billing).toMatchObject({ state: 'charged', settled: true });
      expect(told('while they stand still')).toBe(0);
    },
    STEP_TIMEOUT_MS,
  );

  it(
    'goes on where an operator has said so',
    async () => {
      for (const consumer of ['ledger', 'webhooks']) {
        const { status, body } = await stage.admin.post<{ adopted: RestoredShard[] }>(of(consumer, adopting));
        expect([status, body.adopted]).toEqual([200, [expect.objectContaining({ topic: 'usvideo.jobs.v1' })]]);
        await halts(consumer, 0);
        expect(await restored(consumer)).toEqual([]);
      }
      await heard('while they stand still');
      await completed('afterwards');
      await heard('afterwards');
      expect([told('in the backup'), told('made after the backup')]).toEqual([1, 1]);
    },
    STEP_TIMEOUT_MS,
  );

  it(
    'what does not agree any more is named, and nothing else',
    async () => {
      expect((await stage.live.get(`/v1/videos/${kept.id}`)).status).toBe(200);
      expect((await stage.live.get(`/v1/videos/${lost.id}`)).status).toBe(404);
      const { body } = await stage.admin.get<{ differences: string[] }>(reconciling!.path);
      expect(body.differences).toEqual([
        expect.stringMatching(new RegExp(`${lost.id}: the ledger charges .* for a job that does not exist`)),
      ]);
      const verified = await stage.admin.get<{ differences: string[]; postings_sum_micros: number }>(verifying!.path);
      expect([verified.body.differences, verified.body.postings_sum_micros]).toEqual([[], 0]);
    },
    STEP_TIMEOUT_MS,
  );
});
