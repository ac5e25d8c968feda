import { EventEmitter } from 'node:events';
import type { Artifact, LeaseGranted, WorkRequest, WorkResponse } from '@usvideo/contracts/scheduler';
import { eventually } from '@usvideo/testing';
import type { Dispatch } from '../src/dispatch/dispatch.service';
import type { WorkerStream } from '../src/workers/worker-session.stream';

type Message = NonNullable<WorkResponse['message']>;
type MessageOf<Case extends Message['$case']> = Extract<Message, { $case: Case }>['value'];

export const artifact: Artifact = {
  videoKey: 'videos/1.mp4',
  thumbnailKey: 'thumbnails/1.jpg',
  sizeBytes: 1_000n,
  sha256: 'ab',
  width: 1280,
  height: 720,
  frames: 120,
  durationMs: 5_000,
};

export interface FakeWorkerOptions {
  readonly workerId?: string;
  readonly slots?: number;
  readonly jobClasses?: string[];
  readonly leaseIds?: string[];
  readonly node?: string;
  readonly onLease?: (worker: FakeWorker, lease: LeaseGranted) => void;
}

/** The worker's end of a stream into dispatch, without the network. */
export class FakeWorker {
  readonly received: Message[] = [];
  private readonly stream = new EventEmitter();
  private lastRequestId = 0;

  constructor(
    dispatch: Pick<Dispatch, 'welcome'>,
    {
      workerId = 'wrk_1',
      slots = 1,
      jobClasses = ['procedural'],
      leaseIds = [],
      node,
      onLease,
    }: FakeWorkerOptions = {},
  ) {
    const write = ({ message }: WorkResponse): void => {
      this.received.push(message!);
      if (message?.$case === 'lease') onLease?.(this, message.value);
    };
    const end = Object.assign(this.stream, { write, end: () => undefined });
    dispatch.welcome(end as unknown as WorkerStream);
    this.say({ $case: 'hello', value: { workerId, engine: 'procedural', jobClasses, slots, leaseIds, node } });
  }

  say(message: NonNullable<WorkRequest['message']>, requestId = 0): void {
    this.stream.emit('data', { requestId, traceparent: '', message } satisfies WorkRequest);
  }

  /** Returns the refusal. */
  async report(message: NonNullable<WorkRequest['message']>): Promise<string> {
    const requestId = ++this.lastRequestId;
    this.say(message, requestId);
    return (await this.next('answer', (answer) => answer.requestId === requestId)).refusal;
  }

  start(lease: LeaseGranted): Promise<string> {
    return this.report({ $case: 'start', value: { jobId: lease.jobId, leaseId: lease.leaseId, aspectRatio: '16:9' } });
  }

  complete(lease: LeaseGranted): Promise<string> {
    return this.report({ $case: 'complete', value: { jobId: lease.jobId, leaseId: lease.leaseId, artifact } });
  }

  fail(lease: LeaseGranted, errorCode = 'engine_error', retryable = true): Promise<string> {
    return this.report({
      $case: 'fail',
      value: { jobId: lease.jobId, leaseId: lease.leaseId, errorCode, errorMessage: 'no picture', retryable },
    });
  }

  beat(lease: LeaseGranted, progress: number): void {
    this.say({ $case: 'heartbeats', value: { leases: [{ jobId: lease.jobId, leaseId: lease.leaseId, progress }] } });
  }

  leave(): void {
    this.stream.emit('end');
  }

  leases(): LeaseGranted[] {
    return this.received.flatMap((message) => (message.$case === 'lease' ? [message.value] : []));
  }

  lease(number: number): Promise<LeaseGranted> {
    return eventually(() => this.leases()[number - 1], { what: `lease ${number} of a worker`, deadlineMs: 20_000 });
  }

  async next<Case extends Message['$case']>(
    kind: Case,
    is: (value: MessageOf<Case>) => boolean = () => true,
  ): Promise<MessageOf<Case>> {
    const found = await eventually(
      () => this.received.find((each) => each.$case === kind && is(each.value as MessageOf<Case>)),
      { what: `a message ${kind} to a worker`, deadlineMs: 20_000 },
    );
    return found.value as MessageOf<Case>;
  }
}
