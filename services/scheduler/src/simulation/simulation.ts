import { Backlog } from '../capacity/backlog';
import { refusesWait } from '../capacity/capacity';
import { startMs, waitMs, type ClassLoad } from '../capacity/expected-wait';
import { ATTEMPTS_MAX } from '../job/job';
import { CLAIM_MAX } from '../leasing/lease';
import { rateDecision, spendRate } from '../limits/rate';
import { weightOf } from '../limits/virtual-time';
import { etaSeconds } from '../views/eta';
import { FairClass } from './fair-class';
import { Gpus } from './gpus';
import { Heap, type Placed } from './heap';
import type { SimulationOptions } from './options';
import { Random } from './random';
import { SimulationRecord, WINDOW_MS } from './record';
import type { Attempt, Gpu, SimulatedJob } from './simulated-job';
import {
  BURST_ACCOUNT,
  burstTenant,
  drawExpectedMs,
  meanExpectedMs,
  ORDER_MEAN,
  orderSize,
  Population,
  type Tenant,
} from './tenants';

const JOB_CLASS = 'gpu';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** From the end of a job to the next pass of dispatch, and the lease's way to its worker. */
const DISPATCH_MS = 20;
const LEASE_MS = 20_000;
const DEADLINE_MS = DAY_MS;
/** How old what admission and estimates know may be, as in the scheduler. */
const READ_EVERY_MS = 5_000;
/** One order in so many is asked for its estimate. */
const ETA_EVERY = 7;
/** The spread of render times around what was expected. */
const RENDER_SPREAD = 0.15;

interface Event extends Placed {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** The scheduler's rules, driven through days of virtual time in milliseconds. */
export class Simulation {
  readonly record = new SimulationRecord();
  readonly gpus: Gpus;
  readonly queue: FairClass<SimulatedJob>;
  private readonly events = new Heap<Event>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  private readonly population: Population;
  private readonly rates = new Map<string, bigint>();
  private readonly refusing = new Set<string>();
  /** Since when an account has had work waiting without a break. */
  private readonly waitingSince = new Map<string, number>();
  private readonly gpuOf: ReadonlyMap<string, Gpu>;
  private readonly chance: {
    readonly arrivals: Random;
    readonly burst: Random;
    readonly renders: Random;
    readonly failures: Random;
  };
  private load: ClassLoad | undefined;
  private loadReadAt = 0;
  private pace = { expectedMs: 0, actualMs: 0 };
  private now = 0;
  private orders = 0;
  private jobs = 0;
  private passDue = false;

  constructor(private readonly options: SimulationOptions) {
    const random = new Random(options.seed);
    const [arrivals, burst, renders, failures] = Array.from({ length: 4 }, () => random.another()) as [
      Random,
      Random,
      Random,
      Random,
    ];
    this.chance = { arrivals, burst, renders, failures };
    this.gpus = new Gpus(options.gpus, JOB_CLASS);
    this.gpuOf = new Map(this.gpus.all.map((gpu) => [gpu.workerId, gpu]));
    this.queue = new FairClass(JOB_CLASS, CLAIM_MAX);
    this.population = new Population(options);
    for (const { accountId, concurrentJobs } of [...this.population.tenants, burstTenant(options.burstLimit)])
      this.queue.addAccount(accountId, concurrentJobs);
  }

  get endMs(): number {
    return this.options.days * DAY_MS;
  }

  run(): this {
    const { burst, burstLimit, failureHours, gpus } = this.options;
    this.nextOrder();
    if (burst > 0) this.at(this.endMs / 4, () => this.order(burstTenant(burstLimit), burst, this.chance.burst));
    if (failureHours > 0) this.everyNowAndThen((failureHours * HOUR_MS) / gpus, () => this.loseGpu());
    this.at(WINDOW_MS, () => this.endWindow());
    for (let event = this.events.pop(); event !== undefined && event.at <= this.endMs; event = this.events.pop()) {
      this.now = event.at;
      event.run();
    }
    this.now = this.endMs;
    return this;
  }

  private at(time: number, run: () => void): void {
    this.events.push({ at: time, order: this.orders++, run, place: -1 });
  }

  private in(delayMs: number, run: () => void): void {
    this.at(this.now + delayMs, run);
  }

  private everyNowAndThen(meanMs: number, happen: () => void): void {
    this.in(this.chance.failures.exponential(meanMs), () => {
      happen();
      this.everyNowAndThen(meanMs, happen);
    });
  }

