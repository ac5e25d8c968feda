import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
  type handleUnaryCall,
  type UntypedServiceImplementation,
  status,
} from '@grpc/grpc-js';
import {
  AccountsServiceService,
  MembersServiceService,
  OperatorsServiceService,
  type AccountsServiceServer,
  type MembersServiceServer,
  type OperatorsServiceServer,
  type RecordOrderRequest,
  type VerifyKeyResponse,
} from '@usvideo/contracts/accounts';
import { ParkedEventsServiceService, type ParkedEventsServiceServer } from '@usvideo/contracts/events';
import {
  type ExportAccountResponse,
  type ExportUsageRequest,
  type ExportUsageResponse,
  LedgerServiceService,
  type LedgerServiceServer,
} from '@usvideo/contracts/ledger';
import {
  type CheckRate,
  type CheckRateAnswer,
  type CreateJob,
  CreateJobAnswer,
  type ExchangeRequest,
  type ExchangeResponse,
  type GetJobRequest,
  SchedulerServiceService,
  type SchedulerServiceServer,
  type WatchJobRequest,
  type WatchJobResponse,
} from '@usvideo/contracts/scheduler';
import {
  WebhooksServiceService,
  type WatchFeedsResponse,
  type WebhooksServiceServer,
} from '@usvideo/contracts/webhooks';

type Answers<Server> = {
  [Method in keyof Server]?: Server[Method] extends handleUnaryCall<infer Request, infer Response>
    ? (request: Request) => Response | Promise<Response>
    : never;
};

type Watch = (
  request: WatchJobRequest,
  push: (change: WatchJobResponse) => void,
  stream: ServerWritableStream<WatchJobRequest, WatchJobResponse>,
) => void;

/** What an answer throws to fail with a gRPC status. */
export function failure(code: status): Error {
  return Object.assign(new Error('told to fail'), { code });
}

/** The four services behind the gateway, each method answered by the test, over the real contracts and a real connection. */
export class FakePeers {
  readonly keys = new Map<string, VerifyKeyResponse>();
  accounts: Answers<AccountsServiceServer> = {};
  members: Answers<MembersServiceServer> = {};
  /** What operators ordered, as the audit log would have it. */
  readonly recorded: RecordOrderRequest[] = [];
  operators: Answers<OperatorsServiceServer> = {};
  ledger: Answers<LedgerServiceServer> = {};
  scheduler: Answers<SchedulerServiceServer> = {};
  webhooks: Answers<WebhooksServiceServer> = {};
  /** Of whichever consumer is asked: all of them are at one address. */
  parked: Answers<ParkedEventsServiceServer> = {};
  createJob: (order: CreateJob) => Partial<CreateJobAnswer> | Promise<Partial<CreateJobAnswer>> = () => ({
    refusal: 'service_unavailable',
  });
  checkRate: (check: CheckRate) => CheckRateAnswer = () => allowed(3_000);
  watchJob: Watch = (_request, _push, stream) => {
    stream.end();
  };
  exportUsage: (request: ExportUsageRequest) => AsyncIterable<ExportUsageResponse> = none;
  exportAccount: () => AsyncIterable<ExportAccountResponse> = none;
  /** Who waits for feeds to grow. */
  readonly feedWatchers = new Set<ServerWritableStream<unknown, WatchFeedsResponse>>();
  readonly orders: CreateJob[] = [];
  readonly checks: CheckRate[] = [];
  /** Keys of the artifact store: announced before they are stored, due to be deleted, said to be deleted. */
  readonly announced: string[] = [];
  /** Of accounts that ended. */
  readonly expired: string[] = [];
  readonly deletionsDue: string[] = [];
  readonly deleted: string[] = [];
  private server: Server | undefined;
  private folder = '';

  get address(): string {
    return `unix:${join(this.folder, 'peers.sock')}`;
  }

