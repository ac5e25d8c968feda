import { refusedAs } from '@usvideo/contracts/names';
import {
  Capabilities,
  type Hello,
  JobRefusal,
  type WorkRequest,
  type WorkResponse,
} from '@usvideo/contracts/scheduler';
import { inSpan, type Logger } from '@usvideo/runtime';
import { heartbeatMs, type LeaseSettings } from '../leasing/lease';
import type { JobReport, JobReports, ReportOutcome } from '../leasing/job-reports.sql';
import type { Heartbeats } from './heartbeats.loop';
import type { LeaseGrants } from './lease-grants.service';
import type { WorkerLink, WorkerMessage, WorkerRegistry } from './worker-registry.service';

export interface WorkerStream {
  write(response: WorkResponse): void;
  end(): void;
  on(event: 'data', listener: (request: WorkRequest) => void): unknown;
  on(event: 'end' | 'cancelled' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface SessionOptions {
  readonly workers: WorkerRegistry;
  readonly grants: LeaseGrants;
  readonly heartbeats: Heartbeats;
  readonly reports: JobReports;
  readonly settings: LeaseSettings;
  readonly logger: Logger;
  /** A worker has room. */
  readonly onFree: () => void;
}

type RequestOf<Case> = Extract<NonNullable<WorkRequest['message']>, { $case: Case }>;

const CAPABILITIES_BYTES_MAX = 4_096;

/** The conversation with one worker over one stream. Its leases outlive it. */
export class WorkerSession implements WorkerLink {
  private workerId: string | undefined;
  private closed = false;
  /** Leases whose end the worker is just reporting itself. */
  private readonly reporting = new Set<string>();
  /** Whatever follows the introduction waits until it is dealt with. */
  private introduced: Promise<void> = Promise.resolve();

  constructor(
    private readonly stream: WorkerStream,
    private readonly options: SessionOptions,
  ) {
    stream.on('data', (request) => this.receive(request));
    stream.on('error', (error) =>
      this.options.logger.debug({ err: error, worker: this.workerId }, 'the stream of a worker broke'),
    );
    for (const event of ['end', 'cancelled', 'close'] as const) stream.on(event, () => this.close());
  }

  send(message: WorkerMessage): void {
    if (!this.closed) this.stream.write({ message });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.workerId !== undefined) this.options.workers.disconnect(this.workerId, this);
    this.stream.end();
  }

  private receive(request: WorkRequest): void {
    if (this.closed) return;
    if (request.message?.$case === 'hello') {
      this.introduced = this.guarded(this.introduce(request.message.value));
      return;
    }
    void this.introduced.then(() => this.guarded(this.handle(request)));
  }

  /** A failure here is ours, not the worker's: the stream ends, the worker comes back and its leases are still its own. */
  private async guarded(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.options.logger.error({ err: error, worker: this.workerId }, 'a message of a worker could not be handled');
      this.close();
    }
  }

  private async introduce(hello: Hello): Promise<void> {
    const { workers, grants, settings, logger } = this.options;
    if (hello.workerId === '' || hello.jobClasses.length === 0 || hello.slots < 1)
      throw new Error('a worker introduced itself without id, classes or slots');
    this.workerId = hello.workerId;
    workers.connect(
      {
        workerId: hello.workerId,
        engine: hello.engine,
        jobClasses: hello.jobClasses,
        slots: hello.slots,
        node: hello.node ?? '',
        remote: hello.remote ?? false,
        capabilities: boundedOf(hello.capabilities),
      },
      this,
    );
    this.send({ $case: 'welcome', value: { leaseMs: settings.leaseMs, heartbeatMs: heartbeatMs(settings) } });
    // A lease that it tells of and that is over is answered at its next heartbeat: it may be about to repeat the report that ended it.
    const held = await grants.resend([hello.workerId], new Set(hello.leaseIds));
    logger.info({ worker: hello.workerId, engine: hello.engine, slots: hello.slots, leases: held }, 'a worker is here');
    this.options.onFree();
  }

  private async handle({ requestId, message, traceparent }: WorkRequest): Promise<void> {
    if (message === undefined || message.$case === 'hello') return;
    const workerId = this.workerId;
    if (workerId === undefined) throw new Error(`a worker sent ${message.$case} before it introduced itself`);
    if (message.$case === 'drain') return this.options.workers.drain(workerId);
    if (message.$case === 'heartbeats') {
      return this.options.heartbeats.beat(workerId, message.value.leases, (jobId, leaseId, reason) =>
        this.endLease(jobId, leaseId, reason),
      );
    }
    const attributes = { 'job.id': message.value.jobId, 'worker.id': workerId };
    const { refusal } = await inSpan(
      `report ${message.$case}`,
      { service: 'scheduler', kind: 'server', parent: traceparent, attributes },
      () => this.report(message),
    );
    const leaseGoesOn = (message.$case === 'start' && refusal === '') || refusal === 'rendering_not_started';
    const errorCode = message.$case === 'fail' && refusal === '' ? message.value.errorCode : undefined;
    if (!leaseGoesOn) this.options.workers.release(workerId, message.value.leaseId, errorCode);
    this.send({ $case: 'answer', value: { requestId, ...refusedAs(JobRefusal, refusal || undefined) } });
    this.options.onFree();
  }

  private async report(message: RequestOf<'start' | 'complete' | 'fail' | 'handBack'>): Promise<ReportOutcome> {
    const { leaseId } = message.value;
    this.reporting.add(leaseId);
    try {
      return await this.options.reports.submit(reportOf(message));
    } finally {
      this.reporting.delete(leaseId);
    }
  }

  private endLease(jobId: string, leaseId: string, reason: 'cancelled' | 'lease_lost'): void {
    // The answer to the report says it.
    if (this.reporting.has(leaseId)) return;
    if (this.workerId !== undefined)
      this.options.workers.release(this.workerId, leaseId, reason === 'lease_lost' ? reason : undefined);
    this.send({ $case: 'ended', value: { jobId, leaseId, reason } });
    this.options.onFree();
  }
}

/** Announced every second: what is too long to be meant for people is left out. */
function boundedOf(capabilities: Capabilities | undefined): Capabilities | undefined {
  return capabilities && Capabilities.encode(capabilities).finish().length <= CAPABILITIES_BYTES_MAX
    ? capabilities
    : undefined;
}

function reportOf(message: RequestOf<'start' | 'complete' | 'fail' | 'handBack'>): JobReport {
  const { jobId, leaseId } = message.value;
  switch (message.$case) {
    case 'start':
      return { type: 'StartRendering', jobId, leaseId, aspectRatio: message.value.aspectRatio };
    case 'complete': {
      if (message.value.artifact === undefined) throw new Error('a completed attempt has an artifact');
      return { type: 'Complete', jobId, leaseId, artifact: message.value.artifact };
    }
    case 'fail': {
      const { errorCode, errorMessage, retryable } = message.value;
      return { type: 'FailAttempt', jobId, leaseId, errorCode, errorMessage, retryable };
    }
    case 'handBack':
      return { type: 'HandBack', jobId, leaseId };
  }
}
