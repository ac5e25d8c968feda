import type { Database } from '@usvideo/event-store';
import { startLoop, type CatalogueModel, type Logger, type Loop, type Running } from '@usvideo/runtime';
import { Backlog } from './backlog';
import { refusesWait, retryAfterWait } from './capacity';
import { startMs, waitMs, type ClassLoad, type Waiting } from './expected-wait';
import { etaSeconds, type QueuedJob } from '../views/eta';
import { expectedGpuMs, SANDBOX_CLASS } from '../catalogue/models';
import { addRendered, announceWorkers, healthySlots, paces, type Rendered } from './fleet-presence.sql';
import type { StoredJob } from '../job/job-row';
import { leasedJobs, queueLoads, unusualWeights, type QueueLoad } from './queue-load.sql';
import { QueueMetrics, type ClassStanding } from './queue-metrics.service';
import { eligibleJobs, wantedSlots } from './wanted-slots';
import type { WorkerRegistry } from '../workers/worker-registry.service';
import { fleetColdStart } from '../metrics';

export interface FleetEstimateOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly models: readonly CatalogueModel[];
  /** The wait above which creates are refused; 0: never. */
  readonly maxWaitMs: number;
  readonly declaredSlots: number;
  readonly coldStartMs: number;
  /** Between two looks at the whole queue, which may be a million rows. */
  readonly queueEveryMs?: number;
}

/** Whose wait is asked for. */
export interface Applicant {
  readonly accountId: string;
  readonly jobClass: string;
  /** Expected GPU time of the job that is to be added. */
  readonly expectedMs: number;
}

/** What waits in one class and environment, what of the class runs, and what could. */
export interface QueueStanding extends ClassStanding {
  readonly running: number;
  readonly slots: number;
}

const FLEET_EVERY_MS = 1_000;
const QUEUE_EVERY_MS = 5_000;
/** At most one part in twenty of the time goes into reading the queue, however long it is. */
const QUEUE_REST = 20;

/**
 * How long work waits: per class what every account has queued, who is there to render it and at what pace. Loops keep the
 * figures; whoever asks is answered from memory. They are seconds old, so the answers are estimates.
 */
export class FleetEstimate implements Running {
  private backlogs: ReadonlyMap<string, Backlog> = new Map();
  private weights: ReadonlyMap<string, number> = new Map();
  private slots: ReadonlyMap<string, number> = new Map();
  private paces: ReadonlyMap<string, number> = new Map();
  private wanted: ReadonlyMap<string, number> = new Map();
  private rendered = new Map<string, Rendered>();
  /** Those refused when they last asked, until their wait has fallen well below the bound. */
  private readonly refused = new Map<string, Applicant>();
  private readonly metrics = new QueueMetrics();
  private readQueueAfter = 0;
  private looked: { readonly atMs: number; readonly queues: readonly QueueStanding[] } | undefined;
  private loops: Loop[] = [];

  constructor(private readonly options: FleetEstimateOptions) {}

