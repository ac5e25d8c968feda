import type { Artifact, LeaseGranted, SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import { endsWithin, inSpan, inTrace, type Running } from '@usvideo/runtime';
import { ulid } from 'ulid';
import type { Gpu } from '../engines/gpu.process';
import { AttemptFailure, engineError } from '../conform/attempt-failure';
import { type AttemptTools, runAttempt } from './attempt.service';
import { type Report, WorkStream } from './work-stream.client';
import { framesEncoded, gpuCost, gpuSeconds, gpuSecondsPaid, renderAttempts, renderDuration } from '../metrics';

export interface WorkerOptions extends AttemptTools {
  readonly client: SchedulerServiceClient;
  readonly drainTimeoutMs: number;
  /** What a slot costs the operator, busy or not. */
  readonly gpuHourUsd: number;
  /** The machine that it runs on; empty when nobody said. */
  readonly node: string;
  readonly gpu: Gpu;
}

interface HeldLease {
  readonly lease: LeaseGranted;
  readonly ending: AbortController;
  encoded: number;
  progress: number;
  started: boolean;
  done: Promise<void>;
}

/** Why an attempt was given up: nobody is told, the scheduler knows or has been told already. */
class LeaseOver extends Error {
  override readonly name = 'LeaseOver';
}

/** At most ten messages a second: a clip of five seconds, which may take little more than one to render, is to show ten steps. */
const HEARTBEAT_TICK_MS = 100;
/** Until the scheduler has said how often it wants to hear. */
const HEARTBEAT_DEFAULT_MS = 5_000;
/** How long a stopping worker waits for the answer to its hand-backs. */
const HAND_BACK_TIMEOUT_MS = 1_500;
/** How long an engine may take to be told that nobody waits any longer. */
const ENGINE_STOP_MS = 1_000;

/** One engine's presence at the scheduler: takes leases up to its slots, renders them, reports. */
export class Worker implements Running {
  /** Survives reconnects: leases belong to it and not to a connection. */
  readonly id = `wrk_${ulid()}`;
  private readonly held = new Map<string, HeldLease>();
  private readonly stream: WorkStream;
  private readonly ticking: NodeJS.Timeout;
  private heartbeatMs = HEARTBEAT_DEFAULT_MS;
  private lastHeartbeatAt = 0;
  private paidUntil = performance.now();
  private progressChanged = false;
  private stopping: Promise<void> | undefined;
  private readonly interrupted = Promise.withResolvers<void>();

  constructor(private readonly options: WorkerOptions) {
    const { client, engine, logger } = options;
    for (const outcome of ['completed', 'failed', 'given_up']) renderAttempts.inc({ engine: engine.name, outcome }, 0);
    gpuSeconds.inc({ engine: engine.name, outcome: 'completed' }, 0);
    this.stream = new WorkStream({
      client,
      logger,
      hello: () => ({
        workerId: this.id,
        engine: engine.name,
        jobClasses: [...engine.jobClasses],
        slots: engine.slots,
        leaseIds: [...this.held.keys()],
        node: options.node,
        remote: engine.remote ?? false,
        capabilities: {
          models: [...engine.abilities.models],
          modes: [...engine.abilities.modes],
          resolutions: [...engine.abilities.resolutions],
          gpuName: options.gpu.name,
          gpuMemoryMib: options.gpu.memoryMib,
        },
      }),
      onWelcome: ({ heartbeatMs }) => {
        this.heartbeatMs = heartbeatMs || HEARTBEAT_DEFAULT_MS;
      },
      onLease: (lease) => this.take(lease),
      onLeaseEnded: ({ leaseId, reason }) => this.held.get(leaseId)?.ending.abort(new LeaseOver(reason)),
    });
    this.ticking = setInterval(() => this.heartbeat(), HEARTBEAT_TICK_MS);
    if (engine.health) engine.health.start((able) => this.engineIsAble(able));
    else this.stream.start();
  }

  get engineName(): string {
    return this.options.engine.name;
  }

  /** True while the scheduler listens. */
  get connected(): boolean {
    return this.stream.connected;
  }

  /** Takes no more leases, finishes and reports what it can in time and hands back the rest. */
  stop(): Promise<void> {
    this.stopping ??= this.drain();
    return this.stopping;
  }

  /** The machine is taken away: hands back at once what it renders, also when it was stopping in peace. */
  interrupt(): Promise<void> {
    this.interrupted.resolve();
    return this.stop();
  }

  private engineIsAble(able: boolean): void {
    if (this.stopping) return;
    if (able) this.stream.resume();
    else this.stream.drain();
  }

  private async drain(): Promise<void> {
    this.stream.drain();
    await endsWithin(this.options.drainTimeoutMs, Promise.race([this.attemptsDone(), this.interrupted.promise]));
    const unfinished = [...this.held.values()];
    if (unfinished.length > 0)
      this.options.logger.info({ leases: unfinished.length }, 'handing back what is not finished');
    const answers = unfinished.map(({ lease, ending }) => {
      ending.abort(new LeaseOver('handed back'));
      return this.handBack(lease);
    });
    await endsWithin(HAND_BACK_TIMEOUT_MS, Promise.all([...answers, this.attemptsDone()]));
    clearInterval(this.ticking);
    this.stream.stop();
    await endsWithin(ENGINE_STOP_MS, this.options.engine.stop?.() ?? Promise.resolve());
  }

  private async attemptsDone(): Promise<void> {
    while (this.held.size > 0) await Promise.all([...this.held.values()].map(({ done }) => done));
  }

  private take(lease: LeaseGranted): void {
    const { leaseId } = lease;
    // The scheduler repeats what it granted to a worker that comes back.
    if (this.held.has(leaseId)) return;
    if (this.stopping || this.busySlots() >= this.options.engine.slots) return void this.handBack(lease);
    const held: HeldLease = {
      lease,
      ending: new AbortController(),
      encoded: 0,
      progress: 0,
      started: false,
      done: Promise.resolve(),
    };
    this.held.set(leaseId, held);
    held.done = inTrace(lease.traceparent, () => this.work(held)).finally(() => this.held.delete(leaseId));
  }

  /** An attempt whose lease has ended may take a moment to clean up; the scheduler counts its slot as free already. */
  private busySlots(): number {
    return [...this.held.values()].filter(({ ending }) => !ending.signal.aborted).length;
  }

  private handBack({ jobId, leaseId }: LeaseGranted): Promise<string> {
    return this.stream.report({ $case: 'handBack', value: { jobId, leaseId } });
  }

  private async work(held: HeldLease): Promise<void> {
    const { lease } = held;
    const { engine, logger } = this.options;
    const startedAt = performance.now();
    const outcome = await this.attempt(held);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { model = '', resolution = '' } = lease.terms ?? {};
    renderAttempts.inc({ engine: engine.name, outcome });
    if (held.started) gpuSeconds.inc({ engine: engine.name, outcome }, seconds);
    if (outcome === 'completed') renderDuration.observe({ engine: engine.name, model, resolution }, seconds);
    logger.info(
      {
        job: lease.jobId,
        account: lease.accountId,
        attempt: lease.attempt,
        outcome,
        seconds: Number(seconds.toFixed(3)),
      },
      'an attempt ended',
    );
  }

  /** Never rejects: whatever happens is reported to the scheduler or known to it. Answers the outcome. */
  private attempt(held: HeldLease): Promise<string> {
    const { lease } = held;
    const attributes = {
      'job.id': lease.jobId,
      'job.attempt': lease.attempt,
      'worker.id': this.id,
      'worker.engine': this.engineName,
      'gen_ai.request.model': lease.terms?.model ?? '',
    };
    return inSpan(
      'render attempt',
      { service: 'render-fleet', parent: lease.traceparent, kind: 'consumer', attributes },
      () => this.renderAndReport(held),
    );
  }

  private async renderAndReport(held: HeldLease): Promise<string> {
    const { jobId, leaseId } = held.lease;
    try {
      const artifact = await this.render(held);
      this.options.engine.health?.attemptEnded('completed');
      const refusal = await this.stream.report({ $case: 'complete', value: { jobId, leaseId, artifact } });
      return refusal || 'completed';
    } catch (error) {
      if (held.ending.signal.aborted || error instanceof LeaseOver) return 'given_up';
      return this.fail(held, error);
    }
  }

  private render(held: HeldLease): Promise<Artifact> {
    return runAttempt(this.options, {
      lease: held.lease,
      signal: held.ending.signal,
      startRendering: (aspectRatio) => this.startRendering(held, aspectRatio),
      onProgress: (encoded, frames) => this.progressed(held, encoded, frames),
    });
  }

  private async fail({ lease: { jobId, leaseId } }: HeldLease, error: unknown): Promise<string> {
    const failure = error instanceof AttemptFailure ? error : engineError('the engine failed', error);
    if (failure.retryable) this.options.engine.health?.attemptEnded('failed');
    this.options.logger.warn(
      { err: failure, job: jobId, error_code: failure.code, retryable: failure.retryable },
      'an attempt failed',
    );
    const report: Report = {
      $case: 'fail',
      value: { jobId, leaseId, errorCode: failure.code, errorMessage: failure.message, retryable: failure.retryable },
    };
    return (await this.stream.report(report)) || 'failed';
  }

  private async startRendering(held: HeldLease, aspectRatio: string): Promise<void> {
    const { jobId, leaseId } = held.lease;
    const refusal = await this.stream.report({ $case: 'start', value: { jobId, leaseId, aspectRatio } });
    if (refusal) throw new LeaseOver(refusal);
    held.ending.signal.throwIfAborted();
    held.started = true;
  }

  private progressed(held: HeldLease, encoded: number, frames: number): void {
    framesEncoded.inc({ engine: this.options.engine.name }, encoded - held.encoded);
    held.encoded = encoded;
    const progress = Math.floor((100 * encoded) / frames);
    if (progress === held.progress) return;
    held.progress = progress;
    this.progressChanged = true;
  }

  private pay(): void {
    const { engine, gpuHourUsd } = this.options;
    // Paid by the second of video, of which the scheduler keeps the account.
    if (engine.remote) return;
    const now = performance.now();
    const seconds = (engine.slots * (now - this.paidUntil)) / 1_000;
    this.paidUntil = now;
    gpuSecondsPaid.inc({ engine: engine.name }, seconds);
    gpuCost.inc({ engine: engine.name }, (seconds * gpuHourUsd) / 3_600);
  }

  private heartbeat(): void {
    this.pay();
    const silentMs = performance.now() - this.lastHeartbeatAt;
    if (!this.progressChanged && silentMs < this.heartbeatMs - HEARTBEAT_TICK_MS) return;
    this.lastHeartbeatAt = performance.now();
    this.progressChanged = false;
    this.stream.heartbeat(
      [...this.held.values()].map(({ lease, progress }) => ({ jobId: lease.jobId, leaseId: lease.leaseId, progress })),
    );
  }
}
