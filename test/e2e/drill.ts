import { eventually, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import type { Job } from './customer';
import { Cluster } from './platform';
import { PUBLISHERS, type PublisherName, Restoring } from './restoring';
import { register, type Stage } from './stage';

const SHORT = { resolution: '480p', duration: 1 };
const STATEFUL = [...PUBLISHERS, 'webhooks'];
const CONSUMERS = ['ledger', 'webhooks', 'scheduler'];

/** What a consumer heard and the log of a publisher that was restored lacks, in one shard. */
export interface RestoredShard {
  readonly topic: string;
  readonly shard: number;
  readonly heard_seq: number;
  readonly shared_seq: number | null;
  readonly lost: number | null;
}

/** Whether the drills that take minutes are asked for: `npm run drills`. */
export const DRILLS_IN_FULL = process.env.DRILLS === 'full';

/** A cluster under restore drills, with a customer who is told by webhook how each job ended. */
export class Drill {
  private constructor(
    readonly cluster: Cluster,
    readonly receiver: HttpReceiver,
    readonly stage: Stage,
  ) {}

  static async start(): Promise<Drill> {
    const cluster = await Cluster.start({ LOG_LEVEL: 'info' });
    return new Drill(cluster, await httpReceiver(), await register(cluster));
  }

  async stop(): Promise<void> {
    await this.receiver.stop();
    await this.cluster.dispose();
  }

  async services(act: 'stop' | 'start'): Promise<void> {
    for (const service of STATEFUL)
      await (act === 'stop' ? this.cluster.stopPart(service) : this.cluster.startPart(service));
  }

  /** The gateway needs a moment to find services that have just started. */
  ordered(prompt: string): Promise<string> {
    const path = prompt.replaceAll(' ', '-');
    return eventually(
      async () => {
        const { status, body } = await this.stage.live.create(
          { ...SHORT, prompt, webhook_url: `${this.receiver.url}/${path}` },
          { 'idempotency-key': path },
        );
        return status === 202 && body.id;
      },
      { what: `a job for "${prompt}" to be accepted`, deadlineMs: 60_000 },
    );
  }

  /** Paid, and told of. */
  async finished(prompt: string): Promise<Job> {
    const job = await this.stage.live.ended(await this.ordered(prompt));
    expect([job.status, job.billing]).toEqual(['completed', expect.objectContaining({ state: 'charged' })]);
    await this.heard(prompt);
    return job;
  }

  /** The ids under which the customer was told how it ended, one for each time. */
  told(prompt: string): string[] {
    const path = `/${prompt.replaceAll(' ', '-')}`;
    return this.receiver.requests
      .filter((request) => request.path === path)
      .map(({ headers }) => String(headers['webhook-id']));
  }

  async heard(prompt: string, times = 1): Promise<void> {
    await eventually(() => this.told(prompt).length >= times, {
      what: `the webhook of "${prompt}"`,
      deadlineMs: 120_000,
    });
  }

  async answerFor({ id }: Job): Promise<number> {
    return (await this.stage.live.get(`/v1/videos/${id}`)).status;
  }

  /** @returns how many events are lost, by the command of the runbook, which names where each shard's log ends */
  async renewEpoch(service: PublisherName): Promise<number> {
    // The right to publish that the backup has may last a moment longer.
    const { output } = await eventually(
      async () => {
        const done = await new Restoring(this.cluster, service).command('second');
        return done.code === 0 ? done : undefined;
      },
      { what: `a new epoch of ${service}`, deadlineMs: 60_000 },
    );
    return [...output.matchAll(/(\d+) events are lost/g)].reduce((sum, [, events]) => sum + Number(events), 0);
  }

  async renewEpochs(): Promise<number> {
    let lost = 0;
    for (const service of PUBLISHERS) lost += await this.renewEpoch(service);
    return lost;
  }

  /** The shards of which a consumer heard what is lost. One that has heard nothing new of a shard has not joined its new epoch, and lacks nothing. */
  async lost(consumer: string): Promise<RestoredShard[]> {
    const { body } = await this.stage.admin.get<{ data: RestoredShard[] }>(`/admin/v1/consumers/${consumer}/restored`);
    return body.data.filter(({ lost }) => lost !== 0);
  }

  async verified(): Promise<unknown> {
    const { body } = await this.stage.admin.get<{ differences: string[]; postings_sum_micros: number }>(
      '/admin/v1/ledger/verify',
    );
    return [body.differences, body.postings_sum_micros];
  }

  /** Once nothing is under way. */
  differences(): Promise<string[]> {
    return eventually(
      async () => {
        const { body } = await this.stage.admin.get<{ under_way: number; differences: string[] }>(
          '/admin/v1/reconcile?grace_seconds=0',
        );
        return body.under_way === 0 ? body.differences : undefined;
      },
      { what: 'all jobs to have come to rest', deadlineMs: 120_000 },
    );
  }

  /** Nobody stands still, the books are those of the events, and all jobs agree with their money. */
  async expectWhole(): Promise<void> {
    for (const consumer of CONSUMERS) expect([consumer, await this.lost(consumer)]).toEqual([consumer, []]);
    expect(await this.verified()).toEqual([[], 0]);
    expect(await this.differences()).toEqual([]);
  }
}