  /** Orders come independently of each other, at a rate that follows the hour of the day. */
  private nextOrder(): void {
    const { gpus, load, renderSeconds, swing } = this.options;
    const { arrivals } = this.chance;
    const meanMs = (meanExpectedMs(renderSeconds) * ORDER_MEAN) / (gpus * load);
    this.in(arrivals.exponential(meanMs / (1 + swing)), () => {
      const rate = (1 - swing * Math.cos((2 * Math.PI * this.now) / DAY_MS)) / (1 + swing);
      if (arrivals.chance(rate)) this.order(this.population.draw(arrivals), orderSize(arrivals), arrivals);
      this.nextOrder();
    });
  }

  private order(tenant: Tenant, count: number, chance: Random): void {
    for (let job = 0; job < count; job++) this.submit(tenant, drawExpectedMs(chance, this.options.renderSeconds));
  }

  /** One create, judged in the order in which the scheduler judges it: rate, queue, capacity. */
  private submit(tenant: Tenant, expectedMs: number): void {
    const { accountId } = tenant;
    const spent = spendRate(
      this.rates.get(accountId) ?? 0n,
      BigInt(Math.round(this.now * 1_000)),
      tenant.createsPerMinute,
      1,
    );
    this.rates.set(accountId, spent.tatMicros);
    const verdict = rateDecision(spent, 0);
    if (!verdict.allowed) {
      this.record.refuse('rate_limit_exceeded');
      this.in(verdict.retryAfterMs, () => this.submit(tenant, expectedMs));
      return;
    }
    const account = this.queue.account(accountId);
    if (account.line.length >= tenant.queuedJobs) return this.record.refuse('queue_limit_exceeded');
    if (this.refusesFor(tenant, expectedMs)) return this.record.refuse('capacity_exhausted');
    const upToMs = account.queuedMs + expectedMs;
    const asked = this.jobs++ % ETA_EVERY === 0;
    const job: SimulatedJob = {
      jobId: `job_${this.jobs}`,
      order: this.jobs,
      expectedGpuMs: expectedMs,
      tenant,
      submittedAt: this.now,
      besideBurst: this.queue.account(BURST_ACCOUNT).line.length > 0,
      etaMs: asked ? this.etaMs(tenant, expectedMs, upToMs) : undefined,
      counted: 0,
      startedAt: undefined,
    };
    this.record.submitted += 1;
    if (account.line.length === 0) this.waitingSince.set(accountId, this.now);
    this.queue.submit(accountId, job);
    this.record.queuedMax = Math.max(this.record.queuedMax, this.queue.waiting);
    this.nudge();
  }

  private refusesFor({ accountId, concurrentJobs }: Tenant, expectedMs: number): boolean {
    const { maxWaitSeconds } = this.options;
    if (maxWaitSeconds === 0) return false;
    const load = this.readLoad();
    const account = { accountId, weight: weightOf(concurrentJobs) };
    const ms = waitMs(load, account, (load.backlog?.workOf(accountId) ?? 0) + expectedMs);
    const refuses = refusesWait(ms, maxWaitSeconds * 1_000, this.refusing.has(accountId));
    if (refuses) this.refusing.add(accountId);
    else this.refusing.delete(accountId);
    return refuses;
  }

  private etaMs({ accountId, concurrentJobs }: Tenant, expectedMs: number, upToMs: number): number | undefined {
    const load = this.readLoad();
    const account = { accountId, weight: weightOf(concurrentJobs) };
    const start = startMs(load, account, { aheadMs: upToMs - expectedMs, expectedMs });
    const { running } = this.queue.account(accountId);
    const eta = etaSeconds({ expectedMs, upToMs, concurrentJobs, running }, start, load.pace);
    return eta === undefined ? undefined : eta * 1_000;
  }

