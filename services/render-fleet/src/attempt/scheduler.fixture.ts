import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  type Content,
  type Hello,
  LeaseGranted,
  SchedulerServiceService,
  type Terms,
  type WorkRequest,
  type WorkResponse,
} from '@usvideo/contracts/scheduler';
import { eventually } from '@usvideo/testing';

type Sent = NonNullable<WorkRequest['message']>;
type Received<Case> = Extract<Sent, { $case: Case }>['value'];

let leases = 0;

/** A lease of one second at 480p for the sandbox, unless told otherwise. */
export function aLease({
  terms,
  content,
  ...fields
}: { terms?: Partial<Terms>; content?: Partial<Content> } & Partial<
  Omit<LeaseGranted, 'terms' | 'content'>
> = {}): LeaseGranted {
  const number = ++leases;
  return LeaseGranted.fromPartial({
    jobId: `job_${number}`,
    leaseId: `lease_${number}`,
    accountId: 'acc_1',
    environment: 'test',
    attempt: 1,
    renderTimeoutMs: 60_000,
    terms: {
      model: 'm',
      mode: 'text_to_video',
      resolution: '480p',
      aspectRatio: '16:9',
      durationSeconds: 1,
      seed: 7,
      ...terms,
    },
    content: { prompt: 'a fox', ...content },
    ...fields,
  });
}

/** The scheduler's side of the Work stream, remembering all it was told and answering as it is told to. */
export class TestScheduler {
  readonly sent: Sent[] = [];
  /** The refusal of a report; undefined leaves it unanswered. */
  answer: (report: Sent) => string | undefined = () => '';
  private server: Server | undefined;
  private streams: ServerDuplexStream<WorkRequest, WorkResponse>[] = [];

  constructor(readonly address: string) {}

  async start(): Promise<void> {
    const server = new Server();
    server.addService(SchedulerServiceService, {
      work: (stream: ServerDuplexStream<WorkRequest, WorkResponse>) => this.welcome(stream),
    });
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(this.address, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      );
    });
    this.server = server;
  }

  /** Goes away without a word, as a killed process does. */
  stop(): void {
    this.streams = [];
    this.server?.forceShutdown();
    this.server = undefined;
  }

  grant(lease: LeaseGranted): void {
    this.tell({ $case: 'lease', value: lease });
  }

  end({ jobId, leaseId }: LeaseGranted, reason: string): void {
    this.tell({ $case: 'ended', value: { jobId, leaseId, reason } });
  }

  all<Case extends Sent['$case']>(name: Case): Received<Case>[] {
    return this.sent.filter((message) => message.$case === name).map((message) => message.value as Received<Case>);
  }

  hellosOf(engine: string): Hello[] {
    return this.all('hello').filter((hello) => hello.engine === engine);
  }

  /** The `count`-th message of a kind, once it has come. */
  async told<Case extends Sent['$case']>(name: Case, count = 1, deadlineMs = 20_000): Promise<Received<Case>> {
    await eventually(() => this.all(name).length >= count, { what: `message ${count} of kind ${name}`, deadlineMs });
    return this.all(name)[count - 1]!;
  }

  progressOf({ leaseId }: LeaseGranted): number[] {
    return this.all('heartbeats')
      .flatMap(({ leases: held }) => held)
      .filter((lease) => lease.leaseId === leaseId)
      .map(({ progress }) => progress);
  }

  private welcome(stream: ServerDuplexStream<WorkRequest, WorkResponse>): void {
    this.streams.push(stream);
    stream.on('error', () => undefined);
    stream.on('data', ({ requestId, message }: WorkRequest) => {
      this.sent.push(message!);
      if (message!.$case === 'hello')
        stream.write({ message: { $case: 'welcome', value: { leaseMs: 3_000, heartbeatMs: 1_000 } } });
      if (requestId === 0) return;
      const refusal = this.answer(message!);
      if (refusal !== undefined) stream.write({ message: { $case: 'answer', value: { requestId, refusal } } });
    });
  }

  private tell(message: NonNullable<WorkResponse['message']>): void {
    for (const stream of this.streams) stream.write({ message });
  }
}
