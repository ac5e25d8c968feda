import { Inject, Injectable } from '@nestjs/common';
import { type JobDescription, SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { inTransaction, type Database } from '@usvideo/event-store';
import { inSpan, type Logger } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import { mayRender, webhookBody } from './public-event';
import type { Clock } from '../delivery/delivery.store';
import { BodiesDue, DeliveriesDue } from '../delivery/due';
import { deliverEvent } from '../delivery/fan-out.store';
import { CLOCK } from '../delivery/tokens';
import { announceGrowth } from './feed.store';
import { claimIntents, fillBody, postponeIntents, type Intent, type Turn } from './intent.store';
import { describeJobs } from './job-descriptions.client';

/** As many jobs as one DescribeJobs answers. */
const BATCH_MAX = 200;
/** Longer than a call of DescribeJobs may take. */
const CLAIM_MS = 15_000;
/** How often an unsettled job is asked about again: settling takes milliseconds, and the webhook waits for it. */
const SETTLEMENT_RECHECK_MS = 25;
/** Of one batch at once; the pool has twelve connections for everything. */
const LANES = 4;
/** A job that is unknown or cannot be rendered is a fault of ours: it is logged again and again, and holds up no other. */
const FAULTY_RECHECK_MS = 5_000;
const FAULTY = 'the scheduler cannot describe a job whose event it published';

/** Fetches the bodies of public events from the scheduler, once, and makes the deliveries that follow from them. */
@Injectable()
export class FeedRenderer {
  private turn: Turn | undefined;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly scheduler: SchedulerServiceClient,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly deliveries: DeliveriesDue,
    private readonly bodies: BodiesDue,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** One batch; true when there may be more. */
  async run(): Promise<boolean> {
    const now = await this.now();
    const { intents, turn, more } = await claimIntents(
      this.database,
      now,
      new Date(now.getTime() + CLAIM_MS),
      BATCH_MAX,
      this.turn,
    );
    this.turn = turn;
    if (intents.length === 0) return more;
    try {
      const links = [...new Set(intents.map((intent) => intent.traceparent))];
      const postponed = await inSpan('render feed', { root: true, service: 'webhooks', links }, () =>
        this.render(intents),
      );
      return more || postponed;
    } catch (error) {
      await postponeIntents(this.database, intents, await this.now());
      throw error;
    }
  }

  /** True when the answer had no room for some, which are due again at once. */
  private async render(intents: readonly Intent[]): Promise<boolean> {
    const { jobs, postponed, failed } = await describeJobs(this.scheduler, [
      ...new Set(intents.map((intent) => intent.jobId)),
    ]);
    const byId = new Map(jobs.map((job) => [job.jobId, job]));
    const now = await this.now();
    const known = intents.filter((intent) => byId.has(intent.jobId));
    const ready = known.filter((intent) => mayRender(byId.get(intent.jobId)!, intent.recordedAt, now));
    const unsettled = known.filter((intent) => !ready.includes(intent));
    const waiting = intents.filter((intent) => postponed.includes(intent.jobId));
    const faulty = intents.filter((intent) => !byId.has(intent.jobId) && !postponed.includes(intent.jobId));
    for (const intent of faulty)
      this.logger.error({ err: failed.get(intent.jobId), job_id: intent.jobId, event_id: intent.eventId }, FAULTY);
    faulty.push(...(await this.finishAll(ready, byId)));
    await postponeIntents(this.database, unsettled, new Date(now.getTime() + SETTLEMENT_RECHECK_MS));
    await postponeIntents(this.database, waiting, now);
    await postponeIntents(this.database, faulty, new Date(now.getTime() + FAULTY_RECHECK_MS));
    if (ready.length > 0) this.deliveries.now();
    await announceGrowth(this.database, ready);
    if (unsettled.length > 0) setTimeout(() => this.bodies.now(), SETTLEMENT_RECHECK_MS).unref();
    return waiting.length > 0;
  }

  /** Those that could not be finished. */
  private async finishAll(ready: readonly Intent[], jobs: ReadonlyMap<string, JobDescription>): Promise<Intent[]> {
    const failed: Intent[] = [];
    const waiting = [...ready];
    const lane = async () => {
      for (let intent = waiting.shift(); intent !== undefined; intent = waiting.shift()) {
        if (!(await this.finished(intent, jobs.get(intent.jobId)!))) failed.push(intent);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return failed;
  }

  private async finished(intent: Intent, job: JobDescription): Promise<boolean> {
    try {
      await this.finish(intent, job);
      return true;
    } catch (error) {
      this.logger.error(
        { err: error, job_id: intent.jobId, event_id: intent.eventId },
        'a public event could not be rendered',
      );
      return false;
    }
  }

  private async finish(intent: Intent, job: JobDescription): Promise<void> {
    const body = Buffer.from(webhookBody(intent.event, job.jobJson), 'utf8');
    await inTransaction(this.database, async (tx, databaseNow) => {
      if (!(await fillBody(tx, intent, body))) return;
      const url = intent.tellsUrl ? job.webhookUrl : undefined;
      await deliverEvent(tx, this.clock(databaseNow), { ...intent, url, copies: job.duplicateWebhook ? 2 : 1 });
    });
  }

  private async now(): Promise<Date> {
    const { rows } = await this.database.query<{ now: Date }>({
      name: 'clock',
      text: 'select clock_timestamp() as now',
    });
    return this.clock(rows[0]!.now);
  }
}
