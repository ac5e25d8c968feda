import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  JobEvent,
  SchedulerServiceService,
  type DescribeJobsRequest,
  type DescribeJobsResponse,
  type JobDescription,
} from '@usvideo/contracts/scheduler';
import { WebhooksServiceClient, type Delivery } from '@usvideo/contracts/webhooks';
import {
  appendEvents,
  EMPTY_HEAD,
  eventStoreSchema,
  inTransaction,
  openDatabase,
  type Database,
  type StreamHead,
} from '@usvideo/event-store';
import { LocalTransport, type Publisher } from '@usvideo/messaging';
import { call, createLogger, dial, type Running } from '@usvideo/runtime';
import { eventually, postgres } from '@usvideo/testing';
import { ulid } from 'ulid';
import { readWebhooksConfig, startWebhooks } from '../src/webhooks.module';

export interface EndedJob {
  readonly jobId: string;
  readonly accountId: string;
  /** Of the event that ended it. */
  readonly eventId: string;
}

/** The log of a service that webhooks hears. */
interface HeardLog {
  readonly database: Database;
  readonly publisher: Publisher;
}

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The whole service on a real database, between a scheduler that says what it is told to and receivers of the test. */
export class WebhooksStage {
  /** What the scheduler knows, by job id. */
  readonly jobs = new Map<string, JobDescription>();
  /** How far the attempts' clock is ahead of the database's. */
  aheadMs = 0;
  settings: Record<string, string> = {};
  database!: Database;
  client!: WebhooksServiceClient;

  private readonly logger = createLogger('webhooks', 'silent');
  private readonly directory = mkdtempSync(join(tmpdir(), 'usv-'));
  private readonly transport = new LocalTransport({ logger: this.logger });
  private readonly heads = new Map<string, StreamHead>();
  private readonly logs = new Map<string, HeardLog>();
  private scheduler!: Server;
  private webhooks: Running | undefined;

  async open(): Promise<void> {
    const server = await postgres();
    for (const topic of ['usvideo.jobs.v1', 'usvideo.ledger.v1', 'usvideo.accounts.v1']) {
      const database = this.databaseAt(await server.createDatabase('log'));
      await database.query(eventStoreSchema);
      this.logs.set(topic, { database, publisher: this.transport.publish({ topic, database }) });
    }
    await this.startScheduler();
    this.settings = {
      GRPC_LISTEN: this.address('webhooks'),
      DATABASE_URL: await server.createDatabase('webhooks'),
      SCHEDULER_GRPC_URL: this.address('scheduler'),
      SECRETS_KEY: randomBytes(32).toString('base64'),
      OUTBOUND_ALLOW_CIDRS: '127.0.0.1/32',
      WEBHOOK_TIMEOUT_MS: '1000',
      WEBHOOK_LEASE_MS: '6000',
    };
    await this.startWebhooks();
    this.client = dial(WebhooksServiceClient, this.address('webhooks'));
    this.database = this.databaseAt(this.settings.DATABASE_URL!);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.stopWebhooks();
    for (const { publisher } of this.logs.values()) await publisher.stop();
    await Promise.all([this.database.end(), ...[...this.logs.values()].map(({ database }) => database.end())]);
    this.stopScheduler();
    rmSync(this.directory, { recursive: true });
  }

  async startWebhooks(changes: Record<string, string> = {}): Promise<void> {
    const config = readWebhooksConfig({ ...this.settings, ...changes });
    const clock = (now: Date) => new Date(now.getTime() + this.aheadMs);
    this.webhooks = await startWebhooks({ config, transport: this.transport, logger: this.logger, clock });
  }

  async stopWebhooks(): Promise<void> {
    await this.webhooks?.stop();
    this.webhooks = undefined;
  }