  start(workers: WorkerRegistry): this {
    const { logger, queueEveryMs = QUEUE_EVERY_MS, declaredSlots, coldStartMs } = this.options;
    fleetColdStart.set(declaredSlots === 0 ? 0 : coldStartMs / 1_000);
    this.loops = [
      startLoop({ name: 'fleet', everyMs: FLEET_EVERY_MS, work: () => this.readFleet(workers), logger }),
      startLoop({ name: 'queue-load', everyMs: queueEveryMs, work: () => this.readQueue(workers), logger }),
    ];
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** After how many milliseconds a create is worth another try; undefined: it is welcome now. */
  refusesFor(applicant: Applicant): number | undefined {
    const { maxWaitMs } = this.options;
    if (maxWaitMs === 0 || applicant.jobClass === SANDBOX_CLASS) return undefined;
    const key = `${applicant.accountId}/${applicant.jobClass}`;
    const ms = waitMs(
      this.loadOf(applicant.jobClass),
      this.waiting(applicant),
      this.queuedMs(applicant) + applicant.expectedMs,
    );
    if (!refusesWait(ms, maxWaitMs, this.refused.has(key))) {
      this.refused.delete(key);
      return undefined;
    }
    this.refused.set(key, applicant);
    return retryAfterWait(ms!, maxWaitMs);
  }

  /** Seconds until a queued job has been rendered; undefined when nobody can tell. The sandbox has room for everybody. */
  etaSeconds(account: Pick<Applicant, 'accountId' | 'jobClass'>, job: QueuedJob): number | undefined {
    if (account.jobClass === SANDBOX_CLASS) return etaSeconds(job, 0, 1);
    const load = this.loadOf(account.jobClass);
    const aheadMs = job.upToMs - job.expectedMs;
    const start = startMs(load, this.waiting(account), { aheadMs, expectedMs: job.expectedMs });
    return etaSeconds(job, start, load.pace);
  }

  /** As they were at the last look; undefined before the first. */
  queues(): { readonly ageSeconds: number; readonly queues: readonly QueueStanding[] } | undefined {
    return this.looked && { ageSeconds: (performance.now() - this.looked.atMs) / 1_000, queues: this.looked.queues };
  }

  /** A job has ended; what it took is what others are expected to take. */
  ended({ state }: StoredJob): void {
    const attempt = state.attempts.at(-1);
    if (state.name !== 'completed' || attempt === undefined || state.endedAt === undefined) return;
    const { renders, expectedMs, actualMs } = this.rendered.get(state.jobClass) ?? {
      renders: 0,
      expectedMs: 0,
      actualMs: 0,
    };
    this.rendered.set(state.jobClass, {
      renders: renders + 1,
      expectedMs: expectedMs + expectedGpuMs(this.options.models, state.terms),
      actualMs: actualMs + Math.max(0, state.endedAt.getTime() - attempt.startedAt.getTime()),
    });
  }

  private loadOf(jobClass: string): ClassLoad {
    const { declaredSlots, coldStartMs } = this.options;
    return {
      backlog: this.backlogs.get(jobClass),
      fleet: { healthySlots: this.slots.get(jobClass) ?? 0, declaredSlots, coldStartMs },
      pace: this.paces.get(jobClass) ?? 1,
      wantedSlots: this.wanted.get(jobClass) ?? 0,
    };
  }

  private waiting({ accountId }: Pick<Applicant, 'accountId'>): Waiting {
    return { accountId, weight: this.weights.get(accountId) ?? 1 };
  }

  private queuedMs({ accountId, jobClass }: Applicant): number {
    return this.backlogs.get(jobClass)?.workOf(accountId) ?? 0;
  }

  private async readFleet(workers: WorkerRegistry): Promise<void> {
    const { database } = this.options;
    const rendered = this.rendered;
    this.rendered = new Map();
    await Promise.all([announceWorkers(database, workers.announced()), addRendered(database, rendered)]);
    [this.slots, this.paces] = await Promise.all([healthySlots(database), paces(database)]);
  }

  private async readQueue(workers: WorkerRegistry): Promise<void> {
    const { database } = this.options;
    const startedAt = performance.now();
    if (startedAt < this.readQueueAfter) return;
    const [loads, leased, weights] = await Promise.all([
      queueLoads(database),
      leasedJobs(database),
      unusualWeights(database),
    ]);
    this.weights = weights;
    this.wanted = wantedSlots(eligibleJobs(loads), leased);
    this.backlogs = backlogsOf(loads.filter(({ suspended }) => !suspended));
    for (const applicant of [...this.refused.values()]) this.refusesFor(applicant);
    this.looked = {
      atMs: startedAt,
      queues: this.metrics.observe(loads, leased, workers).map((standing) => ({
        ...standing,
        running: leased.get(standing.jobClass) ?? 0,
        slots: this.slots.get(standing.jobClass) ?? 0,
      })),
    };
    this.readQueueAfter = startedAt + QUEUE_REST * (performance.now() - startedAt);
  }
}

function backlogsOf(loads: readonly QueueLoad[]): Map<string, Backlog> {
  return new Map(
    [...Map.groupBy(loads, ({ jobClass }) => jobClass)].map(([jobClass, works]) => [jobClass, new Backlog(works)]),
  );
}
