import type { Capabilities, LeaseGranted, WorkResponse } from '@usvideo/contracts/scheduler';
import { currentTraceparent, openSpan, traceparentOfKey, type OpenSpan } from '@usvideo/runtime';
import type { LeaseHolders } from '../job/queue-key';
import { type Cordon, cordonOf } from './cordon';
import type { FreeWorker } from '../limits/virtual-time';

export type WorkerMessage = NonNullable<WorkResponse['message']>;

/** The open stream of a worker. */
export interface WorkerLink {
  send(message: WorkerMessage): void;
  close(): void;
}

export interface NotedLease {
  readonly jobId: string;
  readonly leaseId: string;
  readonly attempt: number;
  /** Of the job. */
  readonly traceparent: string;
  readonly environment: string;
  readonly model: string;
  readonly resolution: string;
  /** The lease of the attempt before this one. */
  readonly previousLeaseId: string | undefined;
  /** Whether the attempt began earlier, on another stream. */
  readonly resumed: boolean;
}

interface HeldLease {
  readonly jobId: string;
  progress: number;
  /** The attempt, from the grant to the end of the lease. */
  readonly span: OpenSpan;
}

interface ConnectedWorker {
  readonly workerId: string;
  readonly engine: string;
  readonly jobClasses: readonly string[];
  readonly slots: number;
  /** Empty when the worker does not say where it runs. */
  readonly node: string;
  /** Hosted by others and paid by the second. */
  readonly remote: boolean;
  /** What it says of itself to people. */
  readonly capabilities: Capabilities | undefined;
  readonly link: WorkerLink;
  readonly leases: Map<string, HeldLease>;
  draining: boolean;
}

export type Introduction = Pick<ConnectedWorker, 'workerId' | 'engine' | 'jobClasses' | 'slots'> &
  Partial<Pick<ConnectedWorker, 'node' | 'remote' | 'capabilities'>>;

/** A worker as it is announced to the other replicas. */
export interface AnnouncedWorker extends Pick<
  ConnectedWorker,
  'workerId' | 'engine' | 'jobClasses' | 'slots' | 'node' | 'remote' | 'capabilities'
> {
  readonly takesWork: boolean;
}

/** The workers whose streams end in this process, and the leases each is known to hold. The database is the truth; this saves asking it. */
export class WorkerRegistry implements LeaseHolders {
  private readonly workers = new Map<string, ConnectedWorker>();
  private cordons: readonly Cordon[] = [];

  /** A worker that is here already has reconnected: the older stream is over. */
  connect(introduction: Introduction, link: WorkerLink): void {
    const older = this.workers.get(introduction.workerId)?.link;
    this.disconnect(introduction.workerId);
    if (older !== link) older?.close();
    this.workers.set(introduction.workerId, {
      node: '',
      remote: false,
      capabilities: undefined,
      ...introduction,
      link,
      leases: new Map(),
      draining: false,
    });
  }

  /** Given a link, only if it is still the worker's own. */
  disconnect(workerId: string, link?: WorkerLink): void {
    const worker = this.workers.get(workerId);
    if (worker === undefined || (link !== undefined && worker.link !== link)) return;
    this.workers.delete(workerId);
    for (const lease of worker.leases.values()) lease.span.end();
  }

  /** Ends every stream. The workers look for another scheduler and keep their leases. */
  dismiss(): void {
    for (const worker of [...this.workers.values()]) worker.link.close();
  }

  drain(workerId: string): void {
    const worker = this.workers.get(workerId);
    if (worker) worker.draining = true;
  }

  /** Those that could take leases now. */
  free(): FreeWorker[] {
    return [...this.workers.values()]
      .filter((worker) => this.takesWork(worker) && worker.slots > worker.leases.size)
      .map((worker) => ({
        workerId: worker.workerId,
        engine: worker.engine,
        jobClasses: worker.jobClasses,
        freeSlots: worker.slots - worker.leases.size,
        remote: worker.remote,
      }));
  }

  /** Those that take leases, now or when they have finished what they hold. */
  present(): Introduction[] {
    return [...this.workers.values()].filter((worker) => this.takesWork(worker));
  }

  /** Everybody, with whether they take more. */
  announced(): AnnouncedWorker[] {
    return [...this.workers.values()].map((worker) => ({ ...worker, takesWork: this.takesWork(worker) }));
  }

