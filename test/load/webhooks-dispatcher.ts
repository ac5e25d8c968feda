/**
 * The webhooks service as it is built, between a log of jobs that end when they are told to and a scheduler that describes them.
 * Started by `webhooks.ts`: `orders` end jobs, `work` starts the service.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import {
  SchedulerServiceService,
  type DescribeJobsRequest,
  type DescribeJobsResponse,
  type JobDescription,
} from '@usvideo/contracts/scheduler';
import { appendEvents, EMPTY_HEAD, eventStoreSchema, inTransaction, openDatabase } from '@usvideo/event-store';
import { LocalTransport } from '@usvideo/messaging';
import { createLogger } from '@usvideo/runtime';
import type { Order } from './webhooks.ts';

const { readWebhooksConfig, startWebhooks } = createRequire(import.meta.url)(
  '../../services/webhooks/dist/webhooks.module.js',
) as typeof import('../../services/webhooks/src/webhooks.module.ts');

const [webhooksUrl, jobsUrl] = process.argv.slice(2) as [string, string];
const folder = mkdtempSync(join(tmpdir(), 'usv-bench-'));
const logger = createLogger('webhooks', 'error');
const described = new Map<string, JobDescription>();
const database = openDatabase({ url: jobsUrl, poolSize: 2, applicationName: 'bench' }, () => undefined);
await database.query(eventStoreSchema);
const transport = new LocalTransport({ logger });
const publisher = transport.publish({ topic: 'usvideo.jobs.v1', database });

const scheduler = new Server();
scheduler.addService(SchedulerServiceService, {
  describeJobs: (
    { request }: { request: DescribeJobsRequest },
    answer: (error: null, response: DescribeJobsResponse) => void,
  ) => {
    answer(null, { jobs: request.jobIds.flatMap((jobId) => described.get(jobId) ?? []), postponedJobIds: [] });
  },
});
await new Promise<void>((resolve, reject) => {
  scheduler.bindAsync(`unix:${folder}/scheduler.sock`, ServerCredentials.createInsecure(), (error) =>
    error === null ? resolve() : reject(error),
  );
});

const waiting: Order[] = [];
let recording: Promise<void> | undefined;

/** Whatever came while the last batch was recorded is the next one. */
async function record(): Promise<void> {
  while (waiting.length > 0) {
    const batch = waiting.splice(0, 200);
    for (const { accountId, body, jobId, url } of batch) {
      described.set(jobId, {
        jobId,
        accountId,
        environment: 'live',
        status: 'completed',
        settled: true,
        duplicateWebhook: false,
        webhookUrl: url,
        jobJson: body,
      });
    }
    await inTransaction(database, (tx, now) =>
      appendEvents(
        tx,
        now,
        batch.map(({ accountId, jobId }) => ({
          streamId: jobId,
          accountId,
          environment: 'live',
          head: EMPTY_HEAD,
          events: [{ kind: 'job_completed', payload: Buffer.alloc(0), traceparent: '' }],
        })),
      ),
    );
    publisher.nudge();
  }
  recording = undefined;
}

process.on('message', (message: { orders?: Order[]; work?: true }) => {
  waiting.push(...(message.orders ?? []));
  if (waiting.length > 0) recording ??= record();
  if (message.work) {
    void startWebhooks({
      transport,
      logger,
      config: readWebhooksConfig({
        GRPC_LISTEN: `unix:${folder}/webhooks.sock`,
        DATABASE_URL: webhooksUrl,
        SCHEDULER_GRPC_URL: `unix:${folder}/scheduler.sock`,
        SECRETS_KEY: randomBytes(32).toString('base64'),
        OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
      }),
    }).then(() => process.send!('working'));
  }
});
process.send!('ready');