  async start(): Promise<void> {
    this.folder ||= await mkdtemp(join(tmpdir(), 'fake-peers-'));
    const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
    this.server = server;
    this.accounts.verifyKey ??= ({ secretSha256 }) => {
      const key = this.keys.get(Buffer.from(secretSha256).toString('hex'));
      if (!key) throw failure(status.NOT_FOUND);
      return key;
    };
    this.ledger.stopAutoTopUp ??= () => ({});
    this.ledger.removePaymentMethod ??= () => ({ autoTopUp: undefined });
    this.operators.recordOrder ??= (order) => {
      this.recorded.push(order);
      return {};
    };
    this.scheduler.announceArtifact ??= ({ artifactKey }) => {
      this.announced.push(artifactKey);
      return {};
    };
    this.scheduler.expireUploads ??= ({ accountId }) => {
      this.expired.push(accountId);
      return {};
    };
    this.scheduler.claimArtifactDeletions ??= () => ({ artifactKeys: this.deletionsDue.splice(0) });
    this.scheduler.artifactsDeleted ??= ({ artifactKeys }) => {
      this.deleted.push(...artifactKeys);
      return {};
    };
    server.addService(
      AccountsServiceService,
      unary(AccountsServiceService, () => this.accounts),
    );
    server.addService(
      MembersServiceService,
      unary(MembersServiceService, () => this.members),
    );
    server.addService(
      OperatorsServiceService,
      unary(OperatorsServiceService, () => this.operators),
    );
    server.addService(LedgerServiceService, {
      ...unary(LedgerServiceService, () => this.ledger),
      exchange: refuseStream,
      exportUsage: (stream: ServerWritableStream<ExportUsageRequest, ExportUsageResponse>) =>
        writeAll(stream, () => this.exportUsage(stream.request)),
      exportAccount: (stream: ServerWritableStream<unknown, ExportAccountResponse>) =>
        writeAll(stream, () => this.exportAccount()),
    });
    server.addService(
      ParkedEventsServiceService,
      unary(ParkedEventsServiceService, () => this.parked),
    );
    server.addService(WebhooksServiceService, {
      ...unary(WebhooksServiceService, () => this.webhooks),
      watchFeeds: (stream: ServerWritableStream<unknown, WatchFeedsResponse>) => {
        this.feedWatchers.add(stream);
      },
    });
    server.addService(SchedulerServiceService, {
      ...unary(SchedulerServiceService, () => this.scheduler),
      work: refuseStream,
      exchange: (stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>) => this.exchange(stream),
      watchJob: (stream: ServerWritableStream<WatchJobRequest, WatchJobResponse>) =>
        this.watchJob(stream.request, (change) => stream.write(change), stream),
    });
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(this.address, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  /** As a crash: connections break. */
  async stop(): Promise<void> {
    this.server?.forceShutdown();
    this.server = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  addKey(secret: string, key: Partial<VerifyKeyResponse>): string {
    this.keys.set(createHash('sha256').update(secret).digest('hex'), {
      accountId: 'acc_1',
      keyId: `key_${secret}`,
      environment: 'live',
      scopes: ['videos', 'billing:read', 'webhooks', 'keys:read'],
      suspended: false,
      expiresInMs: undefined,
      ...key,
    });
    return `Bearer ${secret}`;
  }

  private exchange(stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>): void {
    stream.on('error', () => stream.end());
    stream.on('end', () => stream.end());
    stream.on('data', ({ calls }: ExchangeRequest) => {
      for (const { callId, call } of calls) {
        if (call?.$case === 'checkRate') {
          this.checks.push(call.value);
          stream.write({ answers: [{ callId, answer: { $case: 'checkRate', value: this.checkRate(call.value) } }] });
        } else if (call?.$case === 'createJob') {
          this.orders.push(call.value);
          void this.answerOrder(stream, callId, call.value);
        } else if (call?.$case === 'getJob') {
          void this.answerRead(stream, callId, call.value);
        }
      }
    });
  }

  /** By the unary answer of the test; a job that is not there has no body here. */
  private async answerRead(
    stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>,
    callId: number,
    request: GetJobRequest,
  ): Promise<void> {
    const answer = (async () => this.scheduler.getJob!(request))();
    const value = await answer.catch((error: { code?: status }) =>
      error.code === status.NOT_FOUND ? { jobJson: '', status: '' } : undefined,
    );
    stream.write({
      answers: [{ callId, answer: value ? { $case: 'getJob', value } : { $case: 'fault', value: 'told to fail' } }],
    });
  }

  private async answerOrder(
    stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>,
    callId: number,
    order: CreateJob,
  ): Promise<void> {
    const answer = await Promise.resolve(this.createJob(order)).catch(() => undefined);
    if (answer === undefined) {
      stream.write({ answers: [{ callId, answer: { $case: 'fault', value: 'told to fail' } }] });
      return;
    }
    const value = CreateJobAnswer.fromPartial({ rate: allowed(300).rate, ...answer });
    stream.write({ answers: [{ callId, answer: { $case: 'createJob', value } }] });
  }
}

export function allowed(limit: number): CheckRateAnswer {
  return {
    allowed: true,
    rate: { limit, remaining: limit - 1, resetAt: new Date(Date.now() + 1_000) },
    retryAfterMs: 0,
  };
}

type UnaryCall = { request: unknown };
type Callback = (error: unknown, response?: unknown) => void;

function unary(definition: Record<string, unknown>, answers: () => object): UntypedServiceImplementation {
  const handlers = Object.keys(definition).map(
    (method) =>
      [
        method,
        async ({ request }: UnaryCall, callback: Callback) => {
          const answer = (answers() as Record<string, ((request: unknown) => unknown) | undefined>)[method];
          try {
            if (!answer) throw failure(status.UNIMPLEMENTED);
            callback(null, await answer(request));
          } catch (error) {
            callback(error);
          }
        },
      ] as const,
  );
  return Object.fromEntries(handlers) as unknown as UntypedServiceImplementation;
}

async function* none(): AsyncGenerator<never> {}

/** Writes no faster than it is read, and stops reading when the caller goes. */
async function writeAll<Message>(
  stream: ServerWritableStream<unknown, Message>,
  messages: () => AsyncIterable<Message>,
): Promise<void> {
  try {
    for await (const message of messages()) {
      if (stream.cancelled) return;
      if (!stream.write(message)) await drained(stream);
    }
    stream.end();
  } catch (error) {
    stream.emit('error', error);
  }
}

async function drained(stream: ServerWritableStream<unknown, unknown>): Promise<void> {
  // Whichever comes, nobody listens for the other any longer.
  const over = new AbortController();
  const events = ['drain', 'cancelled'].map((event) => once(stream, event, { signal: over.signal }));
  try {
    await Promise.race(events);
  } finally {
    over.abort();
    await Promise.allSettled(events);
  }
}

function refuseStream(stream: { destroy(error: Error): void }): void {
  stream.destroy(failure(status.UNIMPLEMENTED));
}