  /** What operators keep from taking more work, from here on. */
  cordon(cordons: readonly Cordon[]): void {
    this.cordons = cordons;
  }

  /** Leases of workers whose drain has come to its end. */
  toHandBack(): { jobId: string; leaseId: string }[] {
    return [...this.workers.values()]
      .filter((worker) => cordonOf(this.cordons, worker)?.handsBack)
      .flatMap(({ leases }) => [...leases].map(([leaseId, { jobId }]) => ({ jobId, leaseId })));
  }

  private takesWork(worker: ConnectedWorker): boolean {
    return !worker.draining && cordonOf(this.cordons, worker) === undefined;
  }

  /** How many leases the worker takes at once; 0 when it is not connected. */
  slotsOf(workerId: string): number {
    return this.workers.get(workerId)?.slots ?? 0;
  }

  /** Every class that somebody connected here renders. */
  jobClasses(): string[] {
    return [...this.workers.values()].flatMap((worker) => [...worker.jobClasses]);
  }

  /** Per engine: the slots that workers connected here announce, and how many of them are taken. */
  capacity(): { engine: string; slots: number; taken: number }[] {
    return [...this.workers.values()].map((worker) => ({
      engine: worker.engine,
      slots: worker.slots,
      taken: worker.leases.size,
    }));
  }

  /** Notes a lease of a connected worker and opens the span of its attempt under the job's. False when nothing is new. */
  hold(workerId: string, lease: NotedLease): boolean {
    const worker = this.workers.get(workerId);
    if (worker === undefined || worker.leases.has(lease.leaseId)) return false;
    const span = openAttempt(worker, lease);
    worker.leases.set(lease.leaseId, { jobId: lease.jobId, progress: 0, span });
    return true;
  }

  /** Hands a noted lease to its worker, as part of the attempt's span. */
  grant(workerId: string, grant: LeaseGranted): void {
    const worker = this.workers.get(workerId);
    const lease = worker?.leases.get(grant.leaseId);
    if (worker === undefined || lease === undefined) return;
    worker.link.send({
      $case: 'lease',
      value: { ...grant, traceparent: lease.span.run(currentTraceparent) || grant.traceparent },
    });
  }

  /**
   * The lease is over and its worker knows.
   * @param errorCode why its attempt failed, when it did
   */
  release(workerId: string, leaseId: string, errorCode?: string): void {
    const leases = this.workers.get(workerId)?.leases;
    leases?.get(leaseId)?.span.end(errorCode);
    leases?.delete(leaseId);
  }

  /** The newest progress of a lease, which never falls; undefined when the worker does not hold it. */
  progressed(workerId: string, leaseId: string, percent: number): number | undefined {
    const lease = this.workers.get(workerId)?.leases.get(leaseId);
    if (lease === undefined) return undefined;
    lease.progress = Math.max(lease.progress, Math.min(100, Math.max(0, Math.trunc(percent))));
    return lease.progress;
  }

  endLease(jobId: string, leaseId: string, reason: 'cancelled' | 'lease_lost'): void {
    for (const worker of this.workers.values()) {
      if (!worker.leases.has(leaseId)) continue;
      worker.link.send({ $case: 'ended', value: { jobId, leaseId, reason } });
      this.release(worker.workerId, leaseId, reason === 'lease_lost' ? reason : undefined);
    }
  }
}

/** Attempts are named by their lease, so that a retry links to the one before it on whichever replica that ran. */
const spanKey = (leaseId: string): string => `attempt ${leaseId}`;

function openAttempt({ workerId, engine }: ConnectedWorker, lease: NotedLease): OpenSpan {
  const { attempt, environment, jobId, leaseId, model, previousLeaseId, resolution, resumed, traceparent } = lease;
  const earlier = resumed ? leaseId : previousLeaseId;
  return openSpan(resumed ? 'attempt resumed' : 'attempt', {
    service: 'scheduler',
    parent: traceparent,
    ...(!resumed && { key: spanKey(leaseId) }),
    links: earlier === undefined ? [] : [traceparentOfKey(traceparent, spanKey(earlier))],
    attributes: {
      'job.id': jobId,
      'job.attempt': attempt,
      'job.environment': environment,
      'gen_ai.request.model': model,
      'job.resolution': resolution,
      'worker.id': workerId,
      'worker.engine': engine,
    },
  });
}