  async startScheduler(): Promise<void> {
    this.scheduler = new Server();
    this.scheduler.addService(SchedulerServiceService, {
      describeJobs: (
        { request }: { request: DescribeJobsRequest },
        answer: (error: null, response: DescribeJobsResponse) => void,
      ) => {
        answer(null, { jobs: request.jobIds.flatMap((jobId) => this.jobs.get(jobId) ?? []), postponedJobIds: [] });
      },
    });
    await new Promise<void>((resolve, reject) => {
      this.scheduler.bindAsync(this.address('scheduler'), ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  stopScheduler(): void {
    this.scheduler.forceShutdown();
  }

  /** A job ends: the scheduler can describe it and records its event. */
  async endJob(changes: Partial<JobDescription> & { kind?: string; byOwnKey?: boolean } = {}): Promise<EndedJob> {
    const { kind = 'job_completed', byOwnKey = false, ...description } = changes;
    const jobId = `job_${ulid()}`;
    const accountId = description.accountId ?? `acc_${ulid()}`;
    this.jobs.set(jobId, {
      jobId,
      accountId,
      environment: 'live',
      status: 'completed',
      settled: true,
      duplicateWebhook: false,
      webhookUrl: undefined,
      jobJson: JSON.stringify({ id: jobId, status: 'completed', prompt: 'a bear' }),
      ...description,
    });
    return {
      jobId,
      accountId,
      eventId: await this.record(
        { jobId, accountId },
        kind,
        kind === 'job_cancelled' ? cancelled(byOwnKey) : undefined,
      ),
    };
  }

  /** Records one more event of the job and returns its id. */
  record(
    { accountId, jobId }: { jobId: string; accountId: string },
    kind: string,
    payload: Uint8Array = new Uint8Array(),
  ): Promise<string> {
    return this.recordIn('usvideo.jobs.v1', { accountId, streamId: jobId }, kind, payload);
  }

  /** Records an event in the log of another service that webhooks hears, and returns its id. */
  async recordIn(
    topic: string,
    { accountId, streamId }: { accountId: string; streamId: string },
    kind: string,
    payload: Uint8Array,
  ): Promise<string> {
    const { database, publisher } = this.logs.get(topic)!;
    const stream = `${topic} ${streamId}`;
    const [appended] = await inTransaction(database, (tx, now) =>
      appendEvents(tx, now, [
        {
          streamId,
          accountId,
          environment: 'live',
          head: this.heads.get(stream) ?? EMPTY_HEAD,
          events: [{ kind, payload, traceparent: TRACEPARENT }],
        },
      ]),
    );
    this.heads.set(stream, appended!.head);
    publisher.nudge();
    return appended!.events[0]!.eventId;
  }

  async deliveriesOf({ accountId }: { accountId: string }, statuses: string[] = []): Promise<Delivery[]> {
    const query = {
      accountId,
      environment: 'live',
      limit: 100,
      offset: 0,
      startingAfter: '',
      jobId: '',
      statuses,
      endpointId: '',
      event: '',
      deliveryId: '',
    };
    return (await call(this.client, 'listDeliveries', query)).deliveries;
  }

  /** A delivery of the account, once it has made this many attempts. */
  attempted(job: EndedJob, attempts: number): Promise<Delivery> {
    const made = async () => (await this.deliveriesOf(job)).find((delivery) => delivery.attempts.length === attempts);
    return eventually(made, { what: `${attempts} attempts recorded` });
  }

  async secretOf(accountId: string): Promise<string> {
    return (await call(this.client, 'ensureSecret', { accountId })).secret;
  }

  private address(name: string): string {
    return `unix:${join(this.directory, `${name}.sock`)}`;
  }

  private databaseAt(url: string): Database {
    return openDatabase({ url, poolSize: 2, applicationName: 'spec' }, () => undefined);
  }
}

function cancelled(byOwnKey: boolean): Uint8Array {
  return JobEvent.encode({ event: { $case: 'jobCancelled', value: { verdict: undefined, byOwnKey } } }).finish();
}
