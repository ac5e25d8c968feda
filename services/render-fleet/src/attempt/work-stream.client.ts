import { type ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import type {
  Hello,
  LeaseEnded,
  LeaseGranted,
  LeaseProgress,
  SchedulerServiceClient,
  Welcome,
  WorkRequest,
  WorkResponse,
} from '@usvideo/contracts/scheduler';
import { backOffMs, currentTraceparent, type Logger } from '@usvideo/runtime';

type Message = NonNullable<WorkRequest['message']>;
/** What the scheduler answers one by one. */
export type Report = Extract<Message, { $case: 'start' | 'complete' | 'fail' | 'handBack' }>;

export interface WorkStreamOptions {
  readonly client: SchedulerServiceClient;
  readonly hello: () => Hello;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onLease: (lease: LeaseGranted) => void;
  readonly onLeaseEnded: (ended: LeaseEnded) => void;
  readonly logger: Logger;
}

interface Unanswered {
  readonly report: Report;
  readonly traceparent: string;
  resolve(refusal: string): void;
}

const RECONNECT = { firstMs: 100, maxMs: 3_000 };
const LOOK_UP_EVERY_MS = 1_000;

/**
 * A worker's connection, kept up by reconnecting. Reports outlive connections: each is sent again on every new one until the
 * scheduler has answered it. Heartbeats do not: only the newest counts.
 */
export class WorkStream {
  private stream: ClientDuplexStream<WorkRequest, WorkResponse> | undefined;
  /** Nothing but the introduction may be sent before the scheduler has welcomed it. */
  private welcomed = false;
  private readonly unanswered = new Map<number, Unanswered>();
  private lastRequestId = 0;
  private failures = 0;
  private welcomedAtMs = Infinity;
  private reconnecting: NodeJS.Timeout | undefined;
  private looking: NodeJS.Timeout | undefined;
  private started = false;
  private stopped = false;
  private draining = false;

  constructor(private readonly options: WorkStreamOptions) {}

  start(): void {
    this.started = true;
    this.connect();
  }

  /** Takes leases from here on, after a `drain` too: the scheduler asks who it is dealing with once more. */
  resume(): void {
    if (this.stopped) return;
    this.draining = false;
    if (!this.started) return this.start();
    clearTimeout(this.reconnecting);
    const former = this.stream;
    this.forget();
    former?.end();
    this.connect();
  }

  get unansweredReports(): number {
    return this.unanswered.size;
  }

  get connected(): boolean {
    return this.welcomed;
  }

  /** Resolves with the scheduler's refusal, empty when it accepted; with `lease_lost` when the lease ends first. */
  report(report: Report): Promise<string> {
    return new Promise((resolve) => {
      const requestId = ++this.lastRequestId;
      const traceparent = currentTraceparent();
      this.unanswered.set(requestId, { report, traceparent, resolve });
      this.send({ requestId, message: report, traceparent });
    });
  }

  heartbeat(leases: LeaseProgress[]): void {
    this.send(untraced({ $case: 'heartbeats', value: { leases } }));
  }

  /** No further leases, on this connection and on any later one. */
  drain(): void {
    this.draining = true;
    this.send(untraced({ $case: 'drain', value: {} }));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.reconnecting);
    clearInterval(this.looking);
    this.stream?.end();
    this.stream?.cancel();
  }

  private connect(): void {
    // Refused calls, each with a pause behind it, would meet a scheduler that is back only after several pauses of the channel.
    const stream = this.options.client.work(new Metadata({ waitForReady: true }));
    this.stream = stream;
    // A waiting call does not have a channel look up again a name that nobody had at first (grpc-js 1.14): asking for its state does.
    this.looking = setInterval(() => this.options.client.getChannel().getConnectivityState(true), LOOK_UP_EVERY_MS);
    stream.on('data', (response: WorkResponse) => this.receive(response));
    stream.on('error', (error) => this.lose(stream, error));
    stream.on('end', () => this.lose(stream));
    stream.write(untraced({ $case: 'hello', value: this.options.hello() }));
  }

  /** Both `end` and `error` may come for one stream; the first counts. */
  private lose(stream: ClientDuplexStream<WorkRequest, WorkResponse>, error?: Error): void {
    if (this.stream !== stream) return;
    this.forget();
    // A scheduler that is itself in trouble welcomes workers and lets them go at once.
    this.failures = performance.now() - this.welcomedAtMs > RECONNECT.maxMs ? 1 : this.failures + 1;
    this.welcomedAtMs = Infinity;
    stream.cancel();
    if (this.stopped) return;
    const pauseMs = backOffMs(this.failures, RECONNECT);
    this.options.logger.warn({ err: error, pause_ms: Math.round(pauseMs) }, 'the scheduler is away');
    this.reconnecting = setTimeout(() => this.connect(), pauseMs);
  }

  private forget(): void {
    clearInterval(this.looking);
    this.stream = undefined;
    this.welcomed = false;
  }

  private send(request: WorkRequest): void {
    if (this.welcomed) this.stream?.write(request);
  }

  private receive({ message }: WorkResponse): void {
    switch (message?.$case) {
      case 'welcome':
        return this.welcome(message.value);
      case 'lease':
        return this.options.onLease(message.value);
      case 'ended':
        return this.endLease(message.value);
      case 'answer':
        return this.answer(message.value.requestId, message.value.refusal);
      case undefined:
        return this.options.logger.warn('the scheduler sent a message of an unknown kind');
    }
  }

  private welcome(welcome: Welcome): void {
    clearInterval(this.looking);
    this.welcomedAtMs = performance.now();
    this.welcomed = true;
    this.options.onWelcome(welcome);
    if (this.draining) this.drain();
    for (const [requestId, { report, traceparent }] of this.unanswered)
      this.send({ requestId, message: report, traceparent });
  }

  private endLease(ended: LeaseEnded): void {
    for (const [requestId, { report }] of this.unanswered) {
      if (report.value.leaseId === ended.leaseId) this.answer(requestId, 'lease_lost');
    }
    this.options.onLeaseEnded(ended);
  }

  private answer(requestId: number, refusal: string): void {
    const waiting = this.unanswered.get(requestId);
    this.unanswered.delete(requestId);
    waiting?.resolve(refusal);
  }
}

function untraced(message: Message): WorkRequest {
  return { requestId: 0, message, traceparent: '' };
}
