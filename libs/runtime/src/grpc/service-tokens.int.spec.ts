import { once } from 'node:events';
import { credentials, status } from '@grpc/grpc-js';
import { Controller, Module } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { EventLogServiceClient, EventLogServiceService } from '@usvideo/contracts/events';
import {
  SchedulerServiceClient,
  SchedulerServiceService,
  type ExchangeRequest,
  type ExchangeResponse,
  type SchedulerAnswer,
  type SchedulerCall,
} from '@usvideo/contracts/scheduler';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { z } from 'zod';
import { ConfigError, readConfig } from '../config/config';
import { ExchangeClient, serveExchange } from '@usvideo/exchange';
import { call, dial } from './grpc-client';
import { startGrpcServer, type RunningGrpcServer } from './grpc-server';
import { hasStatus } from './grpc-status';
import { createLogger } from '../log/logger';
import { rpcRequests } from '../metrics/metrics';
import { callerTokens, serviceToken } from './service-tokens';

const logger = createLogger('test', 'silent');
const token = (name: string) => `${name}-${'0123456789abcdef'.repeat(2)}`;
const schema = z.object({ CALLER_TOKENS: callerTokens(), SERVICE_TOKEN: serviceToken() });
const tokensOf = (text: string) => readConfig(schema, { CALLER_TOKENS: text }).CALLER_TOKENS;
const answered = {
  answer: { $case: 'checkRate' as const, value: { allowed: true, retryAfterMs: 0, rate: undefined } },
};
let reached: string[] = [];

@Controller()
class SchedulerController {
  @GrpcMethod('SchedulerService', 'listModels')
  listModels() {
    reached.push('ListModels');
    return { models: [] };
  }

  @GrpcMethod('EventLogService', 'readEvents')
  readEvents() {
    reached.push('ReadEvents');
    return { events: [], epoch: 'one' };
  }

  @GrpcStreamCall('SchedulerService', 'exchange')
  exchange(stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>) {
    reached.push('Exchange');
    serveExchange<SchedulerCall, SchedulerAnswer>(stream, async () => answered, logger);
  }
}

@Module({ controllers: [SchedulerController] })
class SchedulerModule {}

const services = {
  'usvideo.scheduler.v1.SchedulerService': SchedulerServiceService,
  'usvideo.events.v1.EventLogService': EventLogServiceService,
};
const outcome = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => 'answered',
    (error: unknown) => error,
  );

describe('a scheduler that knows its callers', () => {
  let server: RunningGrpcServer;
  const clients: { close(): void }[] = [];
  const as = (shown?: string) => {
    const client = dial(SchedulerServiceClient, server.address.replace('0.0.0.0', '127.0.0.1'), shown);
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    const tokens = tokensOf(
      `gateway=${token('gateway')}, gateway=${token('next')}, render-fleet=${token('fleet')}, webhooks=${token('webhooks')}`,
    );
    server = await startGrpcServer({
      module: SchedulerModule,
      listen: '0.0.0.0:0',
      services,
      logger,
      admits: { callee: 'scheduler', tokens },
    });
  });
  beforeEach(() => {
    reached = [];
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await server.stop();
  });

  it.each(['gateway', 'next'])('answers the gateway under either of its tokens (%s)', async (name) => {
    expect(await call(as(token(name)), 'listModels', {})).toEqual({ models: [] });
  });

  it.each([
    ['none', undefined],
    ["a stranger's", token('stranger')],
    ['a token cut short', token('gateway').slice(0, -1)],
  ])('does not know who shows %s', async (_, shown) => {
    expect(hasStatus(await outcome(call(as(shown), 'listModels', {})), status.UNAUTHENTICATED)).toBe(true);
    expect(reached).toEqual([]);
  });

  it.each(['fleet', 'webhooks'])("refuses a method that is not its caller's (%s), naming both", async (name) => {
    const error = await outcome(call(as(token(name)), 'listModels', {}));
    expect(error).toMatchObject({
      code: status.PERMISSION_DENIED,
      details: expect.stringMatching(/may not call .*\/ListModels$/),
    });
    expect(reached).toEqual([]);
  });

  it('lets whoever hears its events ask for those that were missed, and nobody else', async () => {
    const read = async (name: string) => {
      const client = dial(EventLogServiceClient, server.address.replace('0.0.0.0', '127.0.0.1'), token(name));
      clients.push(client);
      return outcome(call(client, 'readEvents', { topic: '', shard: 0, afterSeq: 0n, limit: 1 }));
    };
    expect(await read('webhooks')).toBe('answered');
    expect(hasStatus(await read('gateway'), status.PERMISSION_DENIED)).toBe(true);
  });

  it('asks for the token of a stream too', async () => {
    const exchangeAs = async (shown?: string) => {
      const client = as(shown);
      const exchange = new ExchangeClient<SchedulerCall, SchedulerAnswer>({ open: () => client.exchange(), logger });
      const result = await outcome(
        exchange.request(
          { call: { $case: 'checkRate', value: { accountId: 'acc_1', environment: 'live', policy: 'reads' } } },
          2_000,
        ),
      );
      await exchange.stop();
      return result;
    };
    expect(await exchangeAs(token('gateway'))).toBe('answered');
    reached = [];
    expect(String(await exchangeAs(token('fleet')))).toContain('PERMISSION_DENIED');
    expect(String(await exchangeAs())).toContain('UNAUTHENTICATED');
    expect(reached).toEqual([]);
  });

  it('ends a stream that it refuses before anything was written to it', async () => {
    const stream = as(token('webhooks')).work();
    const [error] = await once(stream, 'error');
    expect(hasStatus(error, status.PERMISSION_DENIED)).toBe(true);
  });

  it('counts what it refuses', async () => {
    const { values } = await rpcRequests.get();
    const refused = values.filter(({ labels }) => labels.method === 'ListModels').map(({ labels }) => labels.status);
    expect(refused).toEqual(expect.arrayContaining(['UNAUTHENTICATED', 'PERMISSION_DENIED']));
  });

  it('takes the word Bearer seriously', async () => {
    const client = new SchedulerServiceClient(
      server.address.replace('0.0.0.0', '127.0.0.1'),
      credentials.createInsecure(),
    );
    clients.push(client);
    const { Metadata } = await import('@grpc/grpc-js');
    const metadata = new Metadata();
    metadata.set('authorization', token('gateway'));
    const error = await new Promise((resolve) => client.listModels({}, metadata, resolve));
    expect(hasStatus(error, status.UNAUTHENTICATED)).toBe(true);
  });
});

describe('the tokens of callers', () => {
  const fault = (env: Record<string, string>) => {
    try {
      readConfig(schema, env);
      return '';
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  };

  it('are unset where no server is to ask for them', () => {
    expect(tokensOf('')).toBeUndefined();
  });

  it.each([
    ['nobody=0123456789abcdef0123456789abcdef', 'entry 1 does not begin with one of'],
    [`gateway=${token('a')},gateway`, 'entry 2 does not begin with one of'],
    ['gateway=short', 'a token of gateway has fewer than 32 characters'],
    [`gateway=${token('a')},scheduler=${token('a')}`, 'the token of scheduler is given twice'],
  ])('refuse %s, telling no token', (text, message) => {
    expect(fault({ CALLER_TOKENS: text })).toContain(message);
    expect(fault({ CALLER_TOKENS: text })).not.toContain('abcdef');
  });

  it('are long', () => {
    expect(fault({ SERVICE_TOKEN: 'short' })).toContain('SERVICE_TOKEN');
  });
});