  /** What the scheduler's loops know, which is seconds old. */
  private readLoad(): ClassLoad {
    if (this.load !== undefined && this.now < this.loadReadAt + READ_EVERY_MS) return this.load;
    const waiting = [...this.queue.accounts()].filter(({ line }) => line.length > 0);
    const works = waiting.map(({ accountId, queuedMs, virtualTime, weight }) => ({
      accountId,
      gpuMs: queuedMs,
      weight,
      virtualTimeMs: virtualTime,
    }));
    this.loadReadAt = this.now;
    this.load = {
      backlog: works.length === 0 ? undefined : new Backlog(works),
      fleet: { healthySlots: this.gpus.up, declaredSlots: 0, coldStartMs: 0 },
      pace: this.pace.expectedMs === 0 ? 1 : this.pace.actualMs / this.pace.expectedMs,
      wantedSlots: waiting.reduce(
        (sum, { concurrentJobs, line, running }) => sum + Math.min(line.length, Math.max(0, concurrentJobs - running)),
        this.gpus.busy,
      ),
    };
    return this.load;
  }

  private nudge(): void {
    if (this.passDue) return;
    this.passDue = true;
    this.in(DISPATCH_MS, () => this.pass());
  }

  private pass(): void {
    this.passDue = false;
    for (let more = true; more && this.gpus.free > 0 && this.queue.eligible;) {
      const claim = this.queue.claim(this.gpus.someFree(Math.min(CLAIM_MAX, this.queue.waiting || 1)));
      for (const { accountId, job, worker } of claim.given)
        this.lease(accountId, job, this.gpuOf.get(worker.workerId)!);
      more = claim.more;
    }
  }

  private lease(accountId: string, job: SimulatedJob, gpu: Gpu): void {
    const account = this.queue.account(accountId);
    if (account.line.length === 0) this.waitingSince.delete(accountId);
    if (this.now > job.submittedAt + DEADLINE_MS) {
      this.queue.ended(accountId, job, 0);
      this.record.fail('deadline_exceeded');
      this.nudge();
      return;
    }
    const renderMs = job.expectedGpuMs * Math.exp(RENDER_SPREAD * this.chance.renders.normal());
    this.record.leased(job, this.now, renderMs, account);
    job.startedAt ??= this.now;
    job.counted += 1;
    const attempt: Attempt = { job, gpu, startedAt: this.now };
    this.gpus.start(gpu, attempt, this.now);
    this.in(renderMs, () => this.rendered(attempt));
  }

  private rendered(attempt: Attempt): void {
    const { gpu, job, startedAt } = attempt;
    if (gpu.attempt !== attempt) return;
    const renderedMs = this.now - startedAt;
    this.gpus.end(gpu, this.now);
    if (this.chance.failures.chance(this.options.errorShare)) this.again(job);
    else {
      this.queue.ended(job.tenant.accountId, job, renderedMs);
      this.record.ended(job, this.now, renderedMs);
      // The last fifty renders make up about two thirds of the figure, as in the scheduler.
      const { expectedMs, actualMs } = this.pace;
      this.pace = { expectedMs: expectedMs * 0.98 + job.expectedGpuMs, actualMs: actualMs * 0.98 + renderedMs };
    }
    this.nudge();
  }

  /** Back to the head of its line, unless that was its last attempt. */
  private again(job: SimulatedJob): void {
    const { accountId } = job.tenant;
    if (job.counted >= ATTEMPTS_MAX) {
      this.queue.ended(accountId, job, 0);
      this.record.fail('engine_error');
      return;
    }
    if (this.queue.account(accountId).line.length === 0) this.waitingSince.set(accountId, this.now);
    this.queue.requeued(accountId, job);
  }

  /** Announced, and what it renders is handed back at once; or not, and the scheduler waits for the lease to end. */
  private loseGpu(): void {
    const { failures } = this.chance;
    const gpu = this.gpus.all[failures.below(this.gpus.all.length)]!;
    const announced = failures.chance(this.options.spotShare);
    if (!gpu.up) return;
    const { attempt } = gpu;
    this.gpus.goDown(gpu, this.now);
    this.in(this.options.repairMinutes * 60_000, () => {
      this.gpus.comeUp(gpu, this.now);
      this.nudge();
    });
    if (attempt === undefined) return;
    if (announced) {
      this.record.handedBack += 1;
      attempt.job.counted -= 1;
      this.again(attempt.job);
      this.nudge();
      return;
    }
    this.record.lostAttempts += 1;
    this.in(LEASE_MS, () => {
      this.again(attempt.job);
      this.nudge();
    });
  }

  private endWindow(): void {
    const began = this.now - WINDOW_MS;
    this.record.endWindow(
      [...this.waitingSince].filter(([, since]) => since <= began).map(([accountId]) => this.queue.account(accountId)),
    );
    this.in(WINDOW_MS, () => this.endWindow());
  }
}
