import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SchedulerServiceClient,
  type CreateJob,
  type CreateJobAnswer,
  type SchedulerAnswer,
  type SchedulerCall,
} from '@usvideo/contracts/scheduler';
import { openDatabase, type Database } from '@usvideo/event-store';
import { LocalTransport } from '@usvideo/messaging';
import { ExchangeClient } from '@usvideo/exchange';
import { createLogger, dial, Lifecycle } from '@usvideo/runtime';
import { postgres } from '@usvideo/testing';
import { ulid } from 'ulid';
import { readSchedulerConfig, startScheduler } from '../src/scheduler.module';
import { FakeLedger } from './fake-ledger';

export const logger = createLogger('scheduler-test', 'silent');

/** A whole scheduler over gRPC, with a ledger that can be made to fail. */
export interface SchedulerWorld {
  readonly client: SchedulerServiceClient;
  readonly ledger: FakeLedger;
  readonly database: Database;
  create(request?: Partial<CreateJob>): Promise<CreateJobAnswer>;
  exchange(call: NonNullable<SchedulerCall['call']>): Promise<NonNullable<SchedulerAnswer['answer']>>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<SchedulerWorld> {
  const lifecycle = new Lifecycle(logger);
  const server = await postgres();
  const url = await server.createDatabase('scheduler');
  const folder = mkdtempSync(join(tmpdir(), 'usv-'));
  lifecycle.add('folder', async () => rmSync(folder, { recursive: true, force: true }));
  const address = `unix:${join(folder, 'scheduler.sock')}`;
  const ledger = new FakeLedger();
  const config = readSchedulerConfig({
    GRPC_LISTEN: address,
    DATABASE_URL: url,
    LEDGER_GRPC_URL: 'unix:/nowhere.sock',
    LINK_SECRET: 'a secret of the tests',
    PUBLIC_URL: 'http://localhost:8080',
  });
  const database = openDatabase({ url, poolSize: 4, applicationName: 'scheduler-test' }, (error) => {
    throw error;
  });
  lifecycle.add('database', () => database.end());
  const scheduler = await startScheduler({ config, transport: new LocalTransport({ logger }), logger, ledger });
  lifecycle.add('scheduler', () => scheduler.stop());
  const client = dial(SchedulerServiceClient, address);
  lifecycle.add('client', async () => client.close());
  const exchange = new ExchangeClient<SchedulerCall, SchedulerAnswer>({ open: () => client.exchange(), logger });
  lifecycle.add('exchange', () => exchange.stop());
  const ask = async (call: NonNullable<SchedulerCall['call']>) => (await exchange.request({ call }, 20_000)).answer!;
  return {
    client,
    ledger,
    database,
    exchange: ask,
    close: () => lifecycle.stop(),
    create: async (request) => {
      const answer = await ask({ $case: 'createJob', value: createRequest(request) });
      if (answer.$case !== 'createJob') throw new Error(`answered with ${answer.$case}: ${String(answer.value)}`);
      return answer.value;
    },
  };
}

/** An account of its own for each test, so that no limit is shared. */
export function newAccount(): string {
  return `acc_${ulid()}`;
}

export function createRequest(over: Partial<CreateJob> = {}): CreateJob {
  return {
    accountId: newAccount(),
    environment: 'live',
    apiKeyId: 'key_1',
    idempotencyKey: '',
    requestSha256: sha256('a request'),
    seedGiven: false,
    deadlineSeconds: 86_400,
    terms: {
      model: 'default',
      mode: 'text_to_video',
      resolution: '720p',
      aspectRatio: '16:9',
      durationSeconds: 5,
      seed: 0,
    },
    content: {
      prompt: 'a lighthouse',
      metadata: new Map([['shot', '7']]),
      webhookUrl: 'https://customer.example/hook',
    },
    ...over,
  };
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
