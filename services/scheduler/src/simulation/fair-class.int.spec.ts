import fc from 'fast-check';
import { inTransaction } from '@usvideo/event-store';
import { addAccount, addJobs, claimOnce, freeWorker, openWorld, settings, type World } from '../../test/dispatch-world';
import { artifact } from '../../test/fake-worker';
import { wakeQueues } from '../dispatch/dispatch-wake.sql';
import { moveClocks } from '../dispatch/queue-activity.sql';
import type { JobCommand } from '../job/job';
import { decideJob, lockJobs } from '../job/job-writer.sql';
import { CLAIM_MAX } from '../leasing/lease';
import { moveJobs } from '../leasing/job-moves.sql';
import { clocksAfter } from '../limits/virtual-time';
import { FairClass, type LineJob } from './fair-class';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ACCOUNTS = 4;
const account = fc.integer({ min: 0, max: ACCOUNTS - 1 });
const seconds = fc.integer({ min: 1, max: 10 });

type Step =
  | { readonly kind: 'submit'; readonly account: number; readonly jobs: number; readonly seconds: number }
  | { readonly kind: 'limit'; readonly account: number; readonly jobs: number }
  | { readonly kind: 'claim'; readonly slots: readonly number[] }
  | { readonly kind: 'end'; readonly which: number; readonly handsBack: boolean; readonly tookMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('submit'), account, jobs: fc.integer({ min: 1, max: 5 }), seconds } as const),
  fc.record({ kind: fc.constant('limit'), account, jobs: fc.integer({ min: 1, max: 6 }) } as const),
  fc.record({
    kind: fc.constant('claim'),
    slots: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  } as const),
  fc.record({
    kind: fc.constant('end'),
    which: fc.nat(),
    handsBack: fc.boolean(),
    tookMs: fc.integer({ min: 1, max: 20_000 }),
  } as const),
);

/** The statements and the twin, side by side. */
class Both {
  readonly twin = new FairClass<LineJob>('procedural', CLAIM_MAX);
  readonly leased: { readonly accountId: string; readonly job: LineJob; readonly leaseId: string }[] = [];
  private order = 0;

  private constructor(private readonly accountIds: readonly string[]) {
    for (const accountId of accountIds) this.twin.addAccount(accountId, 10);
  }

  static async open(): Promise<Both> {
    await world.database.query(
      'truncate job_queue, account_slot, admission, account_class, class_clock, submission, job, job_content',
    );
    const accountIds: string[] = [];
    for (let index = 0; index < ACCOUNTS; index++) accountIds.push(await addAccount(world.database));
    return new Both(accountIds);
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'submit') return this.submit(this.accountIds[step.account]!, step.jobs, step.seconds);
    if (step.kind === 'limit') return this.limit(this.accountIds[step.account]!, step.jobs);
    if (step.kind === 'claim') return this.claim(step.slots);
    if (this.leased.length > 0) await this.end(step);
  }

  private async submit(accountId: string, count: number, durationSeconds: number): Promise<void> {
    const terms = {
      model: 'test-picture',
      mode: 'text_to_video',
      resolution: '720p',
      aspectRatio: '16:9',
      durationSeconds,
      seed: 7,
    };
    const expectedGpuMs = 1_000 * durationSeconds;
    for (const jobId of await addJobs(world.database, accountId, count, { terms, expectedGpuMs }))
      this.twin.submit(accountId, { jobId, order: this.order++, expectedGpuMs });
  }

  private async limit(accountId: string, jobs: number): Promise<void> {
    await world.database.query('update account_slot set concurrent_jobs = $2 where account_id = $1', [accountId, jobs]);
    this.twin.setLimit(accountId, jobs);
  }

  private async claim(slots: readonly number[]): Promise<void> {
    const workers = slots.map((freeSlots, index) => freeWorker(freeSlots, { workerId: `wrk_${index}` }));
    const claimed = await claimOnce(world.database, workers);
    await moveClocks(world.database, clocksAfter(claimed.leased));
    const { given, more } = this.twin.claim(workers);
    const inOrder = (pairs: string[][]) => pairs.sort(([a], [b]) => (a! < b! ? -1 : 1));
    expect(inOrder(claimed.leased.map(({ job, worker }) => [job.jobId, worker.workerId]))).toEqual(
      inOrder(given.map(({ job, worker }) => [job.jobId, worker.workerId])),
    );
    expect(claimed.more).toBe(more);
    const leaseIds = new Map(claimed.leased.map(({ job }) => [job.jobId, job.state.attempts.at(-1)!.leaseId]));
    this.leased.push(...given.map(({ accountId, job }) => ({ accountId, job, leaseId: leaseIds.get(job.jobId)! })));
  }

  private async end({ handsBack, tookMs, which }: Step & { kind: 'end' }): Promise<void> {
    const [{ accountId, job, leaseId }] = this.leased.splice(which % this.leased.length, 1) as [
      (typeof this.leased)[0],
    ];
    const startedAt = new Date();
    if (!handsBack)
      await this.decide(job.jobId, { type: 'StartRendering', leaseId, aspectRatio: '16:9', now: startedAt });
    await this.decide(
      job.jobId,
      handsBack
        ? { type: 'HandBack', leaseId, now: startedAt }
        : { type: 'Complete', leaseId, artifact, now: new Date(startedAt.getTime() + tookMs) },
    );
    if (handsBack) {
      await wakeQueues(world.database, [{ accountId, environment: 'live', jobClass: 'procedural' }]);
      this.twin.requeued(accountId, job);
    } else this.twin.ended(accountId, job, tookMs);
  }

  private async decide(jobId: string, command: JobCommand): Promise<void> {
    await inTransaction(world.database, async (tx) => {
      const decided = decideJob((await lockJobs(tx, [jobId])).get(jobId)!, command);
      if (!decided.accepted) throw new Error(decided.refusal);
      await moveJobs(tx, command.now, [{ job: decided.before, facts: decided.facts }], settings);
    });
  }

  async compare(): Promise<void> {
    const { rows } = await world.database.query<{
      account_id: string;
      virtual_time: number;
      running: number;
      queued: number;
    }>(`
      select s.account_id, s.running, coalesce(c.virtual_time, 0) as virtual_time,
        (select count(*)::integer from job_queue q where q.account_id = s.account_id and q.state = 'queued') as queued
      from account_slot s left join account_class c using (account_id, environment) order by 1`);
    const twins = rows.map(({ account_id }) => {
      const { line, running, virtualTime } = this.twin.account(account_id);
      return { account_id, running, queued: line.length, virtual_time: expect.closeTo(virtualTime, 6) };
    });
    expect(rows).toEqual(twins.map((twin) => expect.objectContaining(twin)));
  }
}

it('gives the same jobs to the same workers as the statements of dispatch, and charges as they do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30, size: 'max' }), async (steps) => {
      const both = await Both.open();
      for (const each of steps) {
        await both.take(each);
        await both.compare();
      }
    }),
    { numRuns: 15 },
  );
}, 120_000);
